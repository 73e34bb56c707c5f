import { describe, expect, it } from 'vitest'
import { inspectDicomObject } from '../../../../../shared/domain/dicom/inspect-object.ts'
import type { DicomVerdict } from '../../../../../shared/domain/dicom/inspect-object.ts'
import { DICOM_LIMITS } from '../../../../../shared/domain/dicom/limits.ts'
import { inflateRawBounded } from '../../../../../shared/runtime/bounded-inflate.ts'
import { corpusBytes, corpusFiles, hasDicomCorpus } from '../../../../fixtures/dicom-corpus.ts'
import type { CorpusFile } from '../../../../fixtures/dicom-corpus.ts'

interface Judged {
  readonly known: CorpusFile
  readonly verdict: DicomVerdict
}

const judge = async (known: CorpusFile): Promise<Judged> => {
  const bytes = corpusBytes(known.file)
  const read = (from: number, toExclusive: number) => Promise.resolve(bytes.subarray(from, toExclusive))
  return { known, verdict: await inspectDicomObject({ size: bytes.length, read }, DICOM_LIMITS, inflateRawBounded) }
}

const judged = hasDicomCorpus() ? await Promise.all(corpusFiles().map(judge)) : []
const accepted = judged.flatMap(({ known, verdict }) => (verdict.verdict === 'accepted' ? [{ known, verdict }] : []))

describe.skipIf(judged.length === 0)('real DICOM files', () => {
  it('takes every file that dcmdump takes, and none that it rejects', () => {
    const disagreements = judged
      .filter(({ known, verdict }) => (known.dcmdump === 'valid') !== (verdict.verdict === 'accepted'))
      .map(({ known, verdict }) => [
        known.file,
        known.dcmdump,
        verdict.verdict === 'rejected' ? verdict.reason : 'accepted',
      ])
    expect(disagreements).toEqual([])
    expect(accepted.length).toBeGreaterThan(150)
  })

  it('reads no UID wrong', () => {
    const uids = accepted.map(({ known, verdict: { facts } }) => ({
      file: known.file,
      studyUID: facts.studyInstanceUid ?? null,
      seriesUID: facts.seriesInstanceUid ?? null,
      sopInstanceUID: facts.sopInstanceUid ?? null,
      sopClass: facts.sopClassUid ?? null,
      modality: facts.modality ?? null,
    }))
    expect(uids).toEqual(
      accepted.map(({ known: { file, studyUID, seriesUID, sopInstanceUID, sopClass, modality } }) => {
        return { file, studyUID, seriesUID, sopInstanceUID, sopClass, modality: modality === '' ? null : modality }
      }),
    )
  })

  it('reads every patient name right, whatever its character set', () => {
    const names = accepted.map(({ known, verdict }) => [known.file, verdict.facts.patientName ?? ''])
    // A name of empty components is no name.
    const expected = accepted.map(({ known }) => [known.file, (known.patientName ?? '').replace(/^\^+$/, '')])
    expect(names).toEqual(expected)
    expect(names.filter(([, name]) => /\P{ASCII}/u.test(name ?? '')).length).toBeGreaterThanOrEqual(15)
  })

  it('reads at most 64 KiB of a file that is not deflated, and 16 KiB of most', () => {
    const reads = judged
      .filter(({ known }) => known.transferSyntaxName !== 'Deflated')
      .map(({ verdict }) => verdict.bytesRead)
    expect(Math.max(...reads)).toBeLessThanOrEqual(64 * 1024)
    const small = reads.filter((bytes) => bytes <= 16 * 1024 + 4096).length
    expect(small / reads.length).toBeGreaterThan(0.9)
  })
})
