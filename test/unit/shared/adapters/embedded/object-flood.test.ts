import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { request, type ClientRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { listen, type Listening } from '../../../../../local/listen.ts'
import { openCellDatabase } from '../../../../../shared/adapters/embedded/cell-database.ts'
import { openCellKeys } from '../../../../../shared/adapters/embedded/key-file.ts'
import { objectDesk } from '../../../../../shared/adapters/embedded/object-desk.ts'
import { objectServer } from '../../../../../shared/adapters/embedded/object-server.ts'
import { openShelf } from '../../../../../shared/adapters/embedded/open-shelf.ts'
import { presignedUploads } from '../../../../../shared/adapters/embedded/presigned-requests.ts'
import { sqliteMessageQueues } from '../../../../../shared/adapters/embedded/sqlite-message-queues.ts'
import { systemClock } from '../../../../../shared/adapters/system-clock.ts'
import type { SignedRequest } from '../../../../../shared/ports/object-store.ts'
import { sendRaw } from '../../../../contract/raw-request.ts'

const folder = mkdtempSync(join(tmpdir(), 'overread-object-flood-'))
const clock = systemClock()
const database = openCellDatabase(join(folder, 'cell.db'))
const shelf = openShelf(folder, database, sqliteMessageQueues(database, clock))
const access = {
  credentials: openCellKeys(join(folder, 'keys.json')).objectAccess,
  region: 'eu-central-1',
  origin: () => server.origin,
}
const faults: unknown[] = []
let server: Listening

beforeAll(async () => {
  const { files } = shelf
  const options = {
    desk: objectDesk(shelf),
    files,
    clock,
    corsOrigins: [],
    onFault: (f: unknown) => void faults.push(f),
  }
  server = await listen(objectServer({ ...options, ...access }), { host: '127.0.0.1', port: 0 })
})
afterAll(async () => {
  await server.stop(0)
  await shelf.files.close()
  await database.close()
  rmSync(folder, { recursive: true })
})

const body = Buffer.alloc(100_000, 'x')
const signed = async (key: string): Promise<SignedRequest> => {
  const sha256 = createHash('sha256').update(body).digest('hex')
  const binding = { bytes: body.length, sha256, contentType: 'application/dicom' }
  const [put] = await presignedUploads(shelf, access, clock).signPuts(
    [{ ref: { bucket: 'incoming', key }, binding }],
    900,
  )
  if (put === undefined) throw new Error('nothing was signed')
  return put
}

/** All but the last byte, and then nothing more: the answer, if one comes all the same. */
const sendSlowly = ({ url, headers }: SignedRequest): { sending: ClientRequest; status: Promise<number> } => {
  const sending = request(url, { method: 'PUT', headers: { ...headers }, agent: false })
  const status = new Promise<number>((resolve) => {
    sending.on('response', (answer) => {
      answer.resume()
      resolve(answer.statusCode ?? 0)
    })
    sending.on('error', () => resolve(0))
  })
  sending.write(body.subarray(1))
  return { sending, status }
}

it('one URL that is sent many times and never to its end holds three files, and hinders no other object', async () => {
  const url = await signed('org/flood/1')
  const slow = Array.from({ length: 40 }, () => sendSlowly(url))
  const answered = await Promise.all(slow.map(({ status }) => Promise.race([status, pause(1500, 'waits')])))
  expect(answered.filter((one) => one === 503)).toHaveLength(37)
  expect(answered.filter((one) => one === 'waits')).toHaveLength(3)

  const other = await signed('org/flood/2')
  expect((await sendRaw({ ...other, body })).status).toBe(200)

  // A sender whose line broke is let in again as soon as that is known.
  for (const { sending } of slow) sending.destroy()
  await pause(200)
  expect((await sendRaw({ ...url, body })).status).toBe(200)
  expect((await sendRaw({ ...url, body })).status).toBe(412)
  expect(faults).toEqual([])
})
