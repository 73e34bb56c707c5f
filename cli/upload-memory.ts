import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import * as z from 'zod'

/** Where a run leaves what the next one needs, in the folder the command is started in. */
export const MEMORY_FOLDER = join('.overread', 'uploads')

const BegunUploadSchema = z.strictObject({
  /** Kept before it is sent: after a kill the same command is sent again, and the cell opens no second upload. */
  opening: z.strictObject({ version: z.int(), idempotencyKey: z.string() }),
  uploadId: z.string().optional(),
  files: z.array(
    z.strictObject({
      path: z.string(),
      bytes: z.int(),
      modifiedMs: z.number(),
      sha256: z.string(),
      sopInstanceUid: z.string().optional(),
    }),
  ),
})
export type BegunUpload = z.infer<typeof BegunUploadSchema>

const UploadMemorySchema = z.strictObject({
  schema: z.literal('overread/upload-memory@1'),
  studyInstanceUid: z.string().optional(),
  uploads: z.array(BegunUploadSchema),
})
export type UploadMemory = z.infer<typeof UploadMemorySchema>

const pathOf = (referralId: string): string => join(MEMORY_FOLDER, `${referralId}.json`)

export async function recall(referralId: string): Promise<UploadMemory> {
  const path = pathOf(referralId)
  try {
    return UploadMemorySchema.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT')
      return { schema: 'overread/upload-memory@1', uploads: [] }
    throw new Error(`${path} cannot be understood: remove it to begin the upload anew`, { cause: thrown })
  }
}

/** Written beside and renamed: a kill leaves the old memory or the new one, never half of it. */
export async function keep(referralId: string, memory: UploadMemory): Promise<void> {
  const path = pathOf(referralId)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(`${path}.new`, JSON.stringify(memory))
  await rename(`${path}.new`, path)
}
