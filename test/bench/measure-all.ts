import { loadavg } from 'node:os'
import { benchColdStart } from './cold-start.ts'
import { benchDicomHeader } from './dicom-header.ts'
import { benchIntake } from './intake.ts'
import { compareIngest } from './ingest-rounds.ts'
import { measurePresigning } from './presign.ts'
import { benchRouter } from './router.ts'

const say = (text: string): void => void process.stderr.write(`${text}\n`)

const bothStarts = async (instances: number, rounds: number) =>
  [await compareIngest(instances, rounds, 'cold'), await compareIngest(instances, rounds, 'warm')] as const

/** Every section takes turns with its peer; nothing is compared across sections, or with another day's figures. */
export const measureAll = async (quick: boolean) => {
  const loadBefore = loadavg()[0] ?? Number.NaN
  say('ingest, 300 instances')
  const [cold300, warm300] = await bothStarts(300, quick ? 2 : 5)
  say('ingest, 1,000 instances')
  const [cold1000, warm1000] = await bothStarts(1000, quick ? 1 : 3)
  say('presigning, DICOM headers, routing')
  const presigning = await measurePresigning({ rounds: quick ? 3 : 7 })
  const dicomHeader = await benchDicomHeader(quick ? 3 : 7)
  const router = benchRouter(quick ? 2 : 5)
  say('intake handler')
  const intake = await benchIntake(quick ? 3 : 7)
  say('bundles')
  const coldStart = await benchColdStart(quick ? 3 : 9)
  return {
    node: process.version,
    loadBefore,
    quick,
    ingest: [cold300, warm300, cold1000, warm1000],
    peakRssGrowth: cold1000.overread.peakRssMiB.median / cold300.overread.peakRssMiB.median - 1,
    presigning,
    dicomHeader: dicomHeader.length === 0 ? ('not measured' as const) : dicomHeader,
    router,
    intake,
    coldStart,
  }
}

export type BenchResults = Awaited<ReturnType<typeof measureAll>>
