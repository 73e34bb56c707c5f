import type { AuditEvent } from '../../shared/contracts/http/audit.ts'
import type { AuditRecord } from '../../shared/domain/audit/audit-record.ts'

const REST = {
  system: 'http://terminology.hl7.org/CodeSystem/audit-event-type',
  code: 'rest',
  display: 'RESTful Operation',
}
const DICOM = 'http://dicom.nema.org/resources/ontology/DCM'
const ENTITY = 'http://terminology.hl7.org/CodeSystem/audit-entity-type'
const OBJECT_ROLE = 'http://terminology.hl7.org/CodeSystem/object-role'
const OVERREAD = 'urn:overread'

/** Action of the event (DICOM PS3.15 A.5): create, read, update, delete, execute. */
const actions: Readonly<Record<AuditRecord['action'], AuditEvent['action']>> = {
  create: 'C',
  read: 'R',
  change: 'U',
  decide: 'E',
  release: 'R',
  refuse: 'E',
  query: 'E',
  erase: 'D',
}

const outcomes: Readonly<Record<AuditRecord['outcome'], AuditEvent['outcome']>> = {
  success: '0',
  refused: '4',
  failed: '8',
}

const agentType = (kind: AuditRecord['by']['kind']): AuditEvent['agent'][number]['type'] =>
  kind === 'person'
    ? {
        coding: [
          {
            system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType',
            code: 'IRCP',
            display: 'information recipient',
          },
        ],
      }
    : { coding: [{ system: DICOM, code: '110150', display: 'Application' }] }

const detailsOf = ({ decision, facts, code }: AuditRecord): { type: string; valueString: string }[] => [
  ...(decision === undefined
    ? []
    : [
        { type: 'residency-mode', valueString: decision.mode },
        { type: 'residency-rules', valueString: decision.ruleIds.join(' ') },
        { type: 'policy-hash', valueString: decision.policyHash },
      ]),
  ...(code === undefined ? [] : [{ type: 'refusal', valueString: code }]),
  ...Object.entries(facts ?? {}).map(([type, value]) => ({
    type,
    valueString: Array.isArray(value) ? value.join(' ') : String(value),
  })),
]

/** One record as a FHIR R4 AuditEvent along IHE BALP. The case stands for the patient: the log names nobody. */
export function auditEventOf(record: AuditRecord): AuditEvent {
  const { by, operation } = record
  const details = detailsOf(record)
  return {
    resourceType: 'AuditEvent',
    id: record.hash,
    type: REST,
    subtype: [{ system: `${OVERREAD}:operation`, code: operation }],
    action: actions[record.action],
    recorded: record.at,
    outcome: outcomes[record.outcome],
    ...(record.code === undefined ? {} : { outcomeDesc: record.code }),
    agent: [
      {
        type: agentType(by.kind),
        who: { identifier: { system: `${OVERREAD}:${by.kind}`, value: by.id } },
        ...(by.role === undefined ? {} : { role: [{ text: by.role }] }),
        requestor: by.kind !== 'overread',
      },
    ],
    source: {
      observer: { display: 'Overread' },
      type: [{ system: 'http://terminology.hl7.org/CodeSystem/security-source-type', code: '4' }],
    },
    entity:
      record.referralId === undefined
        ? []
        : [
            {
              what: { identifier: { system: `${OVERREAD}:referral`, value: record.referralId } },
              type: { system: ENTITY, code: '2', display: 'System Object' },
              role: { system: OBJECT_ROLE, code: '20', display: 'Job' },
              ...(details.length === 0 ? {} : { detail: details }),
            },
          ],
  }
}
