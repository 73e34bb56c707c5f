import { createHash } from 'node:crypto'

/** Lower-case hex SHA-256 of what a stream carries; holds one chunk at a time. */
export async function sha256Of(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of stream) hash.update(chunk)
  return hash.digest('hex')
}
