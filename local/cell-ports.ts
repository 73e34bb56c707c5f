import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AddressRange } from '../shared/adapters/address-country-table.ts'
import { addressCountryTable } from '../shared/adapters/address-country-table.ts'
import type { CellDatabase } from '../shared/adapters/embedded/cell-database.ts'
import { openCellDatabase } from '../shared/adapters/embedded/cell-database.ts'
import { diskEraser } from '../shared/adapters/embedded/disk-eraser.ts'
import type { ObjectShelf } from '../shared/adapters/embedded/disk-object-store.ts'
import { diskObjectStore } from '../shared/adapters/embedded/disk-object-store.ts'
import { fileNetworkDirectory } from '../shared/adapters/embedded/file-network-directory.ts'
import { openCellKeys } from '../shared/adapters/embedded/key-file.ts'
import { localKeyVault } from '../shared/adapters/embedded/local-key-vault.ts'
import { openShelf } from '../shared/adapters/embedded/open-shelf.ts'
import type { ObjectAccess } from '../shared/adapters/embedded/presigned-requests.ts'
import { presignedDownloads, presignedUploads } from '../shared/adapters/embedded/presigned-requests.ts'
import type { SqliteMessageQueues } from '../shared/adapters/embedded/sqlite-message-queues.ts'
import { sqliteMessageQueues } from '../shared/adapters/embedded/sqlite-message-queues.ts'
import type { SqliteRecordStore } from '../shared/adapters/embedded/sqlite-record-store.ts'
import { sqliteRecordStore } from '../shared/adapters/embedded/sqlite-record-store.ts'
import { installedPageFolder, pageFolder } from '../shared/adapters/page-folder.ts'
import { systemClock } from '../shared/adapters/system-clock.ts'
import { ulidSource } from '../shared/adapters/ulid-source.ts'
import type { MachineIssuer } from '../shared/contracts/machine-issuer.ts'
import type { DeidentificationPolicy } from '../shared/domain/deidentification/deidentification-policy.ts'
import type { InflateRaw } from '../shared/domain/dicom/inspect-object.ts'
import {
  defaultRetentionPolicy,
  RetentionPolicySchema,
  type RetentionPolicy,
} from '../shared/domain/retention/retention-rules.ts'
import type { Eraser } from '../shared/ports/eraser.ts'
import type { KeyVault } from '../shared/ports/key-vault.ts'
import type { CellFacts, ResidencyDirectory } from '../shared/ports/network-directory.ts'
import type { DownloadSigner, ObjectStore, UploadSigner } from '../shared/ports/object-store.ts'
import type { PageFiles } from '../shared/ports/page-files.ts'
import type { AddressCountry, Clock, IdSource } from '../shared/ports/surroundings.ts'
import { inflateRawBounded } from '../shared/runtime/bounded-inflate.ts'
import type { Log } from '../shared/runtime/log.ts'
import { policyDocument } from '../shared/runtime/policy-document.ts'
import { processMeter, type RateMeter } from '../shared/runtime/rate-meter.ts'
import type { TokenVerifier } from '../shared/runtime/token-verifier.ts'

/** Every port of the cell, under the names that the functions' entries ask for. */
export interface CellPorts {
  readonly store: SqliteRecordStore
  readonly queues: SqliteMessageQueues
  readonly objects: ObjectStore
  readonly uploads: UploadSigner
  readonly downloads: DownloadSigner
  readonly keys: KeyVault
  readonly eraser: Eraser
  readonly retention: RetentionPolicy
  readonly network: ResidencyDirectory
  readonly cell: CellFacts
  readonly addresses: AddressCountry
  readonly clock: Clock
  readonly ids: IdSource
  readonly tokens: TokenVerifier
  readonly machineIssuer: () => MachineIssuer
  readonly log: Log
  readonly rates: RateMeter
  readonly inflateRaw: InflateRaw
  readonly pageFiles: PageFiles
}

export interface CellSetting {
  readonly dataDir: string
  readonly networkPath: string
  readonly policyPath: string
  /** Absent: the engineering defaults. */
  readonly retentionPath: string
  readonly cell: CellFacts
  readonly deidentification: DeidentificationPolicy
  readonly addressRanges: readonly AddressRange[]
  /** Development: loopback is wherever the token says. */
  readonly loopbackAgrees: boolean
  readonly clock: Clock
  readonly log: Log
  readonly objectsOrigin: () => string
}

export interface OpenCell {
  /** All but what rests on the identity the cell is started with. */
  readonly ports: Omit<CellPorts, 'tokens' | 'machineIssuer'>
  readonly database: CellDatabase
  readonly shelf: ObjectShelf
  readonly access: ObjectAccess
}

/** Read once: rules that change while an erasure is decided would be two decisions. */
const readRetention = (path: string): RetentionPolicy =>
  existsSync(path) ? RetentionPolicySchema.parse(JSON.parse(readFileSync(path, 'utf8'))) : defaultRetentionPolicy

/** The secret of the pseudonyms is a line of the key file, which has no way out of the data directory. */
const inThisFolder = ({ region }: CellFacts) => ({ region, multiRegion: false, externalDecryptGrants: 0 })

/** Opens the data directory: one SQLite file, the objects' files, the keys. Refused while another process has it open. */
export const openCell = (setting: CellSetting): OpenCell => {
  const { dataDir, clock, cell } = setting
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const database = openCellDatabase(join(dataDir, 'cell.db'))
  const keys = openCellKeys(join(dataDir, 'keys.json'))
  const queues = sqliteMessageQueues(database, clock)
  const shelf = openShelf(dataDir, database, queues)
  const access = { credentials: keys.objectAccess, region: cell.region, origin: setting.objectsOrigin }
  const { networkPath, policyPath } = setting
  const ports = {
    store: sqliteRecordStore(database, clock),
    queues,
    objects: diskObjectStore(shelf),
    // The thread that checks them lives by the machine's clock.
    uploads: presignedUploads(shelf, access, systemClock()),
    downloads: presignedDownloads(access, systemClock()),
    keys: localKeyVault(keys, join(dataDir, 'machine-token-key.pem')),
    eraser: diskEraser(shelf),
    retention: readRetention(setting.retentionPath),
    network: fileNetworkDirectory({ networkPath, policyPath }, policyDocument),
    cell: { ...cell, copies: { policy: setting.deidentification, namesKey: inThisFolder(cell) } },
    addresses: addressCountryTable(setting.addressRanges, { loopbackAgrees: setting.loopbackAgrees }),
    clock,
    ids: ulidSource(clock),
    log: setting.log,
    rates: processMeter(clock),
    inflateRaw: inflateRawBounded,
    pageFiles: pageFolder(installedPageFolder()),
  }
  return { ports, database, shelf, access }
}
