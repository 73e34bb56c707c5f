import { birthOf } from '../../shared/domain/case/birth.ts'
import type { Case } from '../../shared/domain/case/case.ts'
import type { CaseCommand } from '../../shared/domain/case/commands.ts'
import type { CaseDirectory, DecisionContext } from '../../shared/domain/case/consequences.ts'
import { decideCase } from '../../shared/domain/case/decide.ts'
import { caseDirectory } from '../../shared/domain/case/directory.ts'
import type { CaseBirth, CaseEvent } from '../../shared/domain/case/events.ts'
import { indexNetwork } from '../../shared/domain/network/index-network.ts'
import { demoNetwork } from '../../local/seed/demo-network.ts'

export const network = indexNetwork(demoNetwork)
export const directory: CaseDirectory = caseDirectory(network)

const [firstSite] = demoNetwork.sites
if (firstSite === undefined) throw new Error('the demo network has a site')
const pathwayOf = (pathwayId: string) => {
  const found = demoNetwork.pathways.find((one) => one.pathwayId === pathwayId)
  if (found === undefined) throw new Error('the demo network has the pathway')
  return found
}

export const birth = (pathwayId = 'stroke'): CaseBirth =>
  birthOf({
    referralId: `${firstSite.orgId}.01k9zq3v5r8w2x4y6a8c0e2g4j`,
    site: firstSite,
    pathway: pathwayOf(pathwayId),
    order: { modality: 'CT', patientAgeYears: 70 },
    reading: { subspecialty: 'neuro', region: 'head', decidedBy: 'body-part' },
    patient: { ciphertext: 'AAAA', keyId: 'k', context: {} },
    referrerPersonId: 'p-referrer-vienna',
  })

let drawn = 0
export const contextAt = (at: string): DecisionContext => ({
  at,
  by: { kind: 'overread', id: 'test' },
  directory,
  newId: () => String(++drawn).padStart(26, '0'),
})

export const claim = { readerId: 'r-weber', groupOrgId: 'rheinblick-radiology', decisionId: 'd-1' }
export const offer: CaseCommand = { command: 'offer', ...claim, poolId: 'rheinblick-main', tier: 0 }
export const images = (complete: boolean): CaseCommand => ({
  command: 'count-images',
  expected: 2,
  stored: complete ? 2 : 1,
  failed: 0,
  complete,
})
export const upload: CaseCommand = { command: 'open-upload', uploadId: 'u-1', objects: 2, studyInstanceUid: '1.2.3' }
export const report = (kind: 'preliminary' | 'final' | 'addendum', readerId = 'r-weber'): CaseCommand => ({
  command: 'file-report',
  kind,
  reportId: `report-${kind}`,
  readerId,
  sha256: 'ab',
})
export const submit = (pathwayId = 'stroke'): CaseCommand => ({
  command: 'submit',
  birth: birth(pathwayId),
  vetting: 'waived',
  rule: 'test',
})

export type Vetting = Extract<CaseCommand, { command: 'submit' }>['vetting']

/** As `submit`, of a case that is born otherwise. */
export const submitWith = (born: Partial<CaseBirth>, vetting: Vetting = 'waived'): CaseCommand => ({
  command: 'submit',
  birth: { ...birth(), ...born },
  vetting,
  rule: 'test',
})

export const START = '2026-11-24T03:00:00.000Z'

export interface Course {
  readonly case: Case
  readonly events: readonly CaseEvent[]
}

/** Carries out commands a minute apart; a refused one is an error of the test. */
export function course(commands: readonly CaseCommand[], start = START): Course {
  let current: Case | undefined
  const events: CaseEvent[] = []
  for (const [at, command] of commands.entries()) {
    const decision = decideCase(current, command, contextAt(new Date(Date.parse(start) + at * 60_000).toISOString()))
    if (decision.kind === 'refused') throw new Error(`${command.command} refused: ${decision.code}`)
    events.push(...decision.events)
    current = decision.case
  }
  if (current === undefined) throw new Error('no command')
  return { case: current, events }
}

export const untilAvailable = [submit(), upload, images(true)]
export const untilClaimed: CaseCommand[] = [...untilAvailable, offer, { command: 'claim', claim }]
export const untilFinal: CaseCommand[] = [...untilClaimed, report('final')]
export const untilDelivered: CaseCommand[] = [...untilFinal, { command: 'deliver', recipientOrgId: 'donau-klinikum' }]
