import { existsSync } from 'node:fs'
import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { atCurrentVersion, type ApiClient } from '../../local/client/api-client.ts'
import { demoSites, referralFor } from '../../local/demo/referral-for.ts'
import { groupByStudy, scanFolder } from '../../local/demo/scan-folder.ts'
import { PathwayIdSchema } from '../../shared/domain/network/ids.ts'
import { identityTokens } from '../../shared/domain/deidentification/identity-tokens.ts'
import { confirmedPolicy } from '../fixtures/confirmed-policy.ts'
import { networkWithReaderAbroad } from '../fixtures/reader-abroad.ts'
import { cellInHand, claim, sendReferral, type CellInHand } from './cell-in-hand.ts'

const real = join(import.meta.dirname, '../../../shared/dicom')

interface Sent {
  readonly referralId: string
  readonly studyInstanceUid: string
  readonly originals: readonly Uint8Array[]
  readonly sopInstanceUids: readonly string[]
  readonly accessionNumber: string
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
    const { items } = await reader.call('listWorklist')
    expect(items.map(({ referralId, state }) => [referralId, state])).toEqual([[sent.referralId, 'offered']])
    expect((await claim(reader, sent.referralId)).state).toBe('claimed')
  })

  it('downloads every copy, in which nothing of the original is left', async () => {
    const page = await reader.call('listImages', { params: { referralId: sent.referralId } })
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
    const referral = await reader.call('readReferral', { params: { referralId } })
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
    expect(text).not.toContain(sent.accessionNumber)
  })

  it('signs in terms of the copies, and the referrer reads of the originals', async () => {
    const { referralId } = sent
    const page = await reader.call('listImages', { params: { referralId } })
    const copyUid = page.images[0]?.sopInstanceUid ?? ''
    const foreign = '2.25.4711'
    const text = {
      findings: `Fracture on ${copyUid}, not on ${foreign}.`,
      impression: `See study ${page.studyInstanceUid ?? ''}`,
      alert: 'none' as const,
    }
    await atCurrentVersion(reader, referralId, (version) =>
      reader.call('signFinal', { params: { referralId }, version, body: { text, attachmentIds: [] } }),
    )
    await hand.cell.settle()
    expect((await reader.call('readReports', { params: { referralId } })).reports[0]?.text).toEqual(text)
    const referrer = hand.as('p-referrer-vienna')
    expect((await referrer.call('readStatus', { params: { referralId } })).state).toBe('delivered')
    const [report] = (await referrer.call('readReports', { params: { referralId } })).reports
    expect(report?.text).toEqual({
      findings: `Fracture on ${sent.sopInstanceUids[0] ?? ''}, not on ${foreign}.`,
      impression: `See study ${sent.studyInstanceUid}`,
      alert: 'none',
    })
    expect(report?.copies).toEqual({ uids: 2, released: 1, withheld: 0 })
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
    const status = await coordinator.call('readStatus', { params: { referralId } })
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
    await hand.cell.settle()
    expect(await coordinator.call('listCopies', { params: { referralId } })).toMatchObject({ released: 3, held: 0 })
    await claim(reader, referralId)
    const page = await reader.call('listImages', { params: { referralId } })
    expect(page.images).toHaveLength(3)
    for (const { get } of page.images) expect(residue(sent.originals, await bytesOf(get))).toEqual([])
    await expect(
      coordinator.call('attestCopies', { params: { referralId }, body: { copyIds, seen: ['no-text', 'no-face'] } }),
    ).rejects.toThrow(/409/)
  })
})
