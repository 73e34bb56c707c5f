import { existsSync } from 'node:fs'
import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ApiProblem, atCurrentVersion, type ApiClient } from '../../local/client/api-client.ts'
import { demoSites, referralFor } from '../../local/demo/referral-for.ts'
import { groupByStudy, scanFolder } from '../../local/demo/scan-folder.ts'
import type { FileReport } from '../../shared/contracts/http/reports.ts'
import { PathwayIdSchema } from '../../shared/domain/network/ids.ts'
import { identityTokens } from '../../shared/domain/deidentification/identity-tokens.ts'
import { sha256 } from '../builders/reading-room.ts'
import { confirmedPolicy } from '../fixtures/confirmed-policy.ts'
import { networkWithReaderAbroad } from '../fixtures/reader-abroad.ts'
import { structuredReport } from '../builders/structured-report.ts'
import { cellInHand, claim, sendReferral, untilSo, untilState, type CellInHand } from './cell-in-hand.ts'
import { freshUid } from './study-in-hand.ts'

const real = join(import.meta.dirname, '../../../shared/dicom')

interface Sent {
  readonly referralId: string
  readonly studyInstanceUid: string
  readonly originals: readonly Uint8Array[]
  readonly sopInstanceUids: readonly string[]
  readonly accessionNumber: string
  readonly patientId: string
}

/** Real files of one study, with the referral that its site would write. */
async function send(hand: CellInHand, names: readonly string[]): Promise<Sent> {
  const folder = await mkdtemp(join(tmpdir(), 'overread-real-'))
  for (const name of names) await copyFile(join(real, name), join(folder, name))
  const [group] = groupByStudy(await scanFolder(folder)).groups
  const [site] = demoSites
  if (group === undefined || site === undefined) throw new Error('no study')
  const { studyInstanceUid, files } = group
  const body = referralFor(group, site, 1, '2026-11-24')
  const referralId = await sendReferral(
    hand,
    {
      ...body,
      pathwayId: PathwayIdSchema.parse('urgent-inpatient'),
      clinical: { question: 'Quarzstaub seit Neunzehnhundertachtzig?' },
    },
    studyInstanceUid,
    files,
  )
  const originals = await Promise.all(files.map(({ path }) => readFile(path)))
  await rm(folder, { recursive: true })
  return {
    referralId,
    studyInstanceUid,
    originals,
    sopInstanceUids: files.map((one) => one.sopInstanceUid ?? ''),
    accessionNumber: body.order.accessionNumber ?? '',
    patientId: body.patient.patientId,
  }
}

const bytesOf = async (get: { url: string; headers: Record<string, string> } | undefined): Promise<Uint8Array> => {
  if (get === undefined) throw new Error('no URL')
  const response = await fetch(get.url, { headers: get.headers })
  expect(response.status).toBe(200)
  expect(response.headers.get('cache-control')).toContain('no-store')
  return new Uint8Array(await response.arrayBuffer())
}

/** Names, ids and UIDs of the originals that stand in some bytes, in one-byte text or UTF-16. */
const residue = (originals: readonly Uint8Array[], bytes: Uint8Array): string[] => {
  const texts = [bytes, bytes.filter((byte) => byte !== 0)].map((one) => Buffer.from(one).toString('latin1'))
  return originals.flatMap((original) => {
    const { words, uids } = identityTokens(original)
    return [...words, ...uids].filter((word) => word.length >= 5 && texts.some((text) => text.includes(word)))
  })
}

/** Until the first copy is verified there is nothing on which the reader could be allowed to see anything. */
const notYet = (thrown: unknown): undefined => {
  if (thrown instanceof ApiProblem && thrown.problem.status === 403) return undefined
  throw thrown
}

/** What the reader is shown once every copy has been tried. */
async function imagesOf(reader: ApiClient, { referralId }: Sent) {
  const page = await untilSo(
    () => reader.call('listImages', { params: { referralId } }).catch(notYet),
    (shown) => shown?.withheld?.underWay === 0,
  )
  if (page === undefined) throw new Error('nothing was shown')
  return page
}

/** A structured report on the first copy, as a reader's workstation writes it from nothing but the copy. */
async function reportOnCopies(reader: ApiClient, sent: Sent, imageUid?: string) {
  const { images, studyInstanceUid = '' } = await imagesOf(reader, sent)
  const [image] = images
  const copy = Buffer.from(await bytesOf(image?.get)).toString('latin1')
  const pseudonym = /OVR-[0-9A-F]{16}/.exec(copy)?.[0] ?? ''
  const copyUid = image?.sopInstanceUid ?? ''
  const document = structuredReport({
    studyInstanceUid,
    sopInstanceUid: freshUid(),
    seriesInstanceUid: freshUid(),
    images: [{ sopInstanceUid: imageUid ?? copyUid, seriesInstanceUid: image?.seriesInstanceUid ?? '' }],
    patient: { id: pseudonym, name: pseudonym },
    text: `Fracture on ${copyUid}`,
  })
  return { document, copyUid, studyInstanceUid }
}

/** Sends a document to be attached, by the URL that the cell signs for it. */
async function attach(reader: ApiClient, referralId: string, document: Uint8Array): Promise<string> {
  const body = { contentType: 'application/dicom' as const, bytes: document.length, sha256: sha256(document) }
  const { attachmentId, put } = await reader.call('openAttachment', { params: { referralId }, body })
  const response = await fetch(put.url, { method: 'PUT', headers: put.headers, body: Buffer.from(document) })
  expect(response.status).toBe(200)
  return attachmentId
}

describe.skipIf(!existsSync(real))('a reader abroad, who works on a de-identified copy', () => {
  let hand: CellInHand
  let reader: ApiClient
  let sent: Sent

  beforeAll(async () => {
    hand = await cellInHand((origin) => ({ network: networkWithReaderAbroad(origin), policy: confirmedPolicy.policy }))
    reader = hand.as('p-harris')
    sent = await send(hand, ['highdicom__data__test_files__dx_image.dcm'])
  }, 60_000)
  afterAll(() => hand.stop())

  it('is offered the case, and claims it', async () => {
    const { referralId } = sent
    await untilState(hand.as('p-clerk-vienna'), referralId, 'offered')
    const { items } = await reader.call('listWorklist')
    expect(items.filter((item) => item.referralId === referralId).map(({ state }) => state)).toEqual(['offered'])
    expect((await claim(reader, sent.referralId)).state).toBe('claimed')
  })

  it('downloads every copy, in which nothing of the original is left', async () => {
    const page = await imagesOf(reader, sent)
    expect(page).toMatchObject({ mode: 'transfer_deidentified', withheld: { held: 0, blocked: 0, underWay: 0 } })
    expect(page.images).toHaveLength(sent.originals.length)
    for (const { get, bytes } of page.images) {
      const copy = await bytesOf(get)
      expect(copy).toHaveLength(bytes)
      expect(residue(sent.originals, copy)).toEqual([])
    }
    expect(residue(sent.originals, Buffer.from(JSON.stringify(page)))).toEqual([])
  })

  it('learns of the patient what is in closed lists, and no word that somebody wrote', async () => {
    const { referralId } = sent
    const params = { referralId }
    const clerk = hand.as('p-clerk-vienna')
    await atCurrentVersion(reader, referralId, (version) =>
      reader.call('requestInformation', { params, version, body: { item: 'other', note: 'Seit wann?' } }),
    )
    await atCurrentVersion(clerk, referralId, (version) =>
      clerk.call('provideInformation', { params, version, body: { note: 'Seit der Gießerei Mustermann.' } }),
    )
    const asked = await clerk.call('readReferral', { params })
    expect('notes' in asked && asked.notes.map(({ text }) => text)).toEqual([
      'Seit wann?',
      'Seit der Gießerei Mustermann.',
    ])
    const referral = await reader.call('readReferral', { params })
    expect(referral).toMatchObject({
      residency: { mode: 'transfer_deidentified' },
      deidentified: { bodyRegion: 'chest' },
    })
    const told = [
      referral,
      await reader.call('readStatus', { params: { referralId } }),
      await reader.call('readTimeline', { params: { referralId } }),
      await reader.call('listWorklist'),
    ]
    const text = JSON.stringify(told)
    expect(residue(sent.originals, Buffer.from(text))).toEqual([])
    expect(text).not.toContain('Quarzstaub')
    expect(text).not.toMatch(/wann|Mustermann/)
    expect(text).not.toContain(sent.accessionNumber)
  })

  const sign = (text: FileReport['text'], attachmentIds: string[]) =>
    atCurrentVersion(reader, sent.referralId, (version) =>
      reader.call('signFinal', { params: { referralId: sent.referralId }, version, body: { text, attachmentIds } }),
    )
  const plain = { findings: 'f', impression: 'i', alert: 'none' as const }

  it('cannot sign a document that names an image of which there is no copy', async () => {
    const { document } = await reportOnCopies(reader, sent, '2.25.4711')
    const attachmentId = await attach(reader, sent.referralId, document)
    const refused: unknown = await sign(plain, [attachmentId]).catch((thrown: unknown) => thrown)
    expect(refused).toMatchObject({ problem: { code: 'attachment-rejected', facts: { reason: 'unknown-uid' } } })
  })

  it('signs in terms of the copies, and the referrer reads of the originals', async () => {
    const { referralId } = sent
    const { document, copyUid, studyInstanceUid } = await reportOnCopies(reader, sent)
    const foreign = '2.25.4711'
    const text = {
      findings: `Fracture on ${copyUid}, not on ${foreign}.`,
      impression: `See study ${studyInstanceUid}`,
      alert: 'none' as const,
    }
    await sign(text, [await attach(reader, referralId, document)])
    const [own] = (await reader.call('readReports', { params: { referralId } })).reports
    expect(own?.text).toEqual(text)
    expect(own?.attachments.map(({ bytes, get }) => [bytes, get])).toEqual([[document.length, undefined]])
    const referrer = hand.as('p-referrer-vienna')
    await untilState(referrer, referralId, 'delivered')
    const [report] = (await referrer.call('readReports', { params: { referralId } })).reports
    expect(report?.text).toEqual({
      findings: `Fracture on ${sent.sopInstanceUids[0] ?? ''}, not on ${foreign}.`,
      impression: `See study ${sent.studyInstanceUid}`,
      alert: 'none',
    })
    expect(report?.copies).toEqual({ uids: 2, released: 1, withheld: 0, dates: 'may-be-shifted' })
    const [attachment] = report?.attachments ?? []
    expect(attachment?.signed).toEqual({ bytes: document.length, sha256: sha256(document) })
    const home = await bytesOf(attachment?.get)
    expect(sha256(home)).toBe(attachment?.sha256)
    const said = Buffer.from(home).toString('utf8')
    for (const word of [sent.studyInstanceUid, sent.sopInstanceUids[0] ?? '?', sent.patientId])
      expect(said).toContain(word)
    for (const word of [copyUid, studyInstanceUid, 'OVR-']) expect(said).not.toContain(word)
  })
})

describe.skipIf(!existsSync(real))('copies that a person must look at first', () => {
  let hand: CellInHand
  let reader: ApiClient
  let sent: Sent
  const held = ['2062', '2392', '2693'].map((name) => `pydicom__test_files__dicomdirtests__98892001__CT5N__${name}`)

  beforeAll(async () => {
    hand = await cellInHand((origin) => ({ network: networkWithReaderAbroad(origin), policy: confirmedPolicy.policy }))
    reader = hand.as('p-harris')
    sent = await send(hand, held)
  }, 60_000)
  afterAll(() => hand.stop())

  it('call the coordinator of the site, who sees which and why', async () => {
    const coordinator = hand.as('p-coordinator-vienna')
    const { referralId } = sent
    const status = await untilSo(
      () => coordinator.call('readStatus', { params: { referralId } }),
      ({ escalations }) => escalations.some(({ clock }) => clock === 'copies'),
    )
    expect(status.escalations.filter(({ clock }) => clock === 'copies').map(({ personId }) => personId)).toEqual([
      'p-coordinator-vienna',
    ])
    const page = await coordinator.call('listCopies', { params: { referralId }, query: { limit: 50, state: 'held' } })
    expect(page).toMatchObject({ released: 0, held: 3, blocked: 0 })
    expect(page.copies.map(({ reasons }) => reasons)).toEqual(
      [1, 2, 3].map(() => ['burned-in-text', 'recognizable-face']),
    )
    expect(page.copies.map(({ sopInstanceUid }) => sopInstanceUid).sort()).toEqual([...sent.sopInstanceUids].sort())
  })

  it('are shown to nobody else', async () => {
    for (const sub of ['p-harris', 'p-weber', 'p-clerk-vienna']) {
      await expect(hand.as(sub).call('listCopies', { params: { referralId: sent.referralId } })).rejects.toThrow(
        /40[34]/,
      )
    }
  })

  it('leave once a person by name has attested them, and the case is offered again at once', async () => {
    const coordinator = hand.as('p-coordinator-vienna')
    const { referralId } = sent
    const { copies } = await coordinator.call('listCopies', { params: { referralId } })
    const copyIds = copies.map(({ copyId }) => copyId)
    await coordinator.call('attestCopies', { params: { referralId }, body: { copyIds, seen: ['no-text', 'no-face'] } })
    const seen = await untilSo(
      () => coordinator.call('listCopies', { params: { referralId } }),
      ({ released }) => released === copyIds.length,
    )
    expect(seen).toMatchObject({ released: 3, held: 0 })
    await untilState(coordinator, referralId, 'offered')
    await claim(reader, referralId)
    const page = await imagesOf(reader, sent)
    expect(page.images).toHaveLength(3)
    for (const { get } of page.images) expect(residue(sent.originals, await bytesOf(get))).toEqual([])
    await expect(
      coordinator.call('attestCopies', { params: { referralId }, body: { copyIds, seen: ['no-text', 'no-face'] } }),
    ).rejects.toThrow(/409/)
  })
})
