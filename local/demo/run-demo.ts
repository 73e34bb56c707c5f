import type { TimelineEntry } from '../../shared/contracts/http/timeline.ts'
import { apiClient } from '../client/api-client.ts'
import { demoSites, modalityOf } from './referral-for.ts'
import { runCase, type CaseOutcome, type DemoCast } from './run-case.ts'
import { groupByStudy, isEmpty, listFolder, scanFiles, type ScannedFile, type StudyGroup } from './scan-folder.ts'

export interface FileReason {
  readonly file: string
  readonly reason: string
}

/** What `overread demo --json` prints: an interface that scripts rely on. */
export interface DemoResult {
  readonly cases: readonly Omit<CaseOutcome, 'stored' | 'quarantined' | 'refused' | 'site'>[]
  readonly stored: readonly string[]
  readonly quarantined: readonly FileReason[]
  readonly refused: readonly FileReason[]
  readonly timeline: readonly { at: string; event: string; owner: string | null }[]
  readonly seconds: number
}

export interface DemoOptions {
  readonly folder: string
  readonly parallel: number
  readonly onProgress: (line: string) => void
}

interface Errand {
  readonly group: StudyGroup
  readonly extra: readonly ScannedFile[]
  readonly number: number
}

/** Unreadable files go with the first case that will take images: they must not go with one that is rejected on arrival. */
function errandsFor(groups: readonly StudyGroup[], ungrouped: readonly ScannedFile[]): Errand[] {
  const host = groups.findIndex((group) => modalityOf(group) !== 'SM')
  return groups.map((group, at) => ({ group, extra: at === host ? ungrouped : [], number: at + 1 }))
}

async function runAll(cast: DemoCast, errands: readonly Errand[], options: DemoOptions): Promise<CaseOutcome[]> {
  const outcomes: CaseOutcome[] = []
  const queue = errands.values()
  const work = async (): Promise<void> => {
    for (const { group, extra, number } of queue) {
      const site = demoSites[number % demoSites.length]
      if (site === undefined) throw new Error('the demo has sites')
      const done = await runCase(cast, group, extra, number, site)
      outcomes.push(done)
      options.onProgress(
        `${outcomes.length}/${errands.length} ${done.referralId} ${done.pathway} ${done.state} ${done.instances} instances ${done.seconds} s`,
      )
    }
  }
  await Promise.all(Array.from({ length: options.parallel }, work))
  return outcomes
}

const timelineRow = ({ at, event, owner }: TimelineEntry) => ({
  at,
  event,
  owner: owner === null ? null : `${owner.role} ${owner.personId ?? owner.orgId}`,
})

async function timelineOf(cast: DemoCast, outcomes: readonly CaseOutcome[]): Promise<DemoResult['timeline']> {
  const shown = outcomes.find(({ state }) => state === 'acknowledged') ?? outcomes[0]
  if (shown === undefined) return []
  const clerk = apiClient(cast.baseUrl, cast.tokenFor(`p-clerk-${shown.site.suffix}`))
  const { entries } = await clerk.call('readTimeline', { params: { referralId: shown.referralId } })
  return entries.map(timelineRow)
}

/** Every file of the folder ends in exactly one of stored, quarantined, refused. */
export async function runDemo(cast: DemoCast, options: DemoOptions): Promise<DemoResult> {
  const started = performance.now()
  const listed = await listFolder(options.folder)
  const empty = listed.filter(isEmpty).map(({ name }) => ({ file: name, reason: 'empty-file' }))
  const { groups, ungrouped } = groupByStudy(await scanFiles(listed))
  options.onProgress(`${groups.length} studies, ${ungrouped.length} files that belong to none`)
  const outcomes = await runAll(cast, errandsFor(groups, ungrouped), options)
  const unsent = outcomes.some(({ state }) => state !== 'rejected')
    ? []
    : ungrouped.map(({ name }) => ({ file: name, reason: 'no-case-to-go-with' }))
  return {
    cases: outcomes.map(({ stored: _s, quarantined: _q, refused: _r, site: _site, ...row }) => row),
    stored: outcomes.flatMap(({ stored }) => stored),
    quarantined: outcomes.flatMap(({ quarantined }) => quarantined),
    refused: [...outcomes.flatMap(({ refused }) => refused), ...unsent, ...empty],
    timeline: await timelineOf(cast, outcomes),
    seconds: Math.round(performance.now() - started) / 1000,
  }
}

/** Whether there were cases and each ended as it should: read and acknowledged, or turned away by a rule with a name. */
export const endedWell = ({ cases }: DemoResult): boolean =>
  cases.length > 0 && cases.every(({ state }) => state === 'acknowledged' || state === 'rejected')
