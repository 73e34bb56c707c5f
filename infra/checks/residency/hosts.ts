import { isOpenText, readable } from '../cloudformation/symbols.ts'
import { isForeignAccount, type Cell } from './cell.ts'
import { addressesSentTo } from './programs.ts'
import { AWS_DOMAIN, foreignRegionsIn } from './regions.ts'

const LABELS = '(?:[a-z0-9_-]+\\.)+'
const HOST = '(\\[[0-9a-f:.]+\\]|(?:⟦[^⟧]*⟧|[^/:?#⟦⟧])+)'

const URL_FORM = new RegExp(`^[a-z][a-z0-9+.:-]*://(?:(?:⟦[^⟧]*⟧|[^@/⟦⟧])*@)?${HOST}`, 'i')
const HOST_AND_PORT = new RegExp(`^(${LABELS}(?:[a-z]{2,}|(?<=^\\d+\\.\\d+\\.\\d+\\.)\\d+)):\\d{2,5}(?:/|$)`, 'i')
const BARE_HOST = new RegExp(`^(${LABELS}[a-z]{2,})(?::\\d+)?(?:/|$)`, 'i')

/** Stores of another cloud, named by a scheme that has no host. */
const OTHER_CLOUD = /^gs:\/\//i

/** The host of a URL, or of `host:port`. */
export const hostOf = (text: string): string | undefined =>
  OTHER_CLOUD.test(text) ? 'storage.googleapis.com' : (URL_FORM.exec(text)?.[1] ?? HOST_AND_PORT.exec(text)?.[1])

/** The host a text names without saying so: `db.partner.example`, where a host is meant. */
export const bareHostOf = (text: string): string | undefined =>
  /\.(?:html?|json|js|mjs|py|zip|jar|xml|ya?ml|txt|handler)$/i.test(text) ? undefined : BARE_HOST.exec(text)?.[1]

const AWS_HOST = new RegExp(`\\.${AWS_DOMAIN}$`)
const PRIVATE_HOST =
  /^(?:localhost$|0\.0\.0\.0$|127\.|10\.|192\.168\.|169\.254\.|172\.(?:1[6-9]|2\d|3[01])\.)|\.(?:internal|local|localhost)$|^[^.:⟦]+$|^\[(?:::1?|f[cd][0-9a-f]{2}:.*|fe80:.*)\]$/i

/** Written like addresses, but they only name a vocabulary, or show a person a page. */
const NAMES_ONLY =
  /(?:^|\.)(?:w3\.org|xmlsoap\.org|json-schema\.org|oasis-open\.org|openid\.net|schemas\.microsoft\.com|hl7\.org|loinc\.org|snomed\.info|aws\.amazon\.com)$/i

/** Where a host is, in the words of whoever asks. */
export type HostPlace = { readonly at: 'own' } | { readonly at: 'elsewhere' | 'unseen'; readonly detail: string }

const isOwnDomain = (host: string, cell: Cell): boolean =>
  [...cell.domains]
    .map((domain) => domain.replace(/^\*\./, '').replace(/\.$/, ''))
    .some((domain) => `.${host}`.toLowerCase().endsWith(`.${domain}`.toLowerCase()))

/** A name that this cell's resources answer with, alone, under a label or before an AWS domain: not `⟦it⟧.vendor.example`. */
const isOwnName = (host: string): boolean => host.endsWith('⟧') || (host.startsWith('⟦') && AWS_HOST.test(host))

/** Where a host is; anything outside the region's own AWS endpoints, this cell's domains and its network is outside. */
export const whereIsHost = (host: string, cell: Cell): HostPlace => {
  if (isOpenText(host)) return { at: 'unseen', detail: `${readable(host)} is decided outside the template` }
  const foreign = foreignRegionsIn(host, cell.region)[0]
  if (foreign !== undefined) return { at: 'elsewhere', detail: `${host} is in region ${foreign}` }
  if (isOwnName(host) || PRIVATE_HOST.test(host) || isOwnDomain(host, cell)) return { at: 'own' }
  return AWS_HOST.test(host) && host.includes(cell.region)
    ? { at: 'own' }
    : { at: 'elsewhere', detail: `${readable(host)} is not an endpoint of this cell` }
}

// The account of a registry, queue or access point stands in the host or in the first part of the path.
const AWS_ADDRESS = new RegExp(`(?<![\\w.-])[\\w.-]{1,300}\\.${AWS_DOMAIN}(?::\\d+)?(?:/[^/\\s"']*)?`, 'g')

/** Registries from which AWS gives out its own images, the same in most regions: code comes in, nothing goes out. */
const AWS_REGISTRY = /(?<![\w.-])(?:763104351884|602401143452|906394416424|840364872350)\.dkr\.ecr\./g

/** The account of somebody else in the address of an AWS endpoint: a container image, a queue, an access point. */
export const foreignAccountOfHostIn = (text: string, cell: Cell): string | undefined =>
  [...text.replace(AWS_REGISTRY, '').matchAll(AWS_ADDRESS)]
    .flatMap(([address]) => address.match(/(?<![a-z0-9])\d{12}(?![a-z0-9])/gi) ?? [])
    .find((account) => isForeignAccount(account, cell))

/** Addresses that clients or people are told, or that only fetch keys and code: nothing of the cell is sent there. */
const NOT_CALLED =
  /(?:issuer|audience|jwks|origins?|(?:callback|log-?out|redirect|sign-?(?:in|out))(?:[-_]?ur[il])?|schema|namespace|licen[cs]e|terms|documentation|support|repository|registry|image|template)(?:[-_]?(?:ur[il]|name))?s?$|^\$|licen[cs]einfo$|(?:text|html|subject)part$|message(?:body|bylink)?$|NtpServers$|NameServers$/i

/** Where a service would only be described, forwarded to by the browser, or fetched as source code. */
const NOT_CALLED_AT =
  /\.(?:\w*Redirect\w*|(?:App|CustomCookbooks)?Source|SecondarySources|Dimensions|DomainEndpointOptions)\.|\.(?:Definition)?Body\.(?:info|servers|externalDocs)\./i

const CALLED = /(?:host|hostname|endpoint|servers?|brokers?|ur[il]|address)$/i

/** `host=db.partner.example` in a connection string says what a key and its value say. */
const addressOf = (part: string, key: string): (string | undefined)[] => {
  const [, name, value = ''] = /^([\w.-]+)=(.+)$/.exec(part) ?? []
  if (name !== undefined) return addressOf(value, name)
  return [hostOf(part) ?? (CALLED.test(key) ? bareHostOf(part) : undefined)]
}

const addressesIn = (text: string, key: string): (string | undefined)[] => {
  const isProgram = /(?<![,;])\s/.test(text.replace(/⟦[^⟧]*⟧/g, '').trim())
  if (isProgram) return addressesSentTo(text).map((sentTo) => hostOf(sentTo) ?? sentTo)
  return text
    .trim()
    .split(/\s*[,;]\s*(?![^⟦]*⟧)/)
    .filter((part) => !/^(?:s3[an]?|file|hdfs|docker|oci):\/\//i.test(part))
    .flatMap((part) => addressOf(part, key))
}

/** A host outside the cell that a whole text, or an item of a list written as text, addresses. */
export const outsideHostIn = (text: string, key: string, path: string, cell: Cell): string | undefined => {
  if (NOT_CALLED.test(key) || NOT_CALLED_AT.test(path)) return undefined
  return addressesIn(text, key).find(
    (host) =>
      host !== undefined && !/[${}]/.test(host) && !NAMES_ONLY.test(host) && whereIsHost(host, cell).at === 'elsewhere',
  )
}
