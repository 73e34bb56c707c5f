import { loadavg } from 'node:os'
import { benchColdStart } from './cold-start.ts'
import { benchDicomHeader } from './dicom-header.ts'
import { compareIngest } from './ingest-rounds.ts'
import { measurePresigning } from './presign.ts'
import { benchRouter } from './router.ts'

const say = (text: string): void => void process.stderr.write(`${text}\n`)

/** Every section takes turns with its peer; nothing is compared across sections, or with another day's figures. */
export const measureAll = async (quick: boolean) => {
  const loadBefore = loadavg()[0] ?? Number.NaN
  say('ingest, 300 instances')
  const ingest300 = await compareIngest(300, quick ? 2 : 5)
  say('ingest, 1,000 instances')
  const ingest1000 = await compareIngest(1000, quick ? 1 : 3)
  say('presigning, DICOM headers, routing')
  const presigning = await measurePresigning({ rounds: quick ? 3 : 7 })
  const dicomHeader = await benchDicomHeader(quick ? 3 : 7)
  const router = benchRouter(quick ? 2 : 5)
  say('bundles')
  const coldStart = await benchColdStart(quick ? 3 : 9)
  return {
    node: process.version,
    loadBefore,
    quick,
    ingest: [ingest300, ingest1000],
    peakRssGrowth: ingest1000.overread.peakRssMiB.median / ingest300.overread.peakRssMiB.median - 1,
    presigning,
    dicomHeader: dicomHeader.length === 0 ? ('not measured' as const) : dicomHeader,
    router,
    coldStart,
  }
}

export type BenchResults = Awaited<ReturnType<typeof measureAll>>
