import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { permissionsPage } from '../../../../shared/contracts/permissions-page.ts'

const committed = readFileSync(new URL('../../../../docs/permissions.md', import.meta.url), 'utf8')

test('the page of permissions is current: run `npm run permissions` after a change of the table', () => {
  expect(permissionsPage() === committed).toBe(true)
})

test('it gives a role what the table gives it, with the relation', () => {
  expect(committed).toMatch(/^\| reader \| .*signFinal \(holder\)/m)
  expect(committed).toMatch(/^\| `confirmErasure` \| [^|]* \| privacy-officer \(referring\) \|/m)
  expect(committed).toMatch(/^\| platform-engineer \| - \|$/m)
})
