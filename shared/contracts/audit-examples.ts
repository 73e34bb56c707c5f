import type { AnswerOf } from './routes.ts'

const referralId = 'alder-hospital.01k9zq3v5r8w2x4y6a8c0e2g4j'
const sha256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
const hash = `5a${sha256.slice(2)}`
const audited = {
  schema: 'overread/audit@1' as const,
  chain: `org#alder-hospital#case#${referralId}`,
  number: 14,
  at: '2026-11-24T03:31:40.000Z',
  by: { kind: 'person' as const, id: 'p-referrer', orgId: 'alder-hospital', role: 'referrer' },
  action: 'read' as const,
  operation: 'readReports',
  outcome: 'success' as const,
  referralId,
  facts: { reports: ['01k9zq9t4w6y8b1d3f5h7k9m2p'] },
  previousHash: sha256,
  hash,
}

/** The trail of the same case: a referrer has read the report. */
export const auditExamples: {
  readonly readAuditTrail: AnswerOf<'readAuditTrail'>
  readonly readAuditEvents: AnswerOf<'readAuditEvents'>
} = {
  readAuditTrail: {
    schema: 'overread/audit-bundle@1',
    chains: [audited.chain],
    records: [audited],
    checkpoints: [],
    publicKey: { keyId: 'audit-signing-1', pem: '-----BEGIN PUBLIC KEY-----\n...\n-----END PUBLIC KEY-----\n' },
  },
  readAuditEvents: {
    resourceType: 'Bundle',
    type: 'collection',
    entry: [
      {
        fullUrl: `urn:overread:audit:${hash}`,
        resource: {
          resourceType: 'AuditEvent',
          id: hash,
          type: { system: 'http://terminology.hl7.org/CodeSystem/audit-event-type', code: 'rest' },
          subtype: [{ system: 'urn:overread:operation', code: 'readReports' }],
          action: 'R',
          recorded: audited.at,
          outcome: '0',
          agent: [
            {
              type: { coding: [{ system: 'http://dicom.nema.org/resources/ontology/DCM', code: '110150' }] },
              who: { identifier: { system: 'urn:overread:person', value: 'p-referrer' } },
              requestor: true,
            },
          ],
          source: {
            observer: { display: 'Overread' },
            type: [{ system: 'http://terminology.hl7.org/CodeSystem/security-source-type', code: '4' }],
          },
          entity: [
            {
              what: { identifier: { system: 'urn:overread:referral', value: referralId } },
              type: { system: 'http://terminology.hl7.org/CodeSystem/audit-entity-type', code: '2' },
            },
          ],
        },
      },
    ],
  },
}
