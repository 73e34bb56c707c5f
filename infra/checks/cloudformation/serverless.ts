import { entryOf, isObject } from './json.ts'
import type { RawResource } from './raw-resource.ts'

const PREFIX = 'AWS::Serverless::'

const withGlobals = (resource: RawResource, globals: Readonly<Record<string, unknown>>): RawResource => {
  const shared = resource.type.startsWith(PREFIX) ? entryOf(globals, resource.type.slice(PREFIX.length)) : undefined
  if (!isObject(shared) || !isObject(resource.properties)) return resource
  return { ...resource, properties: { ...shared, ...resource.properties } }
}

const usesImplicitApi = (resource: RawResource): boolean => {
  const events =
    resource.type === `${PREFIX}Function` && isObject(resource.properties) ? resource.properties['Events'] : undefined
  return (
    isObject(events) &&
    Object.values(events).some(
      (event) =>
        isObject(event) &&
        event['Type'] === 'Api' &&
        !(isObject(event['Properties']) && 'RestApiId' in event['Properties']),
    )
  )
}

/** Gives serverless resources what the Globals section says of them, and the API that SAM makes without being asked a name. */
export const expandServerless = (
  resources: ReadonlyMap<string, RawResource>,
  globals: Readonly<Record<string, unknown>>,
): ReadonlyMap<string, RawResource> => {
  const expanded = new Map([...resources].map(([logicalId, resource]) => [logicalId, withGlobals(resource, globals)]))
  if ([...expanded.values()].some(usesImplicitApi)) {
    expanded.set(
      'ServerlessRestApi',
      withGlobals({ type: `${PREFIX}Api`, condition: undefined, properties: {} }, globals),
    )
  }
  return expanded
}
