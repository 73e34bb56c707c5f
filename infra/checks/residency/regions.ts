/**
 * Region names by their form, so that a region opened next year is seen too. Upper case and zone letters
 * (`EU-WEST-1`, `eu-west-1b`) name the same place.
 */
const REGION =
  /(?<![a-z0-9])(?:us-gov|us-isob|us-isof|us-iso|eu-isoe|eusc-de|af|ap|ca|cn|eu|il|me|mx|sa|us)-(?:north|south|east|west|central|northeast|northwest|southeast|southwest)-\d(?!\d)/gi

/** True for the name of a region, and nothing else. */
export const isRegionName = (text: string): boolean => {
  const [match, ...others] = text.match(REGION) ?? []
  return others.length === 0 && match === text && text === text.toLowerCase()
}

const DIRECTIONS: readonly (readonly [word: string, letters: string])[] = [
  ['northeast', 'ne'],
  ['northwest', 'nw'],
  ['southeast', 'se'],
  ['southwest', 'sw'],
  ['north', 'n'],
  ['south', 's'],
  ['east', 'e'],
  ['west', 'w'],
  ['central', 'c'],
  ['gov', 'g'],
]

/** `eu-central-1` as zone ids spell it: `euc1`. */
const shortNameOf = (region: string): string =>
  region
    .split('-')
    .map((part) => DIRECTIONS.find(([word]) => word === part)?.[1] ?? part)
    .join('')

const ZONE_ID = /(?<![a-z0-9])([a-z]{3,6}\d)-az\d(?!\d)/g

/** Every region a text names apart from `own`. */
export const foreignRegionsIn = (text: string, own: string): string[] => {
  const named = (text.match(REGION) ?? []).map((region) => region.toLowerCase()).filter((region) => region !== own)
  const zones = [...text.matchAll(ZONE_ID)].filter(([, short]) => short !== shortNameOf(own)).map(([zone]) => zone)
  return [...new Set([...named, ...zones])]
}

const PARTITIONS: readonly (readonly [prefix: string, partition: string])[] = [
  ['cn-', 'aws-cn'],
  ['us-gov-', 'aws-us-gov'],
  ['us-isob-', 'aws-iso-b'],
  ['us-isof-', 'aws-iso-f'],
  ['us-iso-', 'aws-iso'],
  ['eu-isoe-', 'aws-iso-e'],
  ['eusc-', 'aws-eusc'],
]

/** The partition a region belongs to. */
export const partitionOf = (region: string): string =>
  PARTITIONS.find(([prefix]) => region.startsWith(prefix))?.[1] ?? 'aws'

/** The domains of AWS endpoints, those of every partition, as a part of a pattern. */
export const AWS_DOMAIN =
  '(?:amazonaws\\.com(?:\\.cn)?|amazonaws\\.eu|api\\.aws|on\\.aws|s?c2s\\.(?:ic|sgov)\\.gov|cloud\\.adc-e\\.uk|csp\\.hci\\.ic\\.gov)'

/**
 * The account from which AWS itself writes load balancer logs in a region; a bucket policy has to name it.
 * Newer regions use a service principal.
 */
const LOAD_BALANCER_ACCOUNTS: Readonly<Record<string, string>> = {
  'af-south-1': '098369216593',
  'ap-east-1': '754344448648',
  'ap-northeast-1': '582318560864',
  'ap-northeast-2': '600734575887',
  'ap-northeast-3': '383597477331',
  'ap-south-1': '718504428378',
  'ap-southeast-1': '114774131450',
  'ap-southeast-2': '783225319266',
  'ap-southeast-3': '589379963580',
  'ca-central-1': '985666609251',
  'cn-north-1': '638102146993',
  'cn-northwest-1': '037604701340',
  'eu-central-1': '054676820928',
  'eu-north-1': '897822967062',
  'eu-south-1': '635631232127',
  'eu-west-1': '156460612806',
  'eu-west-2': '652711504416',
  'eu-west-3': '009996457667',
  'me-south-1': '076674570225',
  'sa-east-1': '507241528517',
  'us-east-1': '127311923021',
  'us-east-2': '033677994240',
  'us-gov-east-1': '190560391635',
  'us-gov-west-1': '048591011584',
  'us-west-1': '027434742980',
  'us-west-2': '797873946194',
}

/** True for an account of AWS itself that a policy of this region must name. */
export const isAwsOwnedAccount = (account: string, region: string): boolean =>
  LOAD_BALANCER_ACCOUNTS[region] === account
