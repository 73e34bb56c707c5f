import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { demoPolicy } from '../../local/seed/demo-policy.ts'
import { openCellDatabase } from '../../shared/adapters/embedded/cell-database.ts'
import { diskEraser } from '../../shared/adapters/embedded/disk-eraser.ts'
import { diskObjectStore } from '../../shared/adapters/embedded/disk-object-store.ts'
import { openCellKeys } from '../../shared/adapters/embedded/key-file.ts'
import { localKeyVault } from '../../shared/adapters/embedded/local-key-vault.ts'
import { openShelf } from '../../shared/adapters/embedded/open-shelf.ts'
import { presignedDownloads, presignedUploads } from '../../shared/adapters/embedded/presigned-requests.ts'
import { sqliteMessageQueues } from '../../shared/adapters/embedded/sqlite-message-queues.ts'
import { sqliteRecordStore } from '../../shared/adapters/embedded/sqlite-record-store.ts'
import { virtualClock } from '../../shared/adapters/embedded/virtual-clock.ts'
import { ulidSource } from '../../shared/adapters/ulid-source.ts'
import type { OperationId } from '../../shared/contracts/routes.ts'
import type { Principal } from '../../shared/domain/access/principal.ts'
import type { Case } from '../../shared/domain/case/case.ts'
import type { CaseCommand } from '../../shared/domain/case/commands.ts'
import { caseDirectory } from '../../shared/domain/case/directory.ts'
import type { NetworkIndex } from '../../shared/domain/network/index-network.ts'
import { erasableClasses, type RetentionPolicy } from '../../shared/domain/retention/retention-rules.ts'
import { defaultDeidentificationPolicy } from '../../shared/domain/deidentification/deidentification-policy.ts'
import type { PolicyDocument } from '../../shared/domain/residency/jurisdiction-policy.ts'
import type { StoredInstance } from '../../shared/domain/upload/instance.ts'
import type { Asking } from '../../shared/ledger/asking.ts'
import { loadCase } from '../../shared/ledger/case-ledger.ts'
import { plain } from '../../shared/ledger/case-rows.ts'
import { commandCase } from '../../shared/ledger/command-case.ts'
import { keys as recordKeys } from '../../shared/ledger/keys.ts'
import type { StoredRecord } from '../../shared/ports/record-store.ts'
import { inflateRawBounded } from '../../shared/runtime/bounded-inflate.ts'
import { policyDocument } from '../../shared/runtime/policy-document.ts'
import { birth, network as demoIndex, untilClaimed } from './case-builder.ts'

export const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex')

const roles = { 'p-weber': 'reader', 'p-costa': 'reader', 'p-kaya': 'reader', 'p-harris': 'reader' } as const

/** Somebody of the demo network in a session with a second factor, at home. */
export const principalOf = (personId: string, changes: Partial<Principal> = {}): Principal => {
  const person = demoIndex.definition.people.find((one) => one.personId === personId)
  if (person === undefined) throw new Error(`${personId} is not in the demo network`)
  const reader = demoIndex.readerByPerson.get(person.personId)
  const country = demoIndex.organisations.get(person.orgId)?.country ?? 'AT'
  return {
    kind: 'person',
    subject: personId,
    orgId: person.orgId,
    personId,
    ...(reader === undefined ? {} : { readerId: reader.readerId }),
    roles: personId in roles ? ['reader'] : [...person.roles],
    scopes: [],
    attestedCountry: reader?.homeCountry ?? country,
    ipCountry: reader?.homeCountry ?? country,
    mfa: true,
    authTime: START,
    ...changes,
  }
}

/** Nothing has to be kept: an erasure waits for people alone. */
export const keepNothing: RetentionPolicy = {
  schema: 'overread/retention@1',
  policyVersion: 'none',
  rules: erasableClasses.map((of) => ({ id: `${of}-at-once`, origin: '*', class: of, years: 0, source: 'tests' })),
}

export const START = '2026-11-24T10:00:00.000Z'

/** An embedded cell without its server: a record store, objects, keys, and one case that a reader holds. */
export function readingRoom() {
  const folder = mkdtempSync(join(tmpdir(), 'overread-reading-'))
  const database = openCellDatabase(join(folder, 'cell.db'))
  const clock = virtualClock(START)
  const store = sqliteRecordStore(database, clock)
  const cellKeys = openCellKeys(join(folder, 'keys.json'))
  const shelf = openShelf(folder, database, sqliteMessageQueues(database, clock))
  const access = {
    credentials: cellKeys.objectAccess,
    region: 'eu-central-1',
    origin: () => 'http://127.0.0.1:8080',
  }
  const ids = ulidSource(clock)
  let network = demoIndex
  let policy = policyDocument(demoPolicy)
  const ports = {
    store,
    clock,
    ids,
    keys: localKeyVault(cellKeys, join(folder, 'token-key.pem')),
    objects: diskObjectStore(shelf),
    uploads: presignedUploads(shelf, access, clock),
    downloads: presignedDownloads(access, clock),
    eraser: diskEraser(shelf),
    retention: keepNothing,
    network: {
      current: () => Promise.resolve(network),
      policy: () => Promise.resolve(policy),
    },
    cell: {
      cellId: 'eu-central',
      region: 'eu-central-1',
      residencyFindings: 0,
      copies: {
        policy: defaultDeidentificationPolicy,
        namesKey: { region: 'eu-central-1', multiRegion: false, externalDecryptGrants: 0 },
      },
    },
    inflateRaw: inflateRawBounded,
  }
  const { referralId } = birth()

  const command = async (one: CaseCommand): Promise<Case> => {
    const outcome = await commandCase(ports, {
      referralId,
      by: { kind: 'overread', id: 'test' },
      operation: 'test',
      directory: caseDirectory(network),
      prepare: () => ({ command: one }),
    })
    if (outcome.outcome === 'answered-before') throw new Error('no answer was asked for')
    return outcome.case
  }

  const loaded = async () => {
    const found = await loadCase(store, referralId)
    if (found === undefined) throw new Error('the case is gone')
    return found
  }

  return {
    ports,
    /** The data directory: what lies on the disk. */
    folder,
    referralId,
    command,
    loaded,
    useNetwork: (changed: NetworkIndex, underPolicy?: PolicyDocument) => {
      network = changed
      policy = underPolicy ?? policy
    },
    /** Two stored images of a case that the reader of the case builder has claimed. */
    prepareClaimed: async () => {
      for (const one of untilClaimed) await command(one)
      for (const at of [0, 1]) {
        const instance: StoredInstance = {
          schema: 'overread/instance@3',
          studyInstanceUid: '1.2.3',
          seriesInstanceUid: '1.2.3.4',
          sopInstanceUid: `1.2.3.4.${at}`,
          sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
          modality: 'CT',
          instanceNumber: at,
          numberOfFrames: null,
          bytes: 10,
          sha256: sha256(`image ${at}`),
          key: `studies/${referralId}/u/${at}`,
          metadata: null,
        }
        await store.transact([
          { write: 'put', when: 'absent', ...recordKeys.instance(referralId, `i${at}`), body: plain(instance) },
        ])
      }
    },
    asking: async (operation: OperationId, principal: Principal, idempotencyKey = ids.next()): Promise<Asking> => ({
      operation,
      requestId: 'request-1',
      principal,
      actor: { kind: 'person', id: principal.personId, orgId: principal.orgId },
      expectedVersion: (await loadCase(store, referralId))?.version ?? 0,
      remember: (answer) => ({
        key: recordKeys.idempotency(principal.orgId, sha256(idempotencyKey)),
        payloadHash: 'hash',
        status: 201,
        expiresAt: '2026-11-26T10:00:00.000Z',
        answer,
      }),
    }),
    /** Everything in the store, for tests that look for what must not be there. */
    everyRecord: (): StoredRecord[] =>
      database.sql
        .prepare('SELECT partition, sort, body, version FROM records')
        .all()
        .map((row) => ({
          partition: String(row['partition']),
          sort: String(row['sort']),
          version: Number(row['version']),
          body: JSON.parse(String(row['body'])) as StoredRecord['body'],
        })),
    objectKeys: (bucket: string): string[] =>
      database.sql
        .prepare('SELECT key FROM objects WHERE bucket = ?')
        .all(bucket)
        .map((row) => String(row['key'])),
    /** Of uploads in parts, whether any part was sent or not. */
    multipartKeys: (): string[] =>
      database.sql
        .prepare('SELECT key FROM multiparts')
        .all()
        .map((row) => String(row['key'])),
    close: async () => {
      await shelf.files.close()
      await database.close()
      rmSync(folder, { recursive: true })
    },
  }
}

export type ReadingRoom = ReturnType<typeof readingRoom>
