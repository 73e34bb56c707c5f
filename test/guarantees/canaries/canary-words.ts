import type { SeededRandom } from '../../fixtures/seeded-random.ts'

export type CanaryKind = 'word' | 'uid' | 'draft' | 'planted'

/** A word that stands for a datum of the patient; it occurs nowhere but where the job put it. */
export interface Canary {
  readonly word: string
  /** Where it was put, for the one who must find out how it got out. */
  readonly from: string
  /** `uid`: an id of DICOM's own, `draft`: a reader's unsigned text, `planted`: put into a queue behind its schema. */
  readonly kind: CanaryKind
}

export interface CanaryWords {
  readonly all: readonly Canary[]
  readonly take: (word: string, from: string, kind?: CanaryKind) => string
  /** Twelve letters; every third with one that UTF-8, Latin-1 and JSON write in different bytes. */
  readonly text: (from: string, kind?: CanaryKind) => string
  /** For fields that take ASCII alone: codes, keys, header values. */
  readonly plain: (from: string) => string
  readonly digits: (from: string) => string
}

const LETTERS = 'BCDFGHJKLMNPQRSTVWXZ'.split('')
const FOREIGN = ['é', 'ü', 'ß', 'ø', '陈']

export function canaryWords(random: SeededRandom): CanaryWords {
  const all: Canary[] = []
  const take = (word: string, from: string, kind: CanaryKind = 'word'): string => {
    all.push({ word, from, kind })
    return word
  }
  const letters = () => Array.from({ length: 12 }, () => random.pick(LETTERS)).join('')
  return {
    all,
    take,
    text: (from, kind = 'word') => {
      const word = letters()
      return take(
        all.length % 3 === 0 ? `${word.slice(0, 6)}${random.pick(FOREIGN)}${word.slice(6)}` : word,
        from,
        kind,
      )
    },
    plain: (from) => take(letters(), from),
    digits: (from) => take(`${random.int(100_000, 999_999)}${random.int(100_000, 999_999)}`, from),
  }
}
