import { expect, it } from 'vitest'
import type { CaseStatus } from '../../../shared/contracts/http/referrals.ts'
import { NetworkDefinitionSchema, type NetworkDefinition } from '../../../shared/domain/network/network-definition.ts'
import { orgChain } from '../../../shared/ledger/audit-chain.ts'
import { filesThatHold, formsOf } from '../../fixtures/written-words.ts'
import { bearer, send } from '../../guarantees/access-world.ts'
import { openMint } from '../../guarantees/mint-token.ts'
import { withScratchCell, type ScratchCell } from '../../guarantees/scratch-cell.ts'
import { clerk } from '../../guarantees/token-attack-list.ts'

const sydney = { cellId: 'ap-southeast-2', region: 'ap-southeast-2', residencyFindings: 0 }

/** One network of two cells: the clinic has a site in each. */
const withSydney =
  (baseUrl: (own: string) => string) =>
  (network: NetworkDefinition): NetworkDefinition =>
    NetworkDefinitionSchema.parse({
      ...network,
      cells: [
        ...network.cells,
        {
          cellId: 'ap-southeast-2',
          region: 'ap-southeast-2',
          origin: 'AU',
          baseUrl: baseUrl(network.cells[0]?.baseUrl ?? ''),
        },
      ],
      sites: network.sites.flatMap((site) =>
        site.siteId === 'donau-vienna'
          ? [site, { ...site, siteId: 'donau-sydney', jurisdiction: 'AU', cellId: 'ap-southeast-2' }]
          : [site],
      ),
      overflow: network.overflow.flatMap((order) =>
        order.siteId === 'donau-vienna' ? [order, { ...order, siteId: 'donau-sydney' }] : [order],
      ),
    })

const words = {
  patientId: 'CANARY-MRN-5081977',
  family: 'Canarystein-Qwbzk',
  given: 'Canarietta-Vxjq',
  birthDate: '1931-07-19',
  question: 'Canary-Question-Kdkwq of the insula?',
  history: 'Canary-History-Zmplx since noon',
  accessionNumber: 'CANARY-ACC-77120',
  studyInstanceUid: '1.2.826.0.1.3680043.8.498.77120771207712077120',
}

const referral = {
  siteId: 'donau-sydney',
  pathwayId: 'stroke',
  patient: {
    patientId: words.patientId,
    name: { family: words.family, given: words.given },
    birthDate: words.birthDate,
  },
  clinical: { question: words.question, history: words.history },
  order: {
    modality: 'CT',
    bodyPart: 'HEAD',
    accessionNumber: words.accessionNumber,
    studyInstanceUid: words.studyInstanceUid,
  },
}

/** Not by `fetch`, which sends what was answered 421 a second time by itself. */
const submitTo = async (cell: ScratchCell) =>
  send(cell, bearer(await openMint(cell), clerk), { method: 'POST', path: '/v1/referrals', body: referral })

const holding = (text: string): string[] =>
  Object.values(words).filter((word) => formsOf(word).some((form) => Buffer.from(text, 'latin1').includes(form)))

const refusalsIn = async ({ ports: { store, clock } }: ScratchCell) => {
  const chain = orgChain(clerk.orgId, clock.now())
  return (await store.list(chain, { from: 'audit#', to: 'audit#~', limit: 10 })).records.map(({ body }) => body)
}

it('a referral sent to the wrong cell is sent on by its address alone, and nothing of it stays', () =>
  withScratchCell({ cell: sydney, network: withSydney((own) => own) }, (right) =>
    withScratchCell({ network: withSydney(() => right.baseUrl) }, async (wrong) => {
      const refused = await submitTo(wrong)
      expect(refused.status).toBe(421)
      const { code, facts } = JSON.parse(refused.body) as { code: string; facts: { cellUrl: string } }
      expect(code).toBe('wrong-cell')
      expect(facts).toEqual({ cellId: 'ap-southeast-2', cellUrl: right.baseUrl })
      expect(holding(refused.body)).toEqual([])

      await wrong.settle()
      expect(filesThatHold(wrong.dataDir, Object.values(words))).toEqual([])
      expect(holding(wrong.logged.join('\n'))).toEqual([])
      const records = await refusalsIn(wrong)
      expect(records).toHaveLength(1)
      expect(records[0]).toMatchObject({ action: 'refuse', operation: 'submitReferral', code: 'wrong-cell' })
      expect(Object.keys(records[0] ?? {}).sort()).toEqual(
        [
          'action',
          'at',
          'by',
          'chain',
          'code',
          'hash',
          'number',
          'operation',
          'outcome',
          'previousHash',
          'requestId',
          'schema',
        ].sort(),
      )

      // The search finds what is there: the right cell takes the referral, seals the patient and keeps the state.
      const taken = await submitTo({ ...right, baseUrl: facts.cellUrl })
      expect(taken.status).toBe(201)
      const { referralId } = JSON.parse(taken.body) as CaseStatus
      expect(filesThatHold(right.dataDir, [referralId])).not.toEqual([])
      expect(filesThatHold(wrong.dataDir, [referralId])).toEqual([])
    }),
  ))
