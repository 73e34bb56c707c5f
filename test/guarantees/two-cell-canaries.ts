import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { seededRandom, type SeededRandom } from '../fixtures/seeded-random.ts'
import { canaryReferral, unseenPatient } from './canaries/canary-referral.ts'
import { canarySearch, describeFound, formsOf, type Found, type Sink } from './canaries/canary-search.ts'
import { canaryPatient, canaryStudy, kept } from './canaries/canary-study.ts'
import { canaryWords, type CanaryWords } from './canaries/canary-words.ts'
import { everyFile, treatingCell, type PlacedSink } from './canaries/cell-sinks.ts'
import { rejectOne, runMainJob, sendFiles, until } from './canaries/main-job.ts'
import { openAnswers, provocations, provoke } from './canaries/provoked-errors.ts'
import { freePort, startCell, type StartedCell } from './canaries/started-cell.ts'
import { rowOf, type GuaranteeRow } from './guarantee-row.ts'
import { atCurrentVersion } from '../../local/client/api-client.ts'
import { closeConnections } from '../../local/client/put-object.ts'
import { closeWire } from './wire.ts'

export interface CanaryOptions {
  readonly seed: number
  /** Images of the study, the first of them with every attribute of the confidentiality profile. */
  readonly objects: number
}

interface TwoCells {
  readonly treating: StartedCell
  readonly other: StartedCell
}

interface Scene extends TwoCells {
  readonly words: CanaryWords
  readonly random: SeededRandom
  readonly folder: string
  readonly objects: number
}

async function startTwo(folder: string): Promise<TwoCells> {
  const [first, second] = [await freePort(), await freePort()]
  const cells = [
    { cellId: 'eu-central-1', baseUrl: `http://127.0.0.1:${first}` },
    { cellId: 'ap-southeast-2', baseUrl: `http://127.0.0.1:${second}` },
  ]
  const cellOfSite = { 'donau-vienna': 'eu-central-1', 'liffey-dublin': 'ap-southeast-2' }
  const order = (cellId: string, port: number) => ({ dataDir: join(folder, cellId), port, cellId, cells, cellOfSite })
  const treating = await startCell(order('eu-central-1', first))
  return { treating, other: await startCell(order('ap-southeast-2', second)) }
}

/** A message that no schema takes, and one about a case that is not there: both end as dead letters. */
async function poison({ treating, words }: Scene): Promise<void> {
  const planted = [
    `{"kind":"object-arrived","patient":"${words.text('poison message', 'planted')}"}`,
    `{"kind":"object-arrived","key":"studies/${words.text('key of a poison message', 'planted')}"`,
  ]
  for (const body of planted) await treating.run({ errand: 'enqueue', queue: 'ingest', body })
  const unknown = '{"kind":"deliver-report","referralId":"donau-klinikum.01k9zq3v5r8w2x4y6a8c0e2g4j"}'
  await treating.run({ errand: 'enqueue', queue: 'delivery', body: unknown })
  // Retried until the last attempt, and then given up.
  for (let attempt = 0; attempt < 6; attempt++) await treating.run({ errand: 'advance', minutes: 4 })
}

/** The cases of a working day; answers their ids. */
async function workingDay(scene: Scene): Promise<string[]> {
  const { treating: cast, words, random, folder } = scene
  const [patient, second, third] = [canaryPatient(words), canaryPatient(words), canaryPatient(words)]
  const study = await canaryStudy(words, random, patient, { folder: join(folder, 'study'), objects: scene.objects })
  const referral = canaryReferral(words, 'stroke', patient, study.studyInstanceUid)
  const letter = new TextEncoder().encode(`A letter about ${words.text('letter among the images')}`)
  const strangers = [await kept(join(folder, 'study', `${words.plain('file name')}.txt`), letter)]
  const acknowledged = await runMainJob({ cast, words, referral, study, strangers })

  const rejected = await rejectOne({
    cast,
    words,
    referral: canaryReferral(words, 'oncology-follow-up', unseenPatient(words, random, second)),
  })

  // Somebody else's images under this patient's name: all of them in quarantine, and the case cancelled.
  const wrong = await canaryStudy(words, random, third, { folder: join(folder, 'wrong'), objects: 2 })
  const mistaken = canaryReferral(words, 'stroke', canaryPatient(words), wrong.studyInstanceUid)
  const referrer = cast.as('p-referrer-vienna')
  const { referralId: cancelled } = await referrer.call('submitReferral', { body: mistaken })
  await sendFiles(cast, cancelled, wrong.studyInstanceUid, wrong.files)
  await until(cast, cancelled, ({ images }) => images.failed === 2)
  await atCurrentVersion(referrer, cancelled, (version) =>
    referrer.call('cancelReferral', { params: { referralId: cancelled }, version, body: { reason: 'other' } }),
  )

  // Nobody claims it: it climbs its ladder when the clocks are set forward.
  const waiting = await canaryStudy(words, random, second, { folder: join(folder, 'waiting'), objects: 2 })
  const left = canaryReferral(words, 'stroke', second, waiting.studyInstanceUid)
  const { referralId: escalated } = await referrer.call('submitReferral', { body: left })
  await sendFiles(cast, escalated, waiting.studyInstanceUid, waiting.files)
  await until(cast, escalated, ({ state }) => state === 'offered')
  return [acknowledged, rejected, cancelled, escalated]
}

/** Everything that both cells answer to requests which should fail, and what they say openly. */
async function answersOf(scene: Scene, referralIds: readonly string[]): Promise<Sink[]> {
  const { treating, other, words } = scene
  const patient = canaryPatient(words)
  const [known = ''] = referralIds
  const sinks: Sink[] = []
  for (const [name, cell] of [
    ['the treating cell', treating],
    ['the other cell', other],
  ] as const) {
    const referral = canaryReferral(words, 'stroke', patient)
    for (const asked of provocations(words, referral, known)) sinks.push(await provoke(cell, name, asked))
    const day = new Date().toISOString().slice(0, 10)
    for (const asked of openAnswers(referralIds, day)) sinks.push(await provoke(cell, name, asked))
  }
  return sinks
}

const searched = (words: CanaryWords, sinks: readonly PlacedSink[]): Found[] => {
  const search = canarySearch(words.all)
  return sinks.flatMap((sink) => search(sink).filter(({ canary }) => !sink.may.has(canary.kind)))
}

/** Each form of a word, planted among other bytes, is found: a search that finds nothing must not be a blind one. */
function plantedForms(words: CanaryWords): string[] {
  return words.all.slice(0, 300).flatMap((canary) => {
    const search = canarySearch([canary])
    return [...formsOf(canary.word)].flatMap(([form, bytes]) => {
      const content = Buffer.concat([Buffer.from('{"a":"'), bytes, Buffer.from('"}')])
      return search({ name: form, content }).length > 0 ? [] : [`${canary.word} as ${form}`]
    })
  })
}

/** Where the words must be, or the job did not happen: the objects, and the answer to those who may read the referral. */
async function unheard({ treating, words }: Scene, [acknowledged = '']: readonly string[]): Promise<string[]> {
  const referral = await treating.as('p-clerk-vienna').call('readReferral', { params: { referralId: acknowledged } })
  const reports = await treating.as('p-referrer-vienna').call('readReports', { params: { referralId: acknowledged } })
  const found = canarySearch(words.all)({ name: '', content: JSON.stringify([referral, reports]) })
  return found.length >= 20 ? [] : [`only ${found.length} words in the answers that must hold them`]
}

async function runScene(scene: Scene): Promise<GuaranteeRow[]> {
  const { treating, other, words } = scene
  const referralIds = await workingDay(scene)
  await poison(scene)
  const escalated = await until(treating, referralIds[3] ?? '', ({ escalations }) => escalations.length > 0)
  const told = await answersOf(scene, referralIds)
  const silent = await unheard(scene, referralIds)
  await other.run({ errand: 'settle' })
  await Promise.all([treating.kill(), other.kill()])
  const open = (sinks: readonly Sink[]): PlacedSink[] => sinks.map((sink) => ({ ...sink, may: new Set() }))
  const groups: readonly (readonly [string, readonly PlacedSink[]])[] = [
    ['in every file of the other cell', everyFile('other cell', other.dataDir)],
    [
      'in rows, queues, remembered answers and files of the treating cell, but where they belong',
      treatingCell('treating cell', treating.dataDir),
    ],
    [
      'in the logs of both cells',
      open([
        { name: 'the log of the treating cell', content: treating.printed() },
        { name: 'the log of the other cell', content: other.printed() },
      ]),
    ],
    ['in answers to refused requests, statuses, worklists, key figures and audit trails of both', open(told)],
  ]
  const rows = groups.map(([where, sinks]) =>
    rowOf(`${words.all.length} words looked for ${where}`, sinks.length, searched(words, sinks).map(describeFound)),
  )
  const control = [...plantedForms(words), ...silent, ...(escalated.escalations.length > 0 ? [] : ['no escalation'])]
  return [...rows, rowOf('words in each form found where they were planted', words.all.length, control)]
}

/** The main job in one cell of two, all its words then looked for in everything that must not hold them. */
export async function runTwoCellCanaries({ seed, objects }: CanaryOptions): Promise<readonly GuaranteeRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'overread-canaries-'))
  const random = seededRandom(seed)
  const cells = await startTwo(folder)
  try {
    return await runScene({ ...cells, words: canaryWords(random), random, folder, objects })
  } finally {
    closeConnections()
    closeWire()
    await Promise.all([cells.treating.kill(), cells.other.kill()])
    await rm(folder, { recursive: true, force: true })
  }
}
