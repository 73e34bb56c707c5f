import type { SigningCredentials } from '../sigv4/day-key.ts'

export interface RoleCredentials extends SigningCredentials {
  /** Where their giver says when they lapse. */
  readonly expiresAt?: string
}

/** The role's credentials as Lambda gives them, read at each use. */
export const roleCredentials = (): RoleCredentials => {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_CREDENTIAL_EXPIRATION } = process.env
  if (AWS_ACCESS_KEY_ID === undefined || AWS_SECRET_ACCESS_KEY === undefined)
    throw new Error('no credentials are given')
  return {
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    ...(AWS_SESSION_TOKEN === undefined ? {} : { sessionToken: AWS_SESSION_TOKEN }),
    ...(AWS_CREDENTIAL_EXPIRATION === undefined ? {} : { expiresAt: AWS_CREDENTIAL_EXPIRATION }),
  }
}
