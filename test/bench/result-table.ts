import type { Spread } from './figures.ts'
import type { IngestComparison, IngestSide, OrNotMeasured } from './ingest-rounds.ts'
import type { BenchResults } from './measure-all.ts'

type Row = readonly string[]

const spread = (one: OrNotMeasured<Spread>, digits: number): string =>
  one === 'not measured' ? one : `${one.median.toFixed(digits)} (${one.min.toFixed(digits)}-${one.max.toFixed(digits)})`

const grid = (title: string, head: Row, rows: readonly Row[]): string => {
  const all = [head, ...rows]
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)))
  const lines = all.map((row) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd(),
  )
  return `${title}\n${lines.join('\n')}\n`
}

const ingestRow = (who: string, side: OrNotMeasured<IngestSide>, ratio: OrNotMeasured<Spread> | undefined): Row =>
  side === 'not measured'
    ? [who, side]
    : [
        who,
        spread(side.perSecond, 0),
        spread(side.peakRssMiB, 0),
        spread(side.cpuMsEach, 1),
        ratio === undefined ? '' : spread(ratio, 2),
      ]

const ingestGrid = (one: IngestComparison): string =>
  grid(
    `Ingest to available, ${one.start}: ${one.instances} CT instances, ${one.clients} clients, ${one.rounds} rounds, median (min-max)`,
    ['', 'instances/s', 'peak RSS MiB', 'CPU ms each', 'Overread is x times'],
    [
      ingestRow('Overread', one.overread, undefined),
      ingestRow('Orthanc REST', one.orthancRest, one.ratioToRest),
      ingestRow('Orthanc STOW-RS', one.orthancStow, one.ratioToStow),
    ],
  )

/** What `npm run bench` prints for people. */
export const tableOf = (results: BenchResults): string => {
  const { presigning, dicomHeader, router, intake, coldStart } = results
  return [
    ...results.ingest.map(ingestGrid),
    `Peak RSS of Overread, cold, from 300 to 1,000 instances: ${(100 * results.peakRssGrowth).toFixed(1)} %\n`,
    grid(
      `${presigning.urls} signed upload URLs`,
      ['own ms', 'SDK ms', 'ratio'],
      [[presigning.ownMs.toFixed(1), presigning.sdkMs.toFixed(1), presigning.ratio.toFixed(3)]],
    ),
    dicomHeader === 'not measured'
      ? 'DICOM headers: not measured (no corpus)\n'
      : grid(
          'DICOM headers',
          ['reader', 'us a file', 'ratio'],
          dicomHeader.map((row) => [row.reader, row.microsecondsPerFile.toFixed(1), row.ratioToDicomParser.toFixed(2)]),
        ),
    grid(
      'Routing, 500 readers',
      ['router', 'decisions/s', 'ratio'],
      router.map((row) => [row.router, String(row.decisionsPerSecond), row.ratioToFilterAndSort.toFixed(2)]),
    ),
    grid(
      'Intake handler, warm',
      ['handler', 'us a call', 'ratio'],
      intake.map((row) => [row.handler, spread(row.microsecondsPerCall, 1), spread(row.ratioToBare, 1)]),
    ),
    grid(
      'Functions: bundle and fresh process',
      ['function', 'KiB', 'process ms', 'process / bare'],
      coldStart.map((row) => [
        row.capability,
        row.kib.toFixed(0),
        row.processMs.toFixed(0),
        row.ratioToBare.toFixed(2),
      ]),
    ),
  ].join('\n')
}
