import { Refusal } from '../domain/refusal.ts'
import type { KeyVault } from '../ports/key-vault.ts'

const MAC_BYTES = 16

/**
 * A place in a list, bound by a MAC to the list it was issued for: a cursor that was made up, or taken from another
 * organisation's list, is refused and never read as a key.
 */
export async function sealCursor(vault: Pick<KeyVault, 'mac'>, list: string, after: string): Promise<string> {
  const mac = await vault.mac('cursor', JSON.stringify([list, after]))
  return Buffer.concat([mac.subarray(0, MAC_BYTES), Buffer.from(after, 'utf8')]).toString('base64url')
}

export async function openCursor(
  vault: Pick<KeyVault, 'mac'>,
  list: string,
  cursor: string | undefined,
): Promise<string | undefined> {
  if (cursor === undefined) return undefined
  const bytes = Buffer.from(cursor, 'base64url')
  const after = bytes.subarray(MAC_BYTES).toString('utf8')
  const expected = await vault.mac('cursor', JSON.stringify([list, after]))
  if (bytes.length <= MAC_BYTES || !bytes.subarray(0, MAC_BYTES).equals(expected.subarray(0, MAC_BYTES))) {
    throw new Refusal('invalid-cursor')
  }
  return after
}
