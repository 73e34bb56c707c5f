import { sopCategory } from '../dicom/sop-classes.ts'
import { burnedInRiskModalities } from '../residency/conditions.ts'
import type { CopyFacts } from './copy-facts.ts'

/** Why a copy waits for a person. */
export type HoldReason = 'burned-in-text' | 'recognizable-face'

const SECONDARY_CAPTURE = '1.2.840.10008.5.1.4.1.1.7'
/** Image Type values of screens, reports and pasted pages, which are text whatever the modality says. */
const TEXT_IMAGE_TYPES = ['SCREEN SAVE', 'SCREENSHOT', 'REPORT', 'DOSE_INFO', 'SECONDARY', 'PASTED']

/**
 * (0028,0301) is believed only when it says NO in a class of image that seldom carries text (control DEID-04): absence
 * is no answer, and a dose page of a CT is a secondary capture that calls itself CT.
 */
export const saysNoText = (facts: CopyFacts): boolean =>
  facts.burnedIn === 'NO' &&
  facts.modality !== '' &&
  !burnedInRiskModalities.has(facts.modality) &&
  facts.sopClassUid !== SECONDARY_CAPTURE &&
  !facts.sopClassUid.startsWith(`${SECONDARY_CAPTURE}.`) &&
  facts.conversionType === '' &&
  !facts.imageType.some((value) => TEXT_IMAGE_TYPES.includes(value))

const VOLUMETRIC = new Set(['CT', 'MR', 'PT'])
/** Body parts that are not a head. A closed list: BodyPartExamined is often absent or wrong, so only these are believed. */
const NOT_A_HEAD = new Set(
  (
    'ABDOMEN ABDOMENPELVIS ADRENAL ANKLE AORTA APPENDIX ARM BLADDER BREAST BRONCHUS CALF CHEST CHESTABDOMEN ' +
    'CHESTABDPELVIS CLAVICLE COCCYX COLON ELBOW ESOPHAGUS EXTREMITY FEMUR FINGER FOOT FOREARM GALLBLADDER HAND HEART ' +
    'HIP HUMERUS ILEUM ILIUM KIDNEY KNEE LEG LIVER LSPINE LUNG MEDIASTINUM PANCREAS PELVIS PROSTATE RECTUM RIB ' +
    'SACRUM SCAPULA SHOULDER SIJOINT SPLEEN STERNUM STOMACH THIGH THUMB TOE TSPINE UTERUS WRIST'
  ).split(' '),
)
const HEAD_WORDS =
  /HEAD|BRAIN|SKULL|CRANI|NEURO|FACE|FACIAL|ORBIT|SINUS|NASAL|EAR\b|IAC|PITUIT|JAW|DENTAL|NECK|WHOLE.?BODY|STROKE|CEREB/

/** What an order says before any object is looked at: a volume of the head, or of nobody knows what. */
export const mayBeHead = (modality: string, bodyRegion: string): boolean =>
  VOLUMETRIC.has(modality) && ['head', 'neck', 'jaw', 'whole-body', 'unknown'].includes(bodyRegion)

/** A surface rendering of a head shows a face. Unknown counts as a head. */
export const mayShowFace = (facts: CopyFacts): boolean =>
  facts.recognizable === 'YES' ||
  (VOLUMETRIC.has(facts.modality) && (!NOT_A_HEAD.has(facts.bodyPart) || HEAD_WORDS.test(facts.descriptions)))

/** The kinds of object that a machine may release at all: text, drawings, documents and raw data are a person's work. */
export const isReleasableClass = (facts: CopyFacts): boolean =>
  ['image', 'segmentation'].includes(sopCategory(facts.sopClassUid) ?? '')
