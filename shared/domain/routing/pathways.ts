import type * as z from 'zod'
import type { Pathway } from '../network/pathway.ts'
import { PathwaySchema } from '../network/pathway.ts'

const HOUR = 60
const DAY = 24 * HOUR

type Pack = z.input<typeof PathwaySchema>

/** Reader, pool lead, operations, the clinician on duty where the patient is, executive. */
const ladder: Pack['ladder'] = ['reader', 'pool-lead', 'operations', 'duty-clinician', 'executive']

const ACKNOWLEDGE = { urgent: HOUR, routine: 7 * DAY }

/** What is alike in urgent packs, and in routine ones. */
const urgentPack = {
  vetting: 'auto',
  prelimFrom: 'study-available',
  ladder,
} satisfies Partial<Pack>

const routinePack = {
  ...urgentPack,
  priority: 'routine',
  vetting: 'manual',
} satisfies Partial<Pack>

/**
 * The targets of the domain reference, section 4, as a network starts with them. They are engineering defaults: a network
 * sets its own in its definition. An offer runs long enough for a reader to see it and short enough that two more can be
 * asked before the case counts as unclaimed.
 */
const packs: Pack[] = [
  {
    ...urgentPack,
    pathwayId: 'stroke',
    name: 'Stroke',
    serviceLine: 'stroke',
    priority: 'stat',
    clocks: {
      acceptMinutes: 2,
      prelimMinutes: 20,
      finalMinutes: HOUR,
      unclaimedMinutes: 5,
      offerMinutes: 2,
      acknowledgeMinutes: ACKNOWLEDGE.urgent,
    },
    requiredHistory: ['last-known-well', 'symptoms', 'anticoagulants'],
  },
  {
    ...urgentPack,
    pathwayId: 'trauma',
    name: 'Trauma',
    serviceLine: 'trauma',
    priority: 'stat',
    clocks: {
      acceptMinutes: 2,
      prelimMinutes: 30,
      finalMinutes: HOUR,
      unclaimedMinutes: 5,
      offerMinutes: 2,
      acknowledgeMinutes: ACKNOWLEDGE.urgent,
    },
    requiredHistory: ['mechanism'],
  },
  {
    ...urgentPack,
    pathwayId: 'head-injury',
    name: 'Head injury CT',
    serviceLine: 'trauma',
    priority: 'asap',
    clocks: {
      acceptMinutes: 5,
      prelimMinutes: HOUR,
      finalMinutes: DAY,
      unclaimedMinutes: 15,
      offerMinutes: 5,
      acknowledgeMinutes: ACKNOWLEDGE.urgent,
    },
    // NICE QS74 statement 4 counts from the scan: an hour lost in sending the images is an hour lost to the patient.
    prelimFrom: 'scan',
    requiredHistory: ['mechanism', 'consciousness', 'anticoagulants'],
  },
  {
    ...urgentPack,
    pathwayId: 'stat',
    name: 'STAT inpatient or emergency',
    serviceLine: 'emergency',
    priority: 'stat',
    clocks: {
      acceptMinutes: 5,
      prelimMinutes: null,
      finalMinutes: HOUR,
      unclaimedMinutes: 20,
      offerMinutes: 5,
      acknowledgeMinutes: ACKNOWLEDGE.urgent,
    },
    requiredHistory: ['question'],
  },
  {
    ...urgentPack,
    pathwayId: 'urgent-inpatient',
    name: 'Urgent inpatient',
    serviceLine: 'inpatient',
    priority: 'urgent',
    clocks: {
      acceptMinutes: 30,
      prelimMinutes: null,
      finalMinutes: 12 * HOUR,
      unclaimedMinutes: 2 * HOUR,
      offerMinutes: 30,
      acknowledgeMinutes: ACKNOWLEDGE.urgent,
    },
    requiredHistory: ['question'],
  },
  {
    ...urgentPack,
    pathwayId: 'suspected-cancer',
    name: 'Suspected cancer',
    serviceLine: 'oncology',
    priority: 'urgent',
    clocks: {
      acceptMinutes: 4 * HOUR,
      prelimMinutes: null,
      finalMinutes: 3 * DAY,
      unclaimedMinutes: DAY,
      offerMinutes: 4 * HOUR,
      acknowledgeMinutes: ACKNOWLEDGE.urgent,
    },
    requiredHistory: ['question', 'red-flags'],
  },
  {
    ...routinePack,
    pathwayId: 'oncology-follow-up',
    name: 'Oncology follow-up',
    serviceLine: 'oncology',
    clocks: {
      acceptMinutes: DAY,
      prelimMinutes: null,
      finalMinutes: 7 * DAY,
      unclaimedMinutes: 3 * DAY,
      offerMinutes: DAY,
      acknowledgeMinutes: ACKNOWLEDGE.routine,
    },
    requiredHistory: ['diagnosis', 'treatment'],
  },
  {
    ...routinePack,
    pathwayId: 'routine-orthopaedic',
    name: 'Routine orthopaedic',
    serviceLine: 'orthopaedics',
    vetting: 'auto',
    clocks: {
      acceptMinutes: DAY,
      prelimMinutes: null,
      finalMinutes: 7 * DAY,
      unclaimedMinutes: 5 * DAY,
      offerMinutes: DAY,
      acknowledgeMinutes: ACKNOWLEDGE.routine,
    },
    requiredHistory: ['question'],
  },
  {
    ...routinePack,
    pathwayId: 'remote-dental',
    name: 'Remote dental',
    serviceLine: 'dental',
    clocks: {
      acceptMinutes: DAY,
      prelimMinutes: null,
      finalMinutes: 5 * DAY,
      unclaimedMinutes: 3 * DAY,
      offerMinutes: DAY,
      acknowledgeMinutes: ACKNOWLEDGE.routine,
    },
    requiredHistory: ['question'],
  },
]

export const defaultPathways: readonly Pathway[] = packs.map((pack) => PathwaySchema.parse(pack))
