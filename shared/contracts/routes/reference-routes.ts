import * as z from 'zod'
import { route, type Route } from './route.ts'

export const referenceRoutes = [
  route({
    operationId: 'readOpenApi',
    method: 'GET',
    path: '/v1/openapi.json',
    capability: 'api-reference',
    summary: 'This document',
    scopes: [],
    answer: z.looseObject({ openapi: z.string() }),
  }),
  route({
    operationId: 'readDocs',
    method: 'GET',
    path: '/docs',
    capability: 'api-reference',
    summary: 'This document as a readable page',
    scopes: [],
    answer: z.string(),
  }),
  route({
    operationId: 'readDocsAsset',
    method: 'GET',
    path: '/docs/{asset}',
    capability: 'api-reference',
    summary: 'Script and style of the page',
    scopes: [],
    params: z.strictObject({ asset: z.enum(['swagger-ui.css', 'swagger-ui-bundle.js', 'start.js']) }),
    answer: z.string(),
  }),
] as const satisfies readonly Route[]
