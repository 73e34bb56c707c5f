import { permissions, type PermittedOperation } from '../domain/access/permissions.ts'
import type { Role } from '../domain/access/principal.ts'
import type { Relation } from '../domain/access/relations.ts'
import { MachineRoleSchema } from '../domain/network/machine-client.ts'
import { PersonRoleSchema } from '../domain/network/parties.ts'
import { routeOf } from './routes.ts'

const relationMeanings: Readonly<Record<Relation, string>> = {
  referring: 'is of the organisation that sent the referral',
  triage: 'is of the organisation of the triage clinician of the site',
  offered: 'is the reader the case is offered to now',
  holder: 'is the reader who holds the claim',
  'reading-group': 'is of a group that the case is or was offered to',
  operations: "is of the organisation of the network's operations desk",
  emergency: 'is the reader whom a confirmed emergency names, until it ends',
  'escalated-to': 'is a person the case was escalated to',
}

interface Grant {
  readonly roles: readonly Role[]
  readonly relations: readonly Relation[]
}

const granted: readonly (readonly [PermittedOperation, readonly Grant[]])[] = Object.entries(permissions) as never
const people = PersonRoleSchema.options
const machines = MachineRoleSchema.options

const withRelations = (what: string, relations: readonly Relation[]): string =>
  relations.length === 0 ? what : `${what} (${relations.join(', ')})`

const ofEverybody = ({ roles }: Grant): boolean => people.every((role) => roles.includes(role))

const rolesText = (grant: Grant): string => (ofEverybody(grant) ? 'any person' : grant.roles.join(', '))

function operationRow([operation, grants]: (typeof granted)[number]): string {
  const { summary, scopes } = routeOf(operation)
  const who = grants.map((grant) => withRelations(rolesText(grant), grant.relations)).join('; ')
  return `| \`${operation}\` | ${summary} | ${who} | ${scopes.map((scope) => `\`${scope}\``).join(' ')} |`
}

/** What every person may do who was escalated to is said once: repeated in each row it would hide what the role is for. */
function roleRow(role: Role): string {
  const may = granted.flatMap(([operation, grants]) => {
    const mine = grants.filter((grant) => grant.roles.includes(role) && !ofEverybody(grant))
    return mine.length === 0 ? [] : [withRelations(operation, [...new Set(mine.flatMap(({ relations }) => relations))])]
  })
  return `| ${role} | ${may.length === 0 ? '-' : may.join(', ')} |`
}

/** The permission table for people: docs/permissions.md, generated and committed. */
export const permissionsPage = (): string => `# Who may do what

Generated from [the permission table](../shared/domain/access/permissions.ts) by \`npm run permissions\`; the
[access matrix](guarantees.md) holds the running API to it. What is not here is refused.

Whoever asks needs a scope of the operation in the token, a role that the network definition grants, and, where the operation
is about one case, one of the relations in brackets to it. To whoever has no relation that permits anything, the case does not
exist (\`not-found\`); where another operation is permitted, the answer is \`not-permitted\`.

| relation | the person or system |
|---|---|
${Object.entries(relationMeanings)
  .map(([relation, meaning]) => `| ${relation} | ${meaning} |`)
  .join('\n')}

## By role

Any person may also read status and timeline of a case that was escalated to them, acknowledge the escalation, and list such cases.

| role | may |
|---|---|
${people.map(roleRow).join('\n')}

Systems (\`client_credentials\`, [ADR 0024](adr/0024-machine-clients.md)):

| role | may |
|---|---|
${machines.map(roleRow).join('\n')}

## By operation

| operation | | who | any one scope of |
|---|---|---|---|
${granted.map(operationRow).join('\n')}
`
