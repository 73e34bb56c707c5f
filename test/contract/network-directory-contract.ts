import { describe, expect, it } from 'vitest'
import type { NetworkDirectory } from '../../shared/ports/network-directory.ts'
import { smallNetwork } from '../fixtures/small-network.ts'

export interface NetworkDirectorySubject {
  readonly directory: NetworkDirectory
  /** Puts another definition where the directory finds it. */
  readonly replace: (definition: unknown) => Promise<void>
  /** Lets as much time pass as a change may take to be seen. */
  readonly elapse: () => Promise<void>
}

export const networkDirectoryContract = (
  name: string,
  make: (definition: unknown) => Promise<NetworkDirectorySubject>,
): void => {
  describe(`${name} as NetworkDirectory`, () => {
    it('gives the definition with its look-ups made', async () => {
      const { directory } = await make(smallNetwork())
      const network = await directory.current()
      expect(network.version).toBe('1')
      expect([...network.sites.keys()]).toEqual(['donau-vienna'])
    })

    it('gives the same index as long as nothing has changed', async () => {
      const { directory } = await make(smallNetwork())
      expect(await directory.current()).toBe(await directory.current())
    })

    it('sees a new definition', async () => {
      const { directory, replace, elapse } = await make(smallNetwork())
      await directory.current()
      await replace({ ...smallNetwork(), version: '2' })
      await elapse()
      expect((await directory.current()).version).toBe('2')
    })

    it('never gives an unsound definition, not even in part', async () => {
      const { directory } = await make({ ...smallNetwork(), pools: [] })
      await expect(directory.current()).rejects.toThrow()
    })
  })
}
