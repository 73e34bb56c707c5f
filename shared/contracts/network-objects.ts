/** What the network bucket holds: these two objects and their versions. */
export const networkKey = 'network/current.json'
export const policyKey = 'network/policy.json'
