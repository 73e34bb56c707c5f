/** The fields of an ARN that say where a thing is. */
export interface ArnPlace {
  readonly text: string
  readonly partition: string
  readonly service: string
  readonly region: string
  readonly account: string
  readonly rest: string
}

const FIELD = '((?:⟦[^⟧]*⟧|[^:\\s"\'⟦⟧])*)'
const ARN = new RegExp(`arn:${FIELD}:${FIELD}:${FIELD}:${FIELD}`, 'g')

/** Every ARN in a text, those inside another ARN (an API's integration URI, for one) included. */
export const arnsIn = (text: string): ArnPlace[] =>
  [...text.matchAll(ARN)].map((match) => {
    const [whole, partition = '', service = '', region = '', account = ''] = match
    const rest = text.slice(match.index + whole.length).replace(/^:/, '')
    return { text: whole, partition, service, region, account, rest }
  })
