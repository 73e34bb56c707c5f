/**
 * What a template names but only a deployment knows is written as a mark inside the text: `arn:aws:s3:::⟦Images⟧/*`.
 * A mark keeps the text searchable and comparable, and tells a thing of this template from a thing that is only named.
 */
const OPEN = '⟦'
const CLOSE = '⟧'

/** A resource of this template, or one of its attributes. */
export const ownMark = (logicalId: string, attribute?: string): string =>
  `${OPEN}${logicalId}${attribute === undefined ? '' : `.${attribute}`}${CLOSE}`

/** An export of another stack: CloudFormation resolves those in the same account and region only. */
export const importMark = (name: string): string => `${OPEN}import:${name}${CLOSE}`

/** A parameter without a default: the deployer decides; what they may choose from stays searchable. */
export const parameterMark = (name: string, choices: readonly string[] = []): string =>
  `${OPEN}param:${name}${choices.length === 0 ? '' : ` (one of ${choices.join(' ').replace(/[⟦⟧]/g, '')})`}${CLOSE}`

/** A pseudo parameter whose value is the cell's own, such as its account. */
export const pseudoMark = (name: string): string => `${OPEN}pseudo:${name}${CLOSE}`

/** An intrinsic nobody here can evaluate; `inside` keeps what it mentions searchable. */
export const unknownMark = (intrinsic: string, inside: string): string =>
  `${OPEN}unknown:${intrinsic} ${inside}${CLOSE}`

/** `{{resolve:ssm:...}}` is read from a store while deploying: the template does not say what stands there. */
export const markDynamicReferences = (text: string): string =>
  text.replace(/\{\{resolve:([^{}]*)\}\}/g, (_, inside: string) =>
    unknownMark('dynamic reference', inside.replace(/[⟦⟧]/g, '')),
  )

const MARK = /⟦[^⟦⟧]*⟧/g

/** Every mark of a text, outermost brackets removed. */
export const marksIn = (text: string): string[] => (text.match(MARK) ?? []).map((mark) => mark.slice(1, -1))

/** True where a part of the text is decided outside this template. */
export const isOpenText = (text: string): boolean =>
  marksIn(text).some((mark) => mark.startsWith('param:') || mark.startsWith('unknown:'))

/** True where the whole text is one thing that CloudFormation itself places in this cell. */
export const isOwnThing = (text: string): boolean =>
  /^⟦[^⟦⟧]*⟧$/.test(text) && !/^⟦(?:param|unknown|pseudo):/.test(text)

/** The text as a reader of a finding should see it. */
export const readable = (text: string): string => (text.length > 160 ? `${text.slice(0, 157)}...` : text)
