import * as z from 'zod'

/** FHIR request priority, least urgent first (domain reference, section 4). */
export const PrioritySchema = z.enum(['routine', 'urgent', 'asap', 'stat']).meta({ title: 'Priority' })
export type Priority = z.infer<typeof PrioritySchema>

/** Who reads it: the right-hand column of the subspecialty map (domain reference, section 5). */
export const SubspecialtySchema = z
  .enum([
    'neuro',
    'head-and-neck',
    'musculoskeletal',
    'cardiac',
    'chest',
    'vascular-interventional',
    'abdominal',
    'genitourinary',
    'obstetrics-gynaecology',
    'breast',
    'nuclear',
    'dental',
    'paediatric',
    'emergency',
    'general',
  ])
  .meta({ title: 'Subspecialty' })
export type Subspecialty = z.infer<typeof SubspecialtySchema>

/** Where in the body, as privileges are granted; `unknown` is a fact about the study, never something to grant. */
export const BodyRegionSchema = z
  .enum([
    'head',
    'neck',
    'spine',
    'heart',
    'chest',
    'vessels',
    'abdomen',
    'urogenital',
    'female-pelvis',
    'breast',
    'limbs',
    'jaw',
    'whole-body',
  ])
  .meta({ title: 'BodyRegion' })
export type BodyRegion = z.infer<typeof BodyRegionSchema>

/** DICOM Modality (0008,0060), a code string. */
export const ModalitySchema = z
  .string()
  .regex(/^[A-Z0-9]{2,16}$/, 'must be a DICOM modality, e.g. CT')
  .meta({ title: 'Modality', examples: ['CT'] })
export type Modality = z.infer<typeof ModalitySchema>

export const AgeBandSchema = z.enum(['neonate', 'child', 'adult']).meta({ title: 'AgeBand' })
export type AgeBand = z.infer<typeof AgeBandSchema>

export const ReportTypeSchema = z.enum(['preliminary', 'final']).meta({ title: 'ReportType' })
export type ReportType = z.infer<typeof ReportTypeSchema>
