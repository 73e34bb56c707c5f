/** Files of the package that shows the API reference: served from the cell itself, so the page works without the internet. */
export const pageFileNames = ['swagger-ui.css', 'swagger-ui-bundle.js'] as const
export type PageFileName = (typeof pageFileNames)[number]

export interface PageFiles {
  read(name: PageFileName): Promise<Uint8Array>
}
