import { ctStudy, type CtStudy } from './ct-study.ts'
import { median, spreadOf, type Spread } from './figures.ts'
import { measureIngest, type IngestFigures } from './ingest.ts'
import { hasDicomWeb, measureOrthanc } from './orthanc.ts'
import { removeStores } from './stores.ts'

const NOT_MEASURED = 'not measured'
export type OrNotMeasured<Figures> = Figures | typeof NOT_MEASURED

/**
 * `cold`: the first study of a process that has just started. `warm`: it has taken in one of 1,000 instances before, on both sides
 * alike, which is how a cell that runs for weeks meets nearly every study: V8 goes on compiling for about as many (ADR 0017).
 */
export type Start = 'cold' | 'warm'
const WARMING = 1000

export interface IngestSide {
  readonly perSecond: Spread
  readonly peakRssMiB: Spread
  readonly cpuMsEach: Spread
}

export interface IngestComparison {
  readonly instances: number
  readonly clients: number
  readonly start: Start
  readonly rounds: number
  readonly overread: IngestSide
  readonly orthancRest: OrNotMeasured<IngestSide>
  readonly orthancStow: OrNotMeasured<IngestSide>
  /** Of the rates, round by round: above 1 we are the faster. */
  readonly ratioToRest: OrNotMeasured<Spread>
  readonly ratioToStow: OrNotMeasured<Spread>
  readonly peakRssRatioToRest: OrNotMeasured<number>
}

const sideOf = (runs: readonly IngestFigures[]): IngestSide => ({
  perSecond: spreadOf(runs.map((run) => run.perSecond)),
  peakRssMiB: spreadOf(runs.map((run) => run.peakRssMiB)),
  cpuMsEach: spreadOf(runs.map((run) => run.cpuMsEach)),
})

const against = <Figures>(peer: readonly unknown[], figures: () => Figures): OrNotMeasured<Figures> =>
  peer.length === 0 ? NOT_MEASURED : figures()

const ratios = (own: readonly IngestFigures[], peer: readonly IngestFigures[]): Spread =>
  spreadOf(own.map(({ perSecond }, round) => perSecond / (peer[round]?.perSecond ?? Number.NaN)))

/**
 * The same study through the cell and through Orthanc, one after the other in every round, each on an empty store. Machines
 * wander: only figures of one round are divided by each other. The side that starts changes from round to round.
 */
export const compareIngest = async (
  instances: number,
  rounds: number,
  start: Start,
  clients = 8,
): Promise<IngestComparison> => {
  const study = ctStudy(instances)
  const before = start === 'warm' ? ctStudy(WARMING) : undefined
  const contents = (one: CtStudy | undefined) => one?.objects.map(({ content }) => content) ?? []
  const [files, filesBefore] = [contents(study), contents(before)]
  const overread: IngestFigures[] = []
  const rest: IngestFigures[] = []
  const stow: IngestFigures[] = []
  const peers = async () => {
    const byRest = await measureOrthanc(files, clients, 'rest', filesBefore)
    if (byRest !== undefined) rest.push(byRest)
    const byStow = hasDicomWeb() ? await measureOrthanc(files, clients, 'stow', filesBefore) : undefined
    if (byStow !== undefined) stow.push(byStow)
  }
  const own = async () => void overread.push(await measureIngest(study, clients, { before }))
  try {
    for (let round = 0; round < rounds; round += 1)
      for (const side of round % 2 === 0 ? [own, peers] : [peers, own]) await side()
  } finally {
    removeStores()
  }
  return {
    instances,
    clients,
    start,
    rounds,
    overread: sideOf(overread),
    orthancRest: against(rest, () => sideOf(rest)),
    orthancStow: against(stow, () => sideOf(stow)),
    ratioToRest: against(rest, () => ratios(overread, rest)),
    ratioToStow: against(stow, () => ratios(overread, stow)),
    peakRssRatioToRest: against(
      rest,
      () => median(overread.map((run) => run.peakRssMiB)) / median(rest.map((run) => run.peakRssMiB)),
    ),
  }
}
