import type { HomeReport } from '../../shared/contracts/stored/home-report.ts'
import type { ReportContent } from '../../shared/contracts/stored/sealed-report.ts'
import type { Case } from '../../shared/domain/case/case.ts'
import { noCopies, withheldOf } from '../../shared/domain/deidentification/study-copies.ts'
import type { ResidencyDecision } from '../../shared/domain/residency/decide.ts'
import { plain } from '../../shared/ledger/case-rows.ts'
import { loadCopies } from '../../shared/ledger/copy-ledger.ts'
import { originalUids, withOriginalUids } from '../../shared/ledger/home-uids.ts'
import { keys } from '../../shared/ledger/keys.ts'
import type { RecordWrite } from '../../shared/ports/record-store.ts'
import type { ReportPorts } from './report-ports.ts'

/**
 * A report written on copies speaks of their UIDs, which mean nothing at the site. It is brought home inside the cell, in the
 * transaction that files it: nobody can be told of the one without the other.
 */
export async function homeReportWrites(
  ports: ReportPorts,
  c: Case,
  { mode }: ResidencyDecision<'sign-off'>,
  { reportId, text }: ReportContent,
): Promise<RecordWrite[]> {
  if (mode !== 'transfer_deidentified') return []
  const { findings, impression, recommendation, alert } = text
  const home = await originalUids(ports, c, [findings, impression, recommendation ?? ''])
  const copies = (await loadCopies(ports.store, c.referralId))?.copies ?? noCopies
  const report: HomeReport = {
    schema: 'overread/home-report@1',
    reportId,
    text: {
      findings: withOriginalUids(findings, home),
      impression: withOriginalUids(impression, home),
      ...(recommendation === undefined ? {} : { recommendation: withOriginalUids(recommendation, home) }),
      alert,
    },
    uids: home.size,
    images: { released: copies.released, withheld: withheldOf(copies) },
  }
  return [{ write: 'put', when: 'absent', ...keys.homeReport(c.referralId, reportId), body: plain(report) }]
}
