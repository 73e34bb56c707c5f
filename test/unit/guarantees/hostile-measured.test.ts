import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { DICOM_ATTACKS } from '../../fixtures/dicom-attacks.ts'
import { hasDicomCorpus } from '../../fixtures/dicom-corpus.ts'
import { excessOf, runMeasuredAttacks } from '../../guarantees/hostile/measured-attacks.ts'
import { runMeasuredFuzz } from '../../guarantees/hostile/measured-fuzz.ts'
import { MeasuringWorker } from '../../guarantees/hostile/measuring-worker.ts'
import type { Surface } from '../../guarantees/hostile/surfaces.ts'

describe('What an attack costs', () => {
  const program = join(import.meta.dirname, '../../fixtures/misbehaving-worker.ts')
  const [patient, impatient] = [new MeasuringWorker(program), new MeasuringWorker(program, 1_000)]
  afterAll(() => [patient, impatient].forEach((worker) => worker.end()))
  const task = (surface: Surface) => ({ path: import.meta.filename, size: 1, surface })

  it.each<[string, Surface, RegExp]>([
    ['memory that is let go of again', 'arrival', /^(3|4)\d\d MiB$/],
    ['CPU', 'frames', /^\d{4} ms$/],
    ['a crash', 'copy', /^escaped: the process ended \(3\)$/],
    ['an answer that never comes', 'home', /^escaped: no answer$/],
  ])(
    'is seen: %s',
    async (_, surface, excess) => {
      const worker = surface === 'home' ? impatient : patient
      expect(excessOf(surface, await worker.measure(task(surface)))).toMatch(excess)
    },
    40_000,
  )

  it('is within bounds for those that were not', async () => {
    const names = [
      'a deflate bomb of 200 MB',
      '30,000 days to be searched for',
      'four megabytes of names of one letter',
      '900,000 elements',
      'a frame in 400,000 fragments of two bytes',
      '60 texts of spaces, and a letter behind them',
      '60 names of nothing but separators, and a letter behind them',
      '60 codes of spaces, and a letter behind them',
      '60 numbers of 65,000 digits',
      '30,000 words of names to be searched for in 40 long texts',
    ]
    const attacks = DICOM_ATTACKS.filter(({ name }) => names.includes(name))
    expect(attacks).toHaveLength(names.length)
    expect(await runMeasuredAttacks(attacks)).toMatchObject({ tried: 38, escaped: 0, examples: [] })
  }, 60_000)
})

describe('What a mutated file costs', () => {
  it.skipIf(!hasDicomCorpus())(
    'is counted for each file, by the kernel, in a process for every so many',
    async () => {
      const [answered, within] = await runMeasuredFuzz({ count: 50, seed: 7, batch: 30 })
      expect(answered).toMatchObject({ tried: 50, escaped: 0 })
      expect(within).toMatchObject({
        tried: 50,
        escaped: 0,
        what: expect.stringMatching(/largest \d{2,3} MiB/) as string,
      })
    },
    60_000,
  )

  it.each<[string, number, string]>([
    ['memory that is let go of before anybody looks', 9, 'seed 9: 3'],
    ['a process that ends', 3, 'seeds 3 to 4: the process ended (3)'],
    ['no answer', 5, 'seeds 5 to 6: no answer'],
  ])(
    'is seen: %s',
    async (_, seed, example) => {
      const program = join(import.meta.dirname, '../../fixtures/misbehaving-fuzz-worker.ts')
      const [, within] = await runMeasuredFuzz({ count: 2, seed, program, giveUpMs: 10_000 })
      expect(within).toMatchObject({ escaped: 1, examples: [expect.stringContaining(example)] })
    },
    60_000,
  )
})
