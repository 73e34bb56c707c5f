import { mkdirSync, writeFileSync } from 'node:fs'
import { openApiText } from './openapi-document.ts'

const folder = new URL('../../docs/api/', import.meta.url)
mkdirSync(folder, { recursive: true })
writeFileSync(new URL('openapi.json', folder), openApiText())
