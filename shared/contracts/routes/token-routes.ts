import { IssuerKeysSchema, IssuerMetadataSchema, TokenAnswerSchema, TokenRequestSchema } from '../http/tokens.ts'
import { route, type Route } from './route.ts'

export const tokenRoutes = [
  route({
    operationId: 'issueToken',
    method: 'POST',
    path: '/v1/token',
    capability: 'machine-token',
    summary: 'Get a token as a system registered in the network, by a signed assertion (`private_key_jwt`)',
    scopes: [],
    body: TokenRequestSchema,
    takes: 'form',
    answer: TokenAnswerSchema,
  }),
  route({
    operationId: 'readMachineIssuer',
    method: 'GET',
    path: '/machines/.well-known/openid-configuration',
    capability: 'machine-token',
    summary: 'Where systems get tokens, and how they prove themselves',
    scopes: [],
    answer: IssuerMetadataSchema,
  }),
  route({
    operationId: 'readMachineKeys',
    method: 'GET',
    path: '/machines/.well-known/jwks.json',
    capability: 'machine-token',
    summary: 'The public key that tokens of systems are signed with',
    scopes: [],
    answer: IssuerKeysSchema,
  }),
] as const satisfies readonly Route[]
