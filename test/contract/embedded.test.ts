import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import type { Server } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MessageChannel } from 'node:worker_threads'
import { afterAll, beforeAll } from 'vitest'
import type { CellDatabase } from '../../shared/adapters/embedded/cell-database.ts'
import { openCellDatabase } from '../../shared/adapters/embedded/cell-database.ts'
import { diskEraser } from '../../shared/adapters/embedded/disk-eraser.ts'
import { diskObjectStore } from '../../shared/adapters/embedded/disk-object-store.ts'
import { fileNetworkDirectory } from '../../shared/adapters/embedded/file-network-directory.ts'
import { openCellKeys } from '../../shared/adapters/embedded/key-file.ts'
import { localKeyVault } from '../../shared/adapters/embedded/local-key-vault.ts'
import { deskOver, serveDesk } from '../../shared/adapters/embedded/desk-channel.ts'
import { objectDesk, type ObjectDesk } from '../../shared/adapters/embedded/object-desk.ts'
import { objectServer } from '../../shared/adapters/embedded/object-server.ts'
import { openShelf } from '../../shared/adapters/embedded/open-shelf.ts'
import { presignedDownloads, presignedUploads } from '../../shared/adapters/embedded/presigned-requests.ts'
import { sqliteMessageQueues } from '../../shared/adapters/embedded/sqlite-message-queues.ts'
import { sqliteRecordStore } from '../../shared/adapters/embedded/sqlite-record-store.ts'
import { virtualClock } from '../../shared/adapters/embedded/virtual-clock.ts'
import { systemClock } from '../../shared/adapters/system-clock.ts'
import { ulidSource } from '../../shared/adapters/ulid-source.ts'
import { policyDocument } from '../../shared/runtime/policy-document.ts'
import { eraserContract } from './eraser-contract.ts'
import { keyVaultContract } from './key-vault-contract.ts'
import { messageQueuesContract } from './message-queues-contract.ts'
import { networkDirectoryContract } from './network-directory-contract.ts'
import { objectStoreContract } from './object-store-contract.ts'
import { presignedRequestsContract } from './presigned-requests-contract.ts'
import { recordStoreContract } from './record-store-contract.ts'
import { clockContract, idSourceContract } from './surroundings-contract.ts'

const dataDir = mkdtempSync(join(tmpdir(), 'overread-contract-'))
const clock = systemClock()
const faults: unknown[] = []
let database: CellDatabase
let server: Server

beforeAll(() => {
  database = openCellDatabase(join(dataDir, 'cell.db'))
})

afterAll(async () => {
  server.close()
  await database.close()
  rmSync(dataDir, { recursive: true })
  if (faults.length > 0) throw new AggregateError(faults, 'the object server met faults')
})

const keys = () => openCellKeys(join(dataDir, 'keys.json'))
const queues = () => sqliteMessageQueues(database, clock)
const shelf = () => openShelf(dataDir, database, queues())

/** Asked as the object thread asks: by messages. */
const deskInAnotherThread = (desk: ObjectDesk): ObjectDesk => {
  const { port1, port2 } = new MessageChannel()
  serveDesk(port1, desk, (fault) => void faults.push(fault))
  for (const port of [port1, port2]) port.unref()
  return deskOver(port2)
}

const accessOf = (origin: () => string) => ({ credentials: keys().objectAccess, region: 'eu-central-1', origin })

const startObjectServer = async () => {
  const opened = shelf()
  const access = accessOf(() => `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  const serve = objectServer({
    desk: deskInAnotherThread(objectDesk(opened)),
    files: opened.files,
    ...access,
    clock,
    corsOrigins: ['*'],
    onFault: (fault) => void faults.push(fault),
  })
  server = createServer((request, response) => void serve(request, response))
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  return {
    uploads: presignedUploads(opened, access, clock),
    downloads: presignedDownloads(access, clock),
    objects: diskObjectStore(opened),
  }
}

recordStoreContract('SQLite', () => Promise.resolve(sqliteRecordStore(database, clock)))
objectStoreContract('disk', () => Promise.resolve(diskObjectStore(shelf())))
eraserContract('disk', () => {
  const opened = shelf()
  const under = 'WHERE bucket = ?1 AND substr(key, 1, length(?2)) = ?2'
  const count = database.sql.prepare(
    `SELECT (SELECT count(*) FROM objects ${under}) + (SELECT count(*) FROM multiparts ${under}) AS n`,
  )
  const bury = database.sql.prepare(
    "INSERT INTO messages (queue, message_id, body, sent_at, visible_at) VALUES ('copies-dlq', ?, ?, 0, 0)",
  )
  return Promise.resolve({
    eraser: diskEraser(opened),
    objects: diskObjectStore(opened),
    left: (bucket, prefix) => Promise.resolve(Number(count.get(bucket, prefix)?.['n'])),
    uploads: presignedUploads(
      opened,
      accessOf(() => 'http://127.0.0.1'),
      clock,
    ),
    bury: async (bodies) => {
      for (const body of bodies) await database.commit(() => void bury.run(randomUUID(), body))
    },
    buried: () =>
      Promise.resolve(
        queues()
          .deadLetters('copies', 10)
          .map(({ body }) => body),
      ),
  })
})
presignedRequestsContract('embedded', startObjectServer)
keyVaultContract('local keys', () => Promise.resolve(localKeyVault(keys(), join(dataDir, 'token-key.pem'))))
messageQueuesContract('SQLite', () => {
  const own = queues()
  const senders = database.sql.prepare('SELECT sender FROM messages WHERE receipt = ?')
  return Promise.resolve({
    queues: own,
    take: async (queue) => {
      const received = await own.receive(queue, 10)
      const taken = received.map(({ body, receiptHandle }) => ({
        body,
        sender: String(senders.get(receiptHandle)?.['sender']),
      }))
      await own.delete(received.map(({ receiptHandle }) => receiptHandle))
      return taken
    },
  })
})
networkDirectoryContract('file', async (definition) => {
  const networkPath = join(dataDir, `network-${randomUUID()}.json`)
  let nowMs = 0
  const replace = (other: unknown) => writeFile(networkPath, JSON.stringify(other))
  await replace(definition)
  return {
    directory: fileNetworkDirectory({ networkPath, policyPath: `${networkPath}.policy` }, policyDocument, () => nowMs),
    replace,
    elapse: () => {
      nowMs += 60_000
      return Promise.resolve()
    },
  }
})
clockContract('system clock', systemClock)
clockContract('virtual clock', () => virtualClock('2026-11-24T03:00:00.000Z'))
idSourceContract('ULID', () => ulidSource(systemClock()))
