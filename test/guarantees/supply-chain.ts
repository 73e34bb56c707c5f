import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundleFunctions, projectRoot } from '../../infra/bundles/bundle-functions.ts'
import { checkDeployed, checkSupplyChain } from '../../infra/checks/supply-chain/check-project.ts'
import { rowOf, type GuaranteeRow } from './guarantee-row.ts'
import { runSameBundles } from './same-bundles.ts'

/** What is installed is what was reviewed; what is deployed is in its bill of materials, and is the same from any build. */
export async function runSupplyChain(): Promise<readonly GuaranteeRow[]> {
  const output = await mkdtemp(join(tmpdir(), 'overread-bundles-'))
  try {
    const bundles = await bundleFunctions(output)
    const project = checkSupplyChain(projectRoot)
    const deployed = checkDeployed(projectRoot, bundles)
    return [
      rowOf(
        'packages pinned, licensed, with no install script that is not allowed',
        project.packages,
        project.problems,
      ),
      rowOf('bundled packages in the bill of materials, with digest and licence', deployed.packages, deployed.problems),
      ...(await runSameBundles(bundles)),
    ]
  } finally {
    await rm(output, { recursive: true, force: true })
  }
}
