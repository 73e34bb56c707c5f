/** Asked at first use and then known; a failure is not kept, so the next asks again. */
export const askedOnce = <Known>(ask: () => Promise<Known>): (() => Promise<Known>) => {
  let known: Promise<Known> | undefined
  return () =>
    (known ??= ask().catch((fault: unknown) => {
      known = undefined
      throw fault
    }))
}
