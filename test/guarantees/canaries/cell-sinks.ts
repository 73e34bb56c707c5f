import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Sink } from './canary-search.ts'
import type { CanaryKind } from './canary-words.ts'

interface Place {
  readonly file?: string
  readonly sort?: string
  readonly queue?: string
}

/** Where in the cell that treats the patient a word may stand, and why. Everything else of it is searched. */
interface LegitPlace {
  readonly why: string
  readonly holds: (place: Place) => boolean
  /** What may stand there; names, texts and numbers of the patient may not where it does not say `word`. */
  readonly may: readonly CanaryKind[]
}

const recordOf = (kinds: RegExp) => (place: Place) => kinds.test(place.sort ?? '')

export const legitPlaces: readonly LegitPlace[] = [
  {
    why: 'The objects themselves: images, their metadata, what is in quarantine, sealed reports, attachments',
    holds: ({ file }) => file?.startsWith('objects/') ?? false,
    may: ['word', 'uid', 'draft', 'planted'],
  },
  {
    why: 'The study of the case by its UID: each arriving object is compared with it',
    holds: recordOf(/^(case|event#\d+)$/),
    may: ['uid'],
  },
  {
    why: 'What was announced and what is there, by UID: the index that images are found by',
    holds: recordOf(/^(upload|manifest|instance|series)#/),
    may: ['uid'],
  },
  {
    why: 'A text its author has not signed yet: to seal it, the role that files reports would need the key of all patients',
    holds: recordOf(/^draft#/),
    may: ['draft'],
  },
  {
    why: 'A message that is none is kept as it came, for the one who must find out where it came from',
    holds: ({ queue }) => queue?.endsWith('-dlq') ?? false,
    may: ['planted'],
  },
  {
    why: 'The file that holds the rows above: its rows are searched one by one',
    holds: ({ file }) => /^cell\.db(-wal|-shm)?$/.test(file ?? ''),
    may: ['uid', 'draft', 'planted'],
  },
]

export interface PlacedSink extends Sink {
  readonly may: ReadonlySet<CanaryKind>
}

function filesOf(dataDir: string): { file: string; path: string }[] {
  return readdirSync(dataDir, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile())
    .map((one) => join(one.parentPath, one.name))
    .map((path) => ({ file: relative(dataDir, path), path }))
}

const placed = (sink: Sink, place: Place): PlacedSink => ({
  ...sink,
  may: new Set(legitPlaces.filter(({ holds }) => holds(place)).flatMap(({ may }) => may)),
})

/** Every file, whole: what a stranger's cell holds. */
export const everyFile = (name: string, dataDir: string): PlacedSink[] =>
  filesOf(dataDir).map(({ file, path }) => ({ name: `${name} ${file}`, content: readFileSync(path), may: new Set() }))

const TABLES = ['records', 'objects', 'multiparts', 'parts', 'messages'] as const

/** Every row of every table, its keys included, and every other file. */
export function treatingCell(cell: string, dataDir: string): PlacedSink[] {
  const files = filesOf(dataDir).map(({ file, path }) =>
    placed({ name: `${cell} ${file}`, content: readFileSync(path) }, { file }),
  )
  // After the files: to open it is to fold its log into it.
  const database = new DatabaseSync(join(dataDir, 'cell.db'))
  try {
    const rows = TABLES.flatMap((table) =>
      database
        .prepare(`SELECT * FROM ${table}`)
        .all()
        .map((row) => ({ table, row })),
    )
    const sinks = rows.map(({ table, row }) => {
      const { sort, queue, key } = row
      const place = { ...(typeof sort === 'string' ? { sort } : {}), ...(typeof queue === 'string' ? { queue } : {}) }
      const name = `${cell} ${table} ${String(sort ?? queue ?? key ?? '')}`
      return placed({ name, content: Object.values(row).join('\n') }, place)
    })
    return [...sinks, ...files]
  } finally {
    database.close()
  }
}
