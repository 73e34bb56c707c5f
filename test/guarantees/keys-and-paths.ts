import { cp, mkdtemp, readdir, rm } from 'node:fs/promises'
import { DatabaseSync } from 'node:sqlite'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { apiClient, ApiProblem } from '../../local/client/api-client.ts'
import { developmentTokens } from '../../local/client/development-tokens.ts'
import { openUpload } from '../../local/client/upload-study.ts'
import { freshUid, patient, referralBody } from '../acceptance/study-in-hand.ts'
import { buildCtSlice } from '../builders/dicom-file.ts'
import { rowOf, type GuaranteeRow } from './guarantee-row.ts'
import { withScratchCell, type ScratchCell } from './scratch-cell.ts'
import { sendStudy } from './send-study.ts'

/** What a UID may be in a file that comes from outside; dicom-parser hands the first out as it is (controls DCM-07). */
const hostile = [
  '../../../../etc/passwd',
  '..\\..\\cell.db',
  '/etc/passwd',
  '1.2.3/../../4',
  '1.2.3%2f..%2f4',
  '1.2.3#case',
  "1.2.3'; DROP TABLE records",
  '__proto__',
  '1.2.3\n4',
]

const identity = { id: patient.patientId, name: 'Muster^Maria', birthDate: '19560229' }

/** A study of one good object and one for each hostile UID. */
async function sendHostileStudy(cell: ScratchCell): Promise<{ words: string[]; taken: string[]; tried: number }> {
  const clerk = apiClient(cell.baseUrl, developmentTokens(cell.baseUrl)('p-clerk-vienna'))
  const uids = { studyInstanceUid: freshUid(), seriesInstanceUid: freshUid(), sopInstanceUid: freshUid() }
  const contents = [uids.sopInstanceUid, ...hostile].map((sopInstanceUid, at) =>
    buildCtSlice({ ...uids, sopInstanceUid, instanceNumber: at + 1, rows: 8, columns: 8, patient: identity }),
  )
  const { referralId } = await clerk.call('submitReferral', { body: referralBody(uids) })
  const taken: string[] = []
  for (const uid of hostile) {
    const file = { path: '', bytes: 1, sha256: '0'.repeat(64) }
    const attempts = [
      openUpload(clerk, referralId, uid, [file]),
      openUpload(clerk, referralId, uids.studyInstanceUid, [{ ...file, sopInstanceUid: uid }]),
      clerk.call('submitReferral', { body: referralBody({ studyInstanceUid: uid }) }),
    ]
    for (const answer of await Promise.allSettled(attempts))
      if (
        answer.status === 'fulfilled' ||
        !(answer.reason instanceof ApiProblem) ||
        answer.reason.problem.status !== 400
      )
        taken.push(uid)
  }
  const { studyInstanceUid } = uids
  const { stored, failed } = await sendStudy(cell, clerk, { referralId, studyInstanceUid }, contents)
  if (stored !== 1 || failed !== hostile.length) taken.push(`${stored} objects stored, ${failed} refused`)
  const words = [...Object.values(uids), patient.patientId, patient.name.family, patient.name.given, identity.birthDate]
  return { words: [...words, patient.birthDate, ...hostile], taken, tried: 4 * hostile.length }
}

/** Every key of the cell's tables and buckets, and every path below its folder. */
async function keysAndPaths({ dataDir }: ScratchCell): Promise<string[]> {
  const copy = await mkdtemp(join(tmpdir(), 'overread-keys-'))
  try {
    // The cell holds its database alone; what it has committed is in the file and its log.
    for (const file of ['cell.db', 'cell.db-wal']) await cp(join(dataDir, file), join(copy, file))
    const database = new DatabaseSync(join(copy, 'cell.db'))
    const rows = [
      ...database.prepare('SELECT partition, sort FROM records').all(),
      ...database.prepare('SELECT bucket, key FROM objects').all(),
    ]
    database.close()
    return [...rows.map((row) => Object.values(row).join(' ')), ...(await readdir(dataDir, { recursive: true }))]
  } finally {
    await rm(copy, { recursive: true, force: true })
  }
}

const spellings = (word: string): string[] => {
  const bytes = Buffer.from(word)
  return [word, encodeURIComponent(word), bytes.toString('hex'), bytes.toString('base64').replace(/=+$/, '')]
}

/** Keys and paths reach logs, metrics and support files, and a path that an uploader chooses reaches anything. */
export const runKeysAndPaths = (): Promise<readonly GuaranteeRow[]> =>
  withScratchCell({}, async (cell) => {
    const { words, taken, tried } = await sendHostileStudy(cell)
    const found = await keysAndPaths(cell)
    const held = words.flatMap((word) =>
      spellings(word).flatMap((spelling) =>
        found.filter((name) => name.includes(spelling)).map((name) => `${word} in ${name}`),
      ),
    )
    return [
      rowOf('UIDs that are none, refused by the API and by ingest', tried, taken),
      rowOf('keys and paths searched for UIDs and for who the patient is', found.length, held),
    ]
  })
