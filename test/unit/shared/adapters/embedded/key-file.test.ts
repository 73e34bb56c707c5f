import { chmodSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type CellKeys, openCellKeys } from '../../../../../shared/adapters/embedded/key-file.ts'
import { localKeyVault } from '../../../../../shared/adapters/embedded/local-key-vault.ts'
import { scratchFolder } from '../../../../builders/scratch-folder.ts'
import { inside } from '../../../../builders/inside.ts'

describe('the keys of an embedded cell', () => {
  const path = join(scratchFolder('keys'), 'keys.json')

  it('are made at the first start, for the owner’s eyes alone, and stay', () => {
    const keys = openCellKeys(path)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(openCellKeys(path)).toEqual(keys)
  })

  it('are refused when others may read them', () => {
    openCellKeys(path)
    chmodSync(path, 0o640)
    expect(() => openCellKeys(path)).toThrow('chmod 600')
    chmodSync(path, 0o600)
  })

  it('open what an older key sealed', async () => {
    const vaultOf = (keys: CellKeys) => localKeyVault(keys, `${path}.token`)
    const old = openCellKeys(path)
    const sealed = await vaultOf(old).seal('Huber', { org: 'a' })
    const added = { keyId: 'local-seal-2', key: Buffer.alloc(32, 7).toString('base64url') }
    const rotated = vaultOf({ ...old, sealing: [...old.sealing, added] })
    expect(await rotated.open(inside, sealed, { org: 'a' })).toBe('Huber')
    expect((await rotated.seal('Huber', { org: 'a' })).keyId).toBe('local-seal-2')
    await expect(vaultOf({ ...old, sealing: [added] }).open(inside, sealed, { org: 'a' })).rejects.toThrow('not known')
  })
})
