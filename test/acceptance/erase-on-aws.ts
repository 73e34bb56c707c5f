import { readFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { expect } from 'vitest'
import { arrivalKey } from '../../shared/domain/upload/upload-session.ts'
import { formsOf } from '../guarantees/canaries/canary-search.ts'
import { awsStores, type Held } from './aws-stores.ts'
import type { AwsRun } from './target.ts'

interface Subject {
  readonly referralId: string
  /** All that was written of them. */
  readonly words: readonly string[]
  readonly confirm: () => Promise<{ readonly erasure: object | null }>
  /** What a confirmation is answered that is refused. */
  readonly refused: () => Promise<Record<string, unknown>>
}

const someId = '01k9zq9t4w6y8b1d3f5h7k9m2p'
const canary = 'Canary-Text-Zz9'

const naming = (held: readonly Held[], words: readonly string[]): string[] => {
  const forms = words.flatMap((word) => [...formsOf(word).values()]).map((form) => form.toString('latin1'))
  return held.flatMap(({ where, content }) => (forms.some((form) => content.includes(form)) ? [where] : []))
}

/** Something in every store and of every kind: versions, markers, what was abandoned half way, what nobody came for. */
async function strew(stores: ReturnType<typeof awsStores>, referralId: string): Promise<void> {
  const copy = `copies/${referralId}/${someId}`
  await stores.put('copies', copy, `${canary} first`)
  await stores.put('copies', copy, `${canary} second`)
  await stores.mark('copies', copy)
  await stores.put('reports', `reports/${referralId}/${someId}.json`, canary)
  await stores.put('quarantine', `studies/${referralId}/${someId}/0`, canary)
  const late = arrivalKey({ urgency: 'stat' }, { referralId, uploadId: someId, index: 7 })
  for (const bucket of ['incoming', 'images', 'reports'] as const)
    await stores.beginParts(
      bucket,
      bucket === 'reports' ? `attachments/${referralId}/${someId}` : `studies/${referralId}/1`,
    )
  await stores.beginParts('incoming', late)
  await stores.bury('copies', { kind: 'copy-study', referralId })
  await stores.bury('ingest-stat', { kind: 'object-arrived', key: late })
  await stores.bury('numbers', { kind: 'count-events', referralId, fromEvent: 0, toEvent: 1 })
  await stores.bury('delivery', { kind: 'deliver-report', referralId: `${referralId.slice(0, -1)}0` })
}

const inSeconds = (seconds: number): Date => new Date(Date.now() + seconds * 1000)

const lockedPlaces = (referralId: string) =>
  [
    ['images', `studies/${referralId}/`],
    ['images', `metadata/${referralId}/`],
    ['reports', `reports/${referralId}/`],
  ] as const

/** What may name an erased case for good: its audit, its file, the mark, and the answer to whoever had it erased. */
const mayName = (where: string): boolean => /^audit| audit| erased$|^org#[^#]+#retention |#idempotency#/.test(where)

/**
 * The erasure as a deployed cell carries it out, under its own role, judged by looking at every store from outside: kept whole
 * while a lock holds, and afterwards nothing left of the subject and nothing taken from others.
 */
export async function eraseOnAws({ referralId, words, confirm, refused }: Subject): Promise<void> {
  const stores = awsStores(JSON.parse(await readFile(process.env['OVERREAD_AWS_RUN'] ?? '', 'utf8')) as AwsRun)
  try {
    await strew(stores, referralId)
    // S3 locks what is copied into a locked bucket, the emulator does not (the run says so): it is locked here.
    await stores.lockUntil('images', `studies/${referralId}/`, inSeconds(3600))
    const all = [...words, canary]
    const before = naming(await stores.held(), all)
    expect(await refused()).toMatchObject({ status: 409, code: 'erasure-locked' })
    expect(naming(await stores.held(), all).sort()).toEqual(before.sort())
    for (const [bucket, prefix] of lockedPlaces(referralId)) {
      // Were it not so, nothing here would show what a lock keeps.
      expect(await stores.refusesToDelete(bucket, prefix), `the store enforces its lock on ${bucket}`).toBe(true)
      await stores.lockUntil(bucket, prefix, inSeconds(1))
    }
    await pause(1500)
    expect((await confirm()).erasure).toMatchObject({ state: 'erased' })
    const held = await stores.held()
    expect(naming(held, all)).toEqual([])
    const named = held.filter(({ where, content }) => `${where} ${content}`.includes(referralId))
    expect(named.map(({ where }) => where).filter((where) => !mayName(where))).toEqual([])
    expect(named.filter(({ where }) => where.includes('#idempotency#'))).toHaveLength(1)
    const others = held.filter(({ content }) => content.includes(`${referralId.slice(0, -1)}0"`))
    expect(others.map(({ where }) => where)).toEqual(['dead letter of delivery'])
  } finally {
    stores.close()
  }
}
