import * as z from 'zod'

export const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** RFC 6749 4.4.2 with RFC 7523 2.2. Parameters that are not known are ignored, as RFC 6749 asks. */
export const TokenRequestSchema = z
  .object({
    grant_type: z.string().max(200),
    client_assertion_type: z.string().max(200),
    client_assertion: z.string().max(8192),
    client_id: z.string().max(64).optional().describe('need not be given; if it is, the one of the assertion'),
    scope: z.string().max(400).optional().describe('absent: every scope registered for the client'),
  })
  .meta({
    id: 'TokenRequest',
    examples: [
      {
        grant_type: 'client_credentials',
        client_assertion_type: ASSERTION_TYPE,
        client_assertion: 'eyJhbGciOiJFUzM4NCIsImtpZCI6InJpcy0xIiwidHlwIjoiSldUIn0.e30.c2lnbmF0dXJl',
        scope: 'referrals:write uploads:write',
      },
    ],
  })
export type TokenRequest = z.infer<typeof TokenRequestSchema>

export const TokenAnswerSchema = z
  .strictObject({
    access_token: z.string(),
    token_type: z.literal('Bearer'),
    expires_in: z.int().positive(),
    scope: z.string(),
  })
  .meta({ id: 'TokenAnswer' })
export type TokenAnswer = z.infer<typeof TokenAnswerSchema>

/**
 * The answers of RFC 6749 5.2, with no description: what was wrong with an assertion is nobody's business but the log's. The last
 * is RFC 6749 4.1.2.1's word for an overload, since 5.2 has none for who asks too often.
 */
export const tokenErrors = {
  invalid_request: 400,
  invalid_client: 401,
  invalid_scope: 400,
  unsupported_grant_type: 400,
  temporarily_unavailable: 429,
} as const
export type TokenError = keyof typeof tokenErrors

export const TokenErrorSchema = z
  .strictObject({ error: z.enum(Object.keys(tokenErrors) as [TokenError, ...TokenError[]]) })
  .meta({ id: 'TokenError' })

/** RFC 8414 metadata, as an OpenID Connect discovery document because gateways look for one. */
export const IssuerMetadataSchema = z
  .strictObject({
    issuer: z.url(),
    token_endpoint: z.url(),
    jwks_uri: z.url(),
    grant_types_supported: z.array(z.string()),
    response_types_supported: z.array(z.string()),
    token_endpoint_auth_methods_supported: z.array(z.string()),
    token_endpoint_auth_signing_alg_values_supported: z.array(z.string()),
    scopes_supported: z.array(z.string()),
  })
  .meta({ id: 'IssuerMetadata' })

export const IssuerKeysSchema = z
  .strictObject({
    keys: z.array(
      z.strictObject({
        kty: z.literal('RSA'),
        alg: z.literal('RS256'),
        use: z.literal('sig'),
        kid: z.string(),
        n: z.string(),
        e: z.string(),
      }),
    ),
  })
  .meta({ id: 'IssuerKeys' })
