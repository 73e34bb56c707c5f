import type { EvidenceRecord, ResidencyReader } from '../residency/decision-inputs.ts'
import type { NetworkIndex } from './index-network.ts'
import type { Jurisdiction } from './jurisdiction.ts'
import type { Reader } from './reader.ts'

/** Where a reader is expected to sit until a session says otherwise: the first approved workstation, else at home. */
export const expectedLocationOf = (reader: Reader): Jurisdiction =>
  reader.readingLocations.find(({ approvedWorkstation }) => approvedWorkstation)?.country ?? reader.homeCountry

/** Whoever asks to see something: a reader, or somebody of a reading group who is none. */
export type Asker = Pick<Reader, 'readerId' | 'orgId'>

/** Where a session says that its person sits. */
export interface SessionPlace {
  readonly attestedCountry: Jurisdiction
  readonly ipCountry?: string
}

/** Somebody in a session as the residency policy asks about them. */
export const residencyAskerOf = (network: NetworkIndex, reader: Asker, session: SessionPlace): ResidencyReader => {
  const location = session.attestedCountry
  const control = network.organisations.get(reader.orgId)?.controlCountries ?? []
  return {
    readerId: reader.readerId,
    organisationId: reader.orgId,
    country: location.slice(0, 2),
    ...(location.length > 2 ? { subdivision: location } : {}),
    ...(session.ipCountry === undefined ? {} : { ipCountry: session.ipCountry }),
    ...(control.length === 0 ? {} : { employerControlCountries: control }),
  }
}

/** A reader as the residency policy asks about them; `session` is absent at an offer, where nobody has signed in yet. */
export const residencyReaderOf = (network: NetworkIndex, reader: Reader, session?: SessionPlace): ResidencyReader =>
  residencyAskerOf(network, reader, session ?? { attestedCountry: expectedLocationOf(reader) })

/** Evidence that names this reader, this reader's organisation, or neither. The policy judges window and scope. */
export const evidenceRecordsFor = (network: NetworkIndex, reader: Asker): EvidenceRecord[] =>
  network.definition.evidence
    .filter(
      ({ scope }) =>
        scope.readerIds?.includes(reader.readerId) !== false && scope.organisationIds?.includes(reader.orgId) !== false,
    )
    .map(({ reference: _reference, ...record }) => record)
