import type { HomeAttachment, HomeReport } from '../../shared/contracts/stored/home-report.ts'
import type { ReportContent } from '../../shared/contracts/stored/sealed-report.ts'
import { inCell } from '../../shared/domain/access/in-cell.ts'
import type { Case } from '../../shared/domain/case/case.ts'
import { replacedUidsIn, withOriginalUids } from '../../shared/domain/deidentification/home-words.ts'
import { noCopies, withheldOf } from '../../shared/domain/deidentification/study-copies.ts'
import { plain } from '../../shared/ledger/case-rows.ts'
import { loadCopies } from '../../shared/ledger/copy-ledger.ts'
import { originalsOf } from '../../shared/ledger/home-uids.ts'
import { keys } from '../../shared/ledger/keys.ts'
import type { RecordWrite } from '../../shared/ports/record-store.ts'
import type { ReportPorts } from './report-ports.ts'

/**
 * A report written on copies speaks of their UIDs, which mean nothing at the site. It is brought home inside the cell, in the
 * transaction that files it: nobody can be told of the one without the other.
 */
export async function homeReportWrite(
  ports: ReportPorts,
  c: Case,
  { reportId, text }: ReportContent,
  attachments: readonly HomeAttachment[],
): Promise<RecordWrite> {
  const { findings, impression, recommendation, alert } = text
  const sought = new Set([findings, impression, recommendation ?? ''].flatMap(replacedUidsIn))
  const home = await originalsOf(inCell('file-report'), ports, c, sought)
  const copies = (await loadCopies(ports.store, c.referralId))?.copies ?? noCopies
  const report: HomeReport = {
    schema: 'overread/home-report@2',
    reportId,
    text: {
      findings: withOriginalUids(findings, home),
      impression: withOriginalUids(impression, home),
      ...(recommendation === undefined ? {} : { recommendation: withOriginalUids(recommendation, home) }),
      alert,
    },
    uids: home.size,
    images: { released: copies.released, withheld: withheldOf(copies) },
    attachments: [...attachments],
  }
  return { write: 'put', when: 'absent', ...keys.homeReport(c.referralId, reportId), body: plain(report) }
}
