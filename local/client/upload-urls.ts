import type { UploadUrlPage } from '../../shared/contracts/http/uploads.ts'
import type { ApiClient } from './api-client.ts'

export type UploadUrl = UploadUrlPage['urls'][number]

/** Few at first, so that sending starts at once; then as many as a page may have. */
const FIRST_PAGE = 32
const PAGE = 500

/** Signed URLs of all that is missing, each page asked for while that before it is being sent. */
export async function* missingUrls(
  client: ApiClient,
  place: { readonly referralId: string; readonly uploadId: string },
): AsyncGenerator<UploadUrl> {
  const ask = (limit: number, cursor?: string): Promise<UploadUrlPage> =>
    client.call('pageUploadUrls', { params: place, query: { limit, ...(cursor === undefined ? {} : { cursor }) } })
  for (let asked: Promise<UploadUrlPage> | undefined = ask(FIRST_PAGE); asked !== undefined;) {
    const { urls, cursor }: UploadUrlPage = await asked
    asked = cursor === undefined ? undefined : ask(PAGE, cursor)
    // Its failure is met when the page is awaited, after these URLs are used up.
    asked?.catch(() => undefined)
    yield* urls
  }
}
