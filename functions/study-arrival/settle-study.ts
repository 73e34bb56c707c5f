import { inCell } from '../../shared/domain/access/in-cell.ts'
import { caseDirectory } from '../../shared/domain/case/directory.ts'
import type { Case, ReferralId } from '../../shared/domain/case/case.ts'
import type { ExceptionCode } from '../../shared/domain/case/exceptions.ts'
import type { Instant } from '../../shared/domain/instant.ts'
import type { SiteId } from '../../shared/domain/network/ids.ts'
import type { NetworkIndex } from '../../shared/domain/network/index-network.ts'
import { isAbandoned } from '../../shared/domain/case/states.ts'
import { readDicomJson } from '../../shared/domain/dicom/read-metadata.ts'
import type { DicomJson } from '../../shared/domain/dicom/dicom-json-values.ts'
import { dicomJsonText } from '../../shared/domain/dicom/dicom-json.ts'
import { inspectDicomObject, type InflateRaw } from '../../shared/domain/dicom/inspect-object.ts'
import { studyInstant } from '../../shared/domain/dicom/study-instant.ts'
import { DICOM_LIMITS } from '../../shared/domain/dicom/limits.ts'
import { StoredInstanceSchema, type StoredInstance, type StoredSeries } from '../../shared/domain/upload/instance.ts'
import { transactBesideCase } from '../../shared/ledger/erased-case.ts'
import { plain } from '../../shared/ledger/case-rows.ts'
import { commandCase, type CommandPorts, type Prepared } from '../../shared/ledger/command-case.ts'
import { askForCopies, loadCopies } from '../../shared/ledger/copy-ledger.ts'
import {
  countImages,
  countsDiffer,
  refusedWhole,
  uploadTallies,
  type ImageCount,
} from '../../shared/ledger/image-count.ts'
import { instanceDigest } from '../../shared/ledger/instance-digest.ts'
import { keys } from '../../shared/ledger/keys.ts'
import { arrivalsOf, recordsUnder } from '../../shared/ledger/upload-ledger.ts'
import { exceptionForReasons } from '../../shared/domain/upload/object-reason.ts'
import { openMetadata } from '../../shared/ledger/patient-seal.ts'
import type { KeyVault } from '../../shared/ports/key-vault.ts'
import type { NetworkDirectory } from '../../shared/ports/network-directory.ts'
import type { ObjectStore } from '../../shared/ports/object-store.ts'
import type { RecordWrite } from '../../shared/ports/record-store.ts'
import { ingest } from './record-arrival.ts'

export interface SettlePorts extends CommandPorts {
  readonly keys: Pick<KeyVault, 'open'>
  readonly network: NetworkDirectory
  readonly objects: ObjectStore
  readonly inflateRaw: InflateRaw
}

const indexing = inCell('index-study')

async function metadataOf(ports: SettlePorts, c: Case, instance: StoredInstance): Promise<string> {
  if (instance.metadata !== null) return openMetadata(indexing, ports.keys, c, instance.metadata)
  const source = {
    size: instance.bytes,
    read: (from: number, to: number) =>
      ports.objects.readRange(indexing, { bucket: 'images', key: instance.key }, from, to),
  }
  const inspected = await inspectDicomObject(source, DICOM_LIMITS, ports.inflateRaw)
  const json =
    inspected.verdict === 'accepted' ? await readDicomJson(source, inspected, DICOM_LIMITS) : 'header-too-large'
  // An instance whose header is beyond every limit is still listed, by its identity alone.
  if (json !== 'header-too-large') return dicomJsonText(json)
  const uid = (value: string) => ({ vr: 'UI', Value: [value] })
  return JSON.stringify({
    '00080016': uid(instance.sopClassUid),
    '00080018': uid(instance.sopInstanceUid),
    '0020000D': uid(instance.studyInstanceUid),
    '0020000E': uid(instance.seriesInstanceUid),
  })
}

const byNumber = (a: StoredInstance, b: StoredInstance): number =>
  (a.instanceNumber ?? 0) - (b.instanceNumber ?? 0) || (a.sopInstanceUid < b.sopInstanceUid ? -1 : 1)

interface SeriesWritten {
  readonly write: RecordWrite
  readonly scannedAt: Instant | undefined
}

/** When the study began, as the first image of a series says; in the hours of the site, where no image names its zone. */
const scannedAtOf = (c: Case, network: NetworkIndex, [first]: readonly string[]): Instant | undefined => {
  const site = network.sites.get(c.siteId as SiteId)
  if (first === undefined || site === undefined) return undefined
  return studyInstant(JSON.parse(first) as DicomJson, site.timeZone)
}

async function writeSeries(
  ports: SettlePorts,
  c: Case,
  network: NetworkIndex,
  instances: readonly StoredInstance[],
): Promise<SeriesWritten[]> {
  const { referralId } = c
  const [first] = instances
  if (first === undefined) return []
  const digest = instanceDigest(referralId, first.seriesInstanceUid)
  const metadataKey = `metadata/${referralId}/${digest}-${instances.length}.json`
  const texts: string[] = []
  for (const instance of instances.toSorted(byNumber)) texts.push(await metadataOf(ports, c, instance))
  const bytes = new TextEncoder().encode(`[${texts.join(',')}]`)
  await ports.objects.put({ bucket: 'images', key: metadataKey }, bytes, { contentType: 'application/dicom+json' })
  const series: StoredSeries = {
    schema: 'overread/series@1',
    studyInstanceUid: first.studyInstanceUid,
    seriesInstanceUid: first.seriesInstanceUid,
    modality: first.modality,
    instances: instances.length,
    metadataKey,
  }
  const write: RecordWrite = { write: 'put', when: 'always', ...keys.series(referralId, digest), body: plain(series) }
  return [{ write, scannedAt: scannedAtOf(c, network, texts) }]
}

/** Series metadata is written once, when the study is complete: whoever reads it later opens one object a series, not one an image. */
async function seriesWritten(ports: SettlePorts, c: Case, network: NetworkIndex): Promise<SeriesWritten[]> {
  const bySeries = new Map<string, StoredInstance[]>()
  for await (const record of recordsUnder(ports.store, c.referralId, 'instance#')) {
    const instance = StoredInstanceSchema.parse(record.body)
    const series = bySeries.get(instance.seriesInstanceUid) ?? []
    series.push(instance)
    bySeries.set(instance.seriesInstanceUid, series)
  }
  const written: SeriesWritten[] = []
  for (const instances of bySeries.values()) written.push(...(await writeSeries(ports, c, network, instances)))
  return written
}

/** As many series as fit a transaction beside the case; the rest are written before it. */
const WITH_THE_CASE = 40

/** Images that came after copies were made have none yet. */
const copiesAgain = async (ports: SettlePorts, referralId: string): Promise<RecordWrite[]> =>
  (await loadCopies(ports.store, referralId)) === undefined ? [] : [askForCopies(ports, referralId, ports.clock.now())]

/** Why nothing is there, where uploads were refused whole and no other brought an image. */
async function nothingStored(
  { store }: SettlePorts,
  referralId: ReferralId,
  { stored, failed }: ImageCount,
): Promise<{ nothingStored?: ExceptionCode }> {
  if (stored > 0 || failed === 0) return {}
  const refused = refusedWhole(await uploadTallies(store, referralId))
  if (refused.length === 0) return {}
  const arrivals = await Promise.all(refused.map(({ session }) => arrivalsOf(store, referralId, session.uploadId)))
  const reasons = arrivals.flatMap((one) => [...one.values()].flatMap(({ reason }) => reason ?? []))
  return { nothingStored: exceptionForReasons(reasons) }
}

/** Counts what has arrived and, when nothing is missing, makes the study available. Repeats and late messages change nothing. */
export async function settleStudy(ports: SettlePorts, referralId: string): Promise<void> {
  const network = await ports.network.current()
  const directory = caseDirectory(network)
  await commandCase(ports, {
    referralId,
    by: ingest,
    operation: 'ingest',
    directory,
    prepare: async (loaded): Promise<Prepared> => {
      if (loaded === undefined || isAbandoned(loaded.case.phase.state)) return { command: { command: 'nothing' } }
      const counted = await countImages(ports.store, referralId)
      if (!countsDiffer(loaded.case, counted)) return { command: { command: 'nothing' } }
      const told = await nothingStored(ports, referralId, counted)
      const command = { command: 'count-images' as const, ...counted, ...told }
      if (!counted.complete) return { command }
      const series = await seriesWritten(ports, loaded.case, network)
      const writes = series.map(({ write }) => write)
      const [scannedAt] = series.flatMap((one) => one.scannedAt ?? []).sort()
      const before = writes.slice(WITH_THE_CASE)
      for (let at = 0; at < before.length; at += WITH_THE_CASE)
        await transactBesideCase(ports, referralId, before.slice(at, at + WITH_THE_CASE))
      return {
        command: { ...command, ...(scannedAt === undefined ? {} : { scannedAt }) },
        writes: [...writes.slice(0, WITH_THE_CASE), ...(await copiesAgain(ports, referralId))],
        audit: { facts: { stored: counted.stored, failed: counted.failed } },
      }
    },
  })
}
