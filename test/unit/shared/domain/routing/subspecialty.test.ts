import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { organNamedIn, organs } from '../../../../../shared/domain/routing/organs.ts'
import type { StudyFacts, SubspecialtyOptions } from '../../../../../shared/domain/routing/subspecialty.ts'
import { resolveSubspecialty } from '../../../../../shared/domain/routing/subspecialty.ts'

const resolve = (facts: StudyFacts, options?: SubspecialtyOptions) => {
  const result = resolveSubspecialty(facts, options)
  return result.outcome === 'reject' ? result.reject : [result.subspecialty, result.decidedBy, result.rule]
}

const bodyPart = (modality: string, part: string, ageYears = 50): StudyFacts => ({
  modalities: [modality],
  bodyPart: part,
  ageYears,
})

describe('a study by its body part', () => {
  test.each([
    ['MG', 'BREAST', 'breast'],
    ['US', 'BREAST', 'breast'],
    ['CT', 'JAW', 'dental'],
    ['PX', 'JAW', 'dental'],
    ['CT', 'HEAD', 'neuro'],
    ['MR', 'BRAIN', 'neuro'],
    ['CT', 'SKULL', 'neuro'],
    ['MR', 'PITUITARY', 'neuro'],
    ['CT', 'ORBIT', 'neuro'],
    ['CT', 'IAC', 'neuro'],
    ['CT', 'NECK', 'head-and-neck'],
    ['CT', 'SINUS', 'head-and-neck'],
    ['US', 'THYROID', 'head-and-neck'],
    ['MR', 'TMJ', 'head-and-neck'],
    ['MR', 'LSPINE', 'neuro'],
    ['CT', 'CSPINE', 'neuro'],
    ['DX', 'TSPINE', 'musculoskeletal'],
    ['CR', 'SPINE', 'musculoskeletal'],
    ['CT', 'HEART', 'cardiac'],
    ['XA', 'CORONARY ARTERY', 'cardiac'],
    ['DX', 'CHEST', 'chest'],
    ['CT', 'LUNG', 'chest'],
    ['CT', 'AORTA', 'vascular-interventional'],
    ['CT', 'ABDOMEN', 'abdominal'],
    ['MR', 'LIVER', 'abdominal'],
    ['US', 'PANCREAS', 'abdominal'],
    ['CT', 'KIDNEY', 'genitourinary'],
    ['MR', 'PROSTATE', 'genitourinary'],
    ['US', 'SCROTUM', 'genitourinary'],
    ['US', 'UTERUS', 'obstetrics-gynaecology'],
    ['US', 'FETUS', 'obstetrics-gynaecology'],
    ['MR', 'KNEE', 'musculoskeletal'],
    ['DX', 'HAND', 'musculoskeletal'],
    ['CT', 'HIP', 'musculoskeletal'],
    ['CR', 'PELVIS', 'musculoskeletal'],
  ])('%s %s is read by %s', (modality, part, expected) => {
    expect(resolve(bodyPart(modality, part))).toMatchObject([expected, 'body-part', expect.any(String)])
  })
})

describe('a study by its description', () => {
  test.each([
    ['CT', 'CTA Head and Neck', 'neuro'],
    ['CT', 'Carotid angiography', 'neuro'],
    ['CT', 'CT coronary angiogram gated', 'cardiac'],
    ['CT', 'CTA abdominal aorta with runoff', 'vascular-interventional'],
    ['MR', 'MRA abdomen', 'vascular-interventional'],
    ['CT', 'CT pulmonary angiogram', 'chest'],
    ['MR', 'MRCP', 'abdominal'],
    ['MR', 'MR thoracic spine', 'neuro'],
    ['CT', 'Polytrauma', 'emergency'],
    ['CT', 'Whole body trauma CT', 'emergency'],
    ['MR', 'MRT Schädel', 'neuro'],
    ['CT', 'CT Thorax', 'chest'],
    ['CR', 'Hüfte a.p.', 'musculoskeletal'],
    ['MR', 'Kniegelenk links', 'musculoskeletal'],
    ['CR', 'Vorfuß links / Fuß', 'musculoskeletal'],
    ['MR', 'Cœur', 'cardiac'],
    ['CR', 'Épaule droite', 'musculoskeletal'],
    ['MR', 'MR LWS', 'neuro'],
  ])('%s "%s" is read by %s', (modality, description, expected) => {
    expect(resolve({ modalities: [modality], description, ageYears: 50 })).toMatchObject([
      expected,
      'description',
      expect.any(String),
    ])
  })
})

describe('which source decides', () => {
  const everything: StudyFacts = {
    modalities: ['CT'],
    ageYears: 50,
    requestedProcedure: { meaning: 'CT liver' },
    procedure: { meaning: 'CT chest' },
    anatomicRegion: { meaning: 'Brain' },
    bodyPart: 'KNEE',
    description: 'Sinus',
  }
  test.each<[string, Partial<StudyFacts>, string]>([
    ['requested-procedure', {}, 'abdominal'],
    ['procedure', { requestedProcedure: undefined }, 'chest'],
    ['anatomic-region', { requestedProcedure: undefined, procedure: undefined }, 'neuro'],
    [
      'body-part',
      { requestedProcedure: undefined, procedure: undefined, anatomicRegion: undefined },
      'musculoskeletal',
    ],
    [
      'description',
      { requestedProcedure: undefined, procedure: undefined, anatomicRegion: undefined, bodyPart: undefined },
      'head-and-neck',
    ],
  ])('%s, the first in order that says anything', (decidedBy, change, expected) => {
    expect(resolve({ ...everything, ...change })).toMatchObject([expected, decidedBy, expect.any(String)])
  })

  test('a body part the map cannot use does not hide a useful description', () => {
    expect(resolve({ modalities: ['CT'], bodyPart: 'WHOLEBODY', description: 'CT chest' })).toEqual([
      'chest',
      'description',
      'chest',
    ])
    expect(resolve({ modalities: ['MR'], bodyPart: 'CHEST', description: 'MR liver' })).toEqual([
      'abdominal',
      'description',
      'abdominal',
    ])
  })

  test("an operator's code decides before the words of its meaning", () => {
    const facts: StudyFacts = {
      modalities: ['CT'],
      requestedProcedure: { code: '77', scheme: '99HOUSE', meaning: 'chest' },
    }
    expect(resolve(facts, { codes: { '99HOUSE|77': 'brain' } })).toEqual(['neuro', 'requested-procedure', 'neuro'])
    expect(resolve(facts)).toEqual(['chest', 'requested-procedure', 'chest'])
  })

  test("an operator's row goes before ours", () => {
    const rows = [{ rule: 'house-thyroid', organ: 'neck', modalities: ['US'], subspecialty: 'nuclear' } as const]
    expect(resolve(bodyPart('US', 'THYROID'), { rows })).toEqual(['nuclear', 'body-part', 'house-thyroid'])
  })

  test('a site says who reads its spines', () => {
    expect(resolve(bodyPart('MR', 'SPINE'), { spineReadBy: 'musculoskeletal' })[0]).toBe('musculoskeletal')
    expect(resolveSubspecialty(bodyPart('MR', 'SPINE'))).toMatchObject({
      subspecialty: 'neuro',
      secondary: 'musculoskeletal',
    })
  })

  test('a modality that images one thing alone decides where nothing else does', () => {
    expect(resolve({ modalities: ['MG'] })).toEqual(['breast', 'modality', 'breast'])
    expect(resolve({ modalities: ['IO'] })).toEqual(['dental', 'modality', 'dental'])
  })
})

describe('first match wins', () => {
  test('whole-slide pathology is refused before anything else', () => {
    expect(resolve(bodyPart('SM', 'BREAST', 5))).toBe('whole-slide-pathology')
  })

  test('a child is paediatric up to the sixteenth birthday, the organ second', () => {
    expect(resolveSubspecialty(bodyPart('CT', 'HEAD', 15))).toMatchObject({
      subspecialty: 'paediatric',
      secondary: 'neuro',
      region: 'head',
      decidedBy: 'age',
    })
    expect(resolveSubspecialty(bodyPart('CT', 'HEAD', 16))).toMatchObject({ subspecialty: 'neuro' })
    expect(resolveSubspecialty({ modalities: ['OT'], ageYears: 3 })).not.toHaveProperty('secondary')
  })

  test('PET and scintigraphy are nuclear whatever the organ; of a PET-CT the organ is second', () => {
    expect(resolveSubspecialty(bodyPart('NM', 'LUNG'))).toMatchObject({
      subspecialty: 'nuclear',
      rule: 'nuclear',
      region: 'chest',
    })
    expect(resolveSubspecialty({ modalities: ['PT', 'CT'], bodyPart: 'CHEST' })).toMatchObject({
      subspecialty: 'nuclear',
      secondary: 'chest',
    })
    expect(resolveSubspecialty({ modalities: ['PT'] })).not.toHaveProperty('secondary')
  })

  test('a bare pelvis goes by sex', () => {
    const pelvis = { modalities: ['MR'], bodyPart: 'PELVIS' } as const
    expect(resolve({ ...pelvis, sex: 'F' })[0]).toBe('obstetrics-gynaecology')
    expect(resolve({ ...pelvis, sex: 'M' })[0]).toBe('general')
  })
})

describe('what the map does not know', () => {
  test.each([
    ['no body part', { modalities: ['CT'] }],
    ['a modality without a row', bodyPart('RF', 'CHEST')],
    ['words nobody knows', { modalities: ['OT'], description: 'xyzzy' }],
    ['no modality at all', { modalities: [], bodyPart: 'CHEST' }],
  ])('with %s is read as general, and an exception says so', (_what, facts) => {
    expect(resolveSubspecialty(facts)).toMatchObject({
      subspecialty: 'general',
      decidedBy: 'fallback',
      rule: 'none',
      exception: 'unmapped',
    })
  })
})

test('every text gives one answer, quickly, and no text throws', () => {
  const texts = fc.oneof(
    fc.string({ maxLength: 64 }),
    fc.string({ unit: 'binary', maxLength: 64 }),
    fc.constant('a'.repeat(10_000)),
  )
  const modalities = fc.array(fc.constantFrom('CT', 'MR', 'US', 'PT', 'CR', 'SM', 'OT'), { maxLength: 3 })
  fc.assert(
    fc.property(
      texts,
      texts,
      modalities,
      fc.option(fc.double({ min: 0, max: 120, noNaN: true }), { nil: undefined }),
      (part, description, of, ageYears) => {
        const result = resolveSubspecialty({ modalities: of, bodyPart: part, description, ageYears })
        return (result.outcome === 'reject') === of.includes('SM')
      },
    ),
  )
})

test('words are matched whole: a hippocampus is no hip, a handover no hand', () => {
  expect(organNamedIn('hippocampus')).toBeUndefined()
  expect(organNamedIn('handover')).toBeUndefined()
  expect(organNamedIn('BODY_PART^KNEE')).toBe('limbs')
  expect(organs).toHaveLength(13)
})
