const parsed = (value: unknown): unknown => {
  if (typeof value !== 'string' || !/^[[{]/.test(value)) return value
  try {
    return JSON.parse(value) as unknown
  } catch {
    return value
  }
}

const says = (value: unknown): string | undefined => (typeof value === 'string' ? value : JSON.stringify(value))

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

/**
 * Does what reads back hold everything that was asked for? Extra fields are the service's own defaults; text, numbers
 * and booleans are compared by what they say ("true" is true), and a policy kept as text by what it contains.
 */
export function covers(actual: unknown, desired: unknown): boolean {
  const [have, want] = [parsed(actual), parsed(desired)]
  if (want === undefined || want === null) return true
  if (Array.isArray(want)) {
    // IAM policies write a list of one as its only element.
    const list = Array.isArray(have) ? have : [have]
    return list.length === want.length && want.every((item) => list.some((candidate) => covers(candidate, item)))
  }
  if (isObject(want)) return isObject(have) && Object.entries(want).every(([key, item]) => covers(have[key], item))
  return says(have) === says(want)
}
