import { randomUUID } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, it } from 'vitest'
import type { CaseStatus } from '../../../shared/contracts/http/referrals.ts'
import { openMint, type MintedPerson } from '../../guarantees/mint-token.ts'
import { withScratchCell } from '../../guarantees/scratch-cell.ts'
import { clerk } from '../../guarantees/token-attack-list.ts'
import { commandHeaders, referralBody } from '../study-in-hand.ts'

const stranger: MintedPerson = { personId: 'p-coordinator-dublin', orgId: 'liffey-hospital', roles: ['coordinator'] }

it('a stranger who guesses at versions learns neither that a case exists nor where it stands', () =>
  withScratchCell({}, async (cell) => {
    const mint = await openMint(cell)
    const send = (person: MintedPerson, path: string, body: object, version?: number) =>
      fetch(`${cell.baseUrl}${path}`, {
        method: 'POST',
        headers: {
          ...commandHeaders(randomUUID(), version),
          authorization: `Bearer ${mint.sign(mint.claims(person))}`,
        },
        body: JSON.stringify(body),
      })
    const { referralId } = (await (await send(clerk, '/v1/referrals', referralBody(undefined))).json()) as CaseStatus
    const unknown = 'donau-klinikum.00000000000000000000000000'
    const answers = await Promise.all(
      [referralId, unknown].map(async (id) => {
        const response = await send(stranger, `/v1/referrals/${id}/cancel`, { reason: 'other' }, 99)
        const { errorId, ...told } = (await response.json()) as Record<string, unknown>
        expect(errorId).toMatch(/^[0-9a-z]{26}$/)
        return { status: response.status, told }
      }),
    )
    expect(answers[0]).toMatchObject({ status: 404, told: { code: 'not-found' } })
    expect(answers[0]).toEqual(answers[1])
  }))

it('a remembered answer is not given to a person whose role has been taken back', () =>
  withScratchCell({}, async (cell) => {
    const mint = await openMint(cell)
    const key = randomUUID()
    const body = JSON.stringify(referralBody(undefined))
    const submit = () =>
      fetch(`${cell.baseUrl}/v1/referrals`, {
        method: 'POST',
        headers: { ...commandHeaders(key), authorization: `Bearer ${mint.sign(mint.claims(clerk))}` },
        body,
      })
    expect([(await submit()).status, (await submit()).status]).toEqual([201, 201])
    const path = join(cell.dataDir, 'network.json')
    const network = JSON.parse(await readFile(path, 'utf8')) as { people: { personId: string; roles: string[] }[] }
    const people = network.people.map((person) =>
      person.personId === clerk.personId ? { ...person, roles: ['duty-clinician'] } : person,
    )
    await writeFile(path, JSON.stringify({ ...network, people }))
    // The cell looks at the file once a second.
    await pause(1100)
    expect((await submit()).status).toBe(403)
  }))
