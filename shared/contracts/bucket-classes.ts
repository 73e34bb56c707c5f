/** Classes of object, each its own bucket under its own key. Keys are random: never a UID, a name or a patient id. */
export const bucketClasses = ['incoming', 'images', 'copies', 'reports', 'quarantine', 'audit', 'network'] as const
export type BucketClass = (typeof bucketClasses)[number]
