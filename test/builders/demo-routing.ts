import { demoNetwork } from '../../local/seed/demo-network.ts'
import type { CaseFacts, ResidencyMode } from '../../shared/domain/routing/case-facts.ts'
import { indexNetwork } from '../../shared/domain/network/index-network.ts'
import type { NetworkIndex } from '../../shared/domain/network/index-network.ts'
import { PathwayIdSchema, ReaderIdSchema, SiteIdSchema } from '../../shared/domain/network/ids.ts'
import type { NetworkDefinition } from '../../shared/domain/network/network-definition.ts'
import type { Reader } from '../../shared/domain/network/reader.ts'
import type { ReaderSituation } from '../../shared/domain/routing/eligibility-question.ts'

/** A Tuesday morning, in the hours of both demo sites. */
export const inHours = '2026-11-24T10:00:00.000Z'
/** The night after it, out of hours at both. */
export const atNight = '2026-11-25T02:00:00.000Z'

export const readerId = (id: string) => ReaderIdSchema.parse(id)

/** A head CT of an adult at the Vienna site, on the stroke pathway. */
export const headCt: CaseFacts = {
  siteId: SiteIdSchema.parse('donau-vienna'),
  pathwayId: PathwayIdSchema.parse('stroke'),
  priority: 'stat',
  subspecialty: 'neuro',
  modalities: ['CT'],
  region: 'head',
  ageYears: 71,
  reportType: 'final',
}

/** The demo network with one reader changed. */
export const networkWith = (id: string, change: Partial<Reader>): NetworkIndex =>
  indexNetwork({
    ...demoNetwork,
    readers: demoNetwork.readers.map((reader) => (reader.readerId === id ? { ...reader, ...change } : reader)),
  })

export const networkOf = (change: Partial<NetworkDefinition> = {}): NetworkIndex =>
  indexNetwork({ ...demoNetwork, ...change })

export const readerOf = (network: NetworkIndex, id: string): Reader => {
  const reader = network.readers.get(readerId(id))
  if (reader === undefined) throw new Error(`${id} is not in the demo network`)
  return reader
}

export const readIdentifiable: ResidencyMode = { mode: 'read_identifiable' }

/** A reader who may read with identity, at their own desk, with nothing open. */
export const freeReader: ReaderSituation = { decision: readIdentifiable, openCases: 0 }

export const everybodyMayRead = { get: (): ResidencyMode => readIdentifiable }
