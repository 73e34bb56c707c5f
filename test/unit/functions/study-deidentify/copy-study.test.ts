import { afterEach, describe, expect, it } from 'vitest'
import { listImages } from '../../../../functions/image-access/list-images.ts'
import { entry } from '../../../../functions/study-deidentify/entry.ts'
import { routeCase } from '../../../../functions/worklist-routing/route-case.ts'
import { copyKey } from '../../../../shared/ledger/copy-ledger.ts'
import { createLog } from '../../../../shared/runtime/log.ts'
import {
  copyRoom,
  harmless,
  harris,
  identifying,
  mayShowFace,
  mayShowText,
  type CopyRoom,
  type Image,
} from '../../../builders/copy-room.ts'
import { noContext, queueEvent } from '../../../builders/queue-event.ts'
import { inside } from '../../../builders/inside.ts'

let room: CopyRoom
afterEach(() => room.close())
const enter = async (images: readonly Image[], pathwayId?: string) => {
  room = await copyRoom(images, pathwayId)
  return room
}
const bytesOf = async (copyId: string): Promise<Buffer> =>
  Buffer.from(
    await room.ports.objects.readRange(
      inside,
      { bucket: 'copies', key: copyKey(room.referralId, copyId) },
      0,
      1_000_000,
    ),
  )
const images = async () =>
  listImages(room.ports, {
    params: { referralId: room.referralId },
    query: { limit: 10 },
    context: await room.asking('listImages', harris),
  })
const calls = async () => (await room.loaded()).case.escalations.filter(({ clock }) => clock === 'copies')

describe('copies of a study', () => {
  it('lie in their own bucket under keys that say nothing, and hold nothing of the patient', async () => {
    await enter([harmless, harmless])
    await room.copy()
    expect((await room.copies()).map(({ state, reasons }) => [state, reasons])).toEqual([
      ['released', []],
      ['released', []],
    ])
    for (const { copyId, released } of await room.copies()) {
      const text = (await bytesOf(copyId)).toString('latin1') + JSON.stringify(released)
      expect(identifying.filter((word) => text.includes(word))).toEqual([])
      expect(released?.key).toMatch(/^copies\/donau-klinikum\.[0-9a-z]{26}\/[0-9a-f]{32}$/)
    }
  })

  it('are told to the reader with what is held back, by their own UIDs', async () => {
    await enter([harmless, mayShowText, mayShowFace])
    await room.copy()
    await room.claim()
    const page = await images()
    expect(page).toMatchObject({ mode: 'transfer_deidentified', withheld: { held: 2, blocked: 0, underWay: 0 } })
    expect(page.images).toHaveLength(1)
    expect(page.images[0]?.get?.url).toContain('/copies/')
    expect(identifying.filter((word) => JSON.stringify(page).includes(word))).toEqual([])
  })

  it('that wait for a person call the coordinator of the site, once', async () => {
    await enter([harmless, mayShowText, mayShowFace])
    await room.copy()
    await room.copy()
    expect((await room.copies()).map(({ state, reasons }) => [state, ...reasons])).toEqual([
      ['released'],
      ['held', 'burned-in-text'],
      ['held', 'recognizable-face'],
    ])
    expect((await calls()).map(({ personId }) => personId)).toEqual(['p-coordinator-vienna'])
    expect((await room.loaded()).case.phase.state).toBe('offered')
  })

  it('of which none may leave take the case from the reader who waits, for somebody who may see it', async () => {
    await enter([mayShowText])
    await room.claim()
    await room.copy()
    expect((await room.loaded()).case.phase.state).toBe('study-available')
    await routeCase(room.ports, room.referralId)
    expect((await room.loaded()).case.phase.state).toBe('study-available')
    expect(await calls()).toHaveLength(1)
  })

  it('that the verifier blocks are not released, and no person is told that they might be', async () => {
    // A patient who is called as the image's region: what a machine cannot tell apart stays.
    await enter([{ ...harmless, patient: { id: 'MRN-4711', name: 'CHEST' } }])
    await room.copy()
    const [copy] = await room.copies()
    expect([copy?.state, copy?.reasons[0]?.split(' ')[0]]).toEqual(['blocked', 'residual-identity'])
    expect(await room.ports.objects.head({ bucket: 'copies', key: copyKey(room.referralId, copy?.copyId ?? '') })).toBe(
      undefined,
    )
  })

  it('are made once, whatever is repeated, and go on where a killed worker stopped', async () => {
    await enter([harmless, harmless, harmless])
    let puts = 0
    const put: typeof room.ports.objects.put = (...given) => {
      if (++puts === 2) throw new Error('killed')
      return room.ports.objects.put(...given)
    }
    const objects = { ...room.ports.objects, put }
    await expect(room.copy({ objects })).rejects.toThrow('killed')
    expect(await room.sum()).toMatchObject({ released: 1 })
    await room.copy({ objects })
    await room.copy({ objects })
    expect(await room.sum()).toMatchObject({ released: 3, held: 0, blocked: 0 })
    expect(puts).toBe(4)
  })

  it('made by two workers at once are counted once', async () => {
    await enter([harmless, harmless, mayShowText])
    await Promise.all([room.copy(), room.copy()])
    expect(await room.sum()).toMatchObject({ released: 2, held: 1, blocked: 0 })
  })

  it('of a large study are made a part at a time', async () => {
    await enter(Array.from({ length: 45 }, () => harmless))
    await room.copy()
    expect(await room.sum()).toMatchObject({ released: 40 })
    expect(room.asked()).toHaveLength(2)
    await room.copy()
    expect(await room.sum()).toMatchObject({ released: 45 })
  })

  it('of an object beyond the limit of memory are not made, and it is not read', async () => {
    await enter([harmless])
    const { copies } = room.ports.cell
    const cell = { ...room.ports.cell, copies: { ...copies, policy: { ...copies.policy, maxObjectBytes: 300 } } }
    const readRange = () => Promise.reject(new Error('read'))
    await room.copy({ cell, objects: { ...room.ports.objects, readRange } })
    expect((await room.copies()).map(({ state, reasons }) => [state, ...reasons])).toEqual([
      ['blocked', 'object-too-large'],
    ])
  })

  it('that cannot be made in the end give the case an exception that somebody owns', async () => {
    await enter([harmless])
    const readRange = () => Promise.reject(new Error('no store'))
    const handler = entry({
      ...room.ports,
      objects: { ...room.ports.objects, readRange },
      log: createLog(() => undefined),
    })
    const { referralId } = room
    await handler(queueEvent([{ kind: 'copy-study', referralId }], 5), noContext)
    const { phase, owner } = (await room.loaded()).case
    expect([phase.state, owner?.role]).toEqual(['exception', 'operations'])
  })

  it('keep the map of UIDs under seal', async () => {
    await enter([harmless])
    await room.copy()
    const stored = room.everyRecord().filter(({ sort }) => sort.startsWith('copy#') || sort === 'copies')
    expect(stored).toHaveLength(2)
    expect(identifying.filter((word) => JSON.stringify(stored).includes(word))).toEqual([])
  })
})

describe('a reader abroad', () => {
  it('is offered a case of which a copy can be made, and it is made while the offer runs', async () => {
    await enter([harmless])
    expect((await room.loaded()).case.phase).toMatchObject({ state: 'offered', offer: { readerId: 'r-harris' } })
    expect(room.asked()).toHaveLength(1)
  })

  it('is not offered a stroke whose copy would wait for a person', async () => {
    await enter([mayShowFace], 'stroke')
    expect((await room.loaded()).case.phase.state).toBe('study-available')
    expect(room.asked()).toEqual([])
  })

  it('asks for copies by claiming too, since the session may be elsewhere than the offer expected', async () => {
    await enter([harmless])
    await room.claim()
    expect(room.asked()).toHaveLength(2)
  })

  it('is shown nothing before there is a copy', async () => {
    await enter([harmless])
    await room.claim()
    await expect(images()).rejects.toMatchObject({ code: 'not-eligible' })
  })
})
