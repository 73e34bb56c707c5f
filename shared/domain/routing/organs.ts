/**
 * The words by which procedures, regions and body parts name what was imaged, in the languages of the first sites. No
 * procedure codes: CPT and NUCC need a licence, so an operator loads those it holds (`codes` of the resolver).
 */
export const organs = [
  'whole-body-trauma',
  'breast',
  'jaw',
  'brain',
  'neck',
  'spine',
  'heart',
  'chest',
  'vessels',
  'abdomen',
  'urogenital',
  'female-pelvis',
  'limbs',
] as const
export type Organ = (typeof organs)[number]

/**
 * First match wins. A head or neck angiography is the brain's (stroke), a coronary one the heart's, and only what is
 * then left over is a vessel study; a thoracic spine is a spine before it is a chest.
 */
export const organWords: readonly (readonly [Organ, RegExp])[] = [
  ['whole-body-trauma', /poly ?trauma|whole ?body.*trauma|trauma.*whole ?body|trauma ?spiral|schockraum/],
  ['breast', /\b(breast|mamm\w*|brust(?!korb)|sein)\b/],
  ['jaw', /\b(jaw|tooth|teeth|dent\w*|mandib\w*|maxill(a|ary)?|cbct|dvt|kiefer\w*|zahn\w*|orthopanto\w*|opg)\b/],
  ['brain', /\b(angio\w*|cta|mra|tof)\b.*\b(head|neck|carotid\w*|hals|kopf|headneck)\b/],
  ['brain', /\b(head|neck|carotid\w*|hals|kopf|headneck)\b.*\b(angio\w*|cta|mra|tof)\b/],
  ['brain', /\b(brain|head|skull|cereb\w*|cran\w*|neuro\w*|pituitar\w*|hypophys\w*|iac|orbit\w*|stroke)\b/],
  ['brain', /\b(scha?e?del\w*|kopf|gehirn|hirn\w*|crane|cerveau|carotid\w*)\b/],
  ['neck', /\b(neck|headneck|sinus(es)?|paranasal|nnh|larynx|thyroid\w*|schilddr\w*|tmj|hals|cou)\b/],
  ['spine', /\b([ctl]?spine|spinal|[cbtl]sspine|vertebra\w*|lumb\w*|sacr\w*|cervical|[hbl]ws|wirbel\w*|rachis)\b/],
  ['heart', /\b(heart|cardiac|cardio\w*|coronar\w*|myocard\w*|herz\w*|koronar\w*|coeur|gated)\b/],
  [
    'vessels',
    /\b(aort\w*|runoff|run-off|(thorac\w*|abdom\w*|body|pelvi\w*) ?(cta|mra|angio\w*)|becken-?bein-?angio\w*)\b/,
  ],
  ['vessels', /\b(cta|mra|angio\w*)\b.*\b(body|abdom\w*|pelvi\w*|leg|extremit\w*)\b/],
  ['chest', /\b(chest|lung\w*|thora(x|kal)|pulmon\w*|brustkorb|ribs?|poumon)\b/],
  [
    'abdomen',
    /\b(abdom\w*|liver|hepat\w*|pancrea\w*|bowel|colon\w*|stomach|mrcp|gallbladder|leber|bauch|foie|ventre)\b/,
  ],
  [
    'urogenital',
    /\b(kidney\w*|renal|bladder|prostat\w*|scrot\w*|testi\w*|urin\w*|urogr\w*|niere\w*|blase|ureter\w*)\b/,
  ],
  ['female-pelvis', /\b(uter\w*|ovar\w*|f(o)?et(us|al)|obstetr\w*|gyn\w*|pregnan\w*|female pelvis|gravid\w*)\b/],
  ['limbs', /\b(knee|hip|shoulder|elbow|wrist|hand|finger|thumb|foot|feet|toe|ankle|leg|arm|limb|extremit\w*)\b/],
  ['limbs', /\b(femur|tibia|fibula|humerus|radius|ulna|clavicle|scapula|bone|joint|patella|calcaneus|forearm)\b/],
  ['limbs', /\b(knie\w*|hue?ft\w*|schulter\w*|handgelenk|fuss|sprunggelenk|genou|hanche|epaule|msk)\b/],
]

/** A DICOM description has 64; a longer text is a story, and time spent on it is time a flood of them could cost. */
const MOST_CHARACTERS = 256

/** Lower case, no accents, one space between words: DICOM code strings write `BODY_PART`, people write `Body-part`. */
export const plainWords = (text: string): string =>
  text
    .slice(0, MOST_CHARACTERS)
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .replaceAll('œ', 'oe')
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[_^/,;:.()]+/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()

/** The organ a text names, if it names one. */
export const organNamedIn = (text: string): Organ | undefined => {
  const words = plainWords(text)
  return organWords.find(([, pattern]) => pattern.test(words))?.[0]
}
