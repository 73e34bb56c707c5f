import { randomUUID } from 'node:crypto'
import type { SubmitReferral } from '../../../shared/contracts/http/referrals.ts'
import { ask, type WireRequest } from '../wire.ts'
import type { Sink } from './canary-search.ts'
import type { CanaryWords } from './canary-words.ts'
import type { StartedCell } from './started-cell.ts'

type Asked = Omit<WireRequest, 'url'> & { readonly path: string; readonly what: string; readonly sub?: string }

const json = (key: string = randomUUID()) => ({ 'content-type': 'application/json', 'idempotency-key': key })

const post = (what: string, path: string, body: string, headers: Record<string, string> = json()): Asked => ({
  what,
  method: 'POST',
  path,
  sub: 'p-clerk-vienna',
  headers,
  body,
})

const get = (what: string, path: string, headers: Record<string, string> = {}): Asked => ({
  what,
  method: 'GET',
  path,
  sub: 'p-clerk-vienna',
  headers,
})

/** Bodies that no schema takes: each repeats the patient where it must not be. */
function badBodies(words: CanaryWords, referral: SubmitReferral): Asked[] {
  const submit = (what: string, body: object) => post(what, '/v1/referrals', JSON.stringify(body))
  const word = words.text
  const plain = words.plain
  return [
    post('malformed JSON', '/v1/referrals', `{"patient":{"name":{"family":"${word('malformed JSON')}"`),
    post('a bare word', '/v1/referrals', plain('bare word for a body')),
    post('a list for a body', '/v1/referrals', JSON.stringify([word('list for a body')])),
    submit('unknown keys', {
      ...referral,
      contact: { name: word('contact name'), phone: words.digits('contact phone') },
      [plain('a name for a key')]: 1,
    }),
    submit('a site nobody has', { ...referral, siteId: plain('site id').toLowerCase() }),
    submit('a site in no form', { ...referral, siteId: word('site id in no form') }),
    submit('a pathway nobody has', { ...referral, pathwayId: plain('pathway id').toLowerCase() }),
    submit('a sex that is a name', { ...referral, patient: { ...referral.patient, sex: word('sex') } }),
    submit('a modality that is a name', { ...referral, order: { ...referral.order, modality: plain('modality') } }),
    submit('a birth date that is none', {
      ...referral,
      patient: { ...referral.patient, birthDate: words.digits('birth date') },
    }),
    submit('a name for a body part object', {
      ...referral,
      order: { ...referral.order, bodyPart: { a: word('body part') } },
    }),
    submit('a UID that is a name', { ...referral, order: { ...referral.order, studyInstanceUid: plain('UID') } }),
    post('too long a body', '/v1/referrals', JSON.stringify({ note: plain('long body').repeat(9000) })),
    post('a body in another type', '/v1/referrals', `<name>${word('XML')}</name>`, {
      ...json(),
      'content-type': `application/xml; charset=${plain('content type')}`,
    }),
  ]
}

function badAddresses(words: CanaryWords, referralId: string): Asked[] {
  const plain = words.plain
  const query = (name: string, what: string) =>
    get(what, `/v1/referrals?${name}=${encodeURIComponent(words.text(what))}`)
  return [
    get('a name for a referral', `/v1/referrals/${plain('referral id')}/status`),
    get('a name in a good id', `/v1/referrals/donau-klinikum.${plain('referral id').toLowerCase()}/status`),
    get('a path nobody has', `/v1/patients/${plain('path')}/images`),
    get('a path that is no text', `/v1/${plain('path')}%E0%A4%A`),
    get('an asset nobody has', `/docs/${plain('asset')}`),
    query('cursor', 'cursor'),
    query('limit', 'limit'),
    query('state', 'state'),
    query('siteId', 'site in a query'),
    query(plain('query key'), 'query value'),
    get('a bucket nobody has', `/${plain('bucket')}/${plain('object key')}`),
    get('an object without a signature', `/images/studies/${plain('object key')}`),
    get('an object with a made-up signature', `/images/${plain('object key')}?X-Amz-Signature=${plain('signature')}`),
    get('images of nobody', `/v1/referrals/${referralId}/images/${plain('SOP UID')}/frames/${plain('frame')}`),
    post('a token for a name', '/dev/token', JSON.stringify({ sub: words.text('subject') })),
  ]
}

function badHeaders(words: CanaryWords, referral: SubmitReferral, referralId: string): Asked[] {
  const plain = words.plain
  const status = `/v1/referrals/${referralId}/status`
  const tracing = ['x-request-id', 'x-correlation-id', 'x-amzn-trace-id', 'traceparent', 'x-forwarded-for', 'referer']
  return [
    ...tracing.map((name) => get(name, `/v1/referrals?limit=0`, { [name]: plain(name) })),
    get('a user agent', '/v1/referrals?limit=0', { 'user-agent': plain('user agent') }),
    get('a cookie', '/v1/referrals?limit=0', { cookie: `patient=${plain('cookie')}` }),
    { ...get('a name for a token', status, { authorization: `Bearer ${plain('token')}` }), sub: '' },
    { ...get('a basic login', status, { authorization: `Basic ${btoa(plain('basic login'))}` }), sub: '' },
    post('a name for a version', `/v1/referrals/${referralId}/cancel`, '{"reason":"other"}', {
      ...json(),
      'if-match': plain('version'),
    }),
    post('a name for a key, too short', '/v1/referrals', JSON.stringify(referral), {
      ...json(`${plain('idempotency key')} ${plain('idempotency key')}`),
    }),
    // Good in form: the command itself is refused, or done, under a key that names somebody.
    post('a name for a key', '/v1/referrals', JSON.stringify(referral), json(plain('idempotency key'))),
  ]
}

export const provocations = (words: CanaryWords, referral: SubmitReferral, referralId: string): readonly Asked[] => [
  ...badBodies(words, referral),
  ...badAddresses(words, referralId),
  ...badHeaders(words, referral, referralId),
]

/** Asks, and hands back everything that came back: status line, headers, body. */
export async function provoke(cell: StartedCell, name: string, { what, sub, path, ...request }: Asked): Promise<Sink> {
  const authorization: Record<string, string> =
    sub === undefined || sub === '' ? {} : { authorization: `Bearer ${await cell.tokenFor(sub)()}` }
  const headers = { ...authorization, ...request.headers }
  const answer = await ask({ ...request, url: `${cell.baseUrl}${path}`, headers })
  const head = Buffer.from(`${answer.status} ${JSON.stringify(answer.headers)}\n`)
  return {
    name: `the answer ${answer.status} of ${name} to ${what}`,
    content: Buffer.concat([head, Buffer.from(answer.body, 'latin1')]),
  }
}

/** What names no patient, whoever is entitled to it. */
export const openAnswers = (referralIds: readonly string[], day: string): readonly Asked[] => [
  ...referralIds.flatMap((id) => [
    get('a status', `/v1/referrals/${id}/status`),
    get('a timeline', `/v1/referrals/${id}/timeline`),
    { ...get('an audit trail', `/v1/referrals/${id}/audit`), sub: 'p-auditor' },
    { ...get('audit events', `/v1/referrals/${id}/audit-events`), sub: 'p-auditor' },
  ]),
  get('a list of referrals', '/v1/referrals'),
  ...['p-weber', 'p-kaya', 'p-novak', 'p-lindner'].map((sub) => ({ ...get('a worklist', '/v1/worklist'), sub })),
  ...['p-coordinator-vienna', 'p-executive'].map((sub) => ({
    ...get('key figures', `/v1/kpis?from=${day}&to=${day}`),
    sub,
  })),
]
