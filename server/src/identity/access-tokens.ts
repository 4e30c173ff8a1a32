/** Tokens of people and machines: `ocelli_<id>_<secret>`. The store holds a hash of the secret; the text is shown once. */
import { createHash, timingSafeEqual } from 'node:crypto'
import { idText, type ProjectId } from '@ocelli/schemas/ids'
import type { AccessTokenRow, Role } from '../domain/records.ts'
import type { Random } from '../ports.ts'
import type { IdentityStore } from '../store/store.ts'

const SECRET_BYTES = 32
const FORM = /^ocelli_([a-z2-7]{16})_([0-9a-f]{64})$/

/** What a person with the role may do: each right names the roles that have it. */
export const RIGHTS = {
  read: ['admin', 'operator', 'viewer', 'publisher'],
  push: ['admin', 'operator', 'publisher'],
  change: ['admin', 'operator'],
  administer: ['admin'],
} as const satisfies Record<string, readonly Role[]>
export type Right = keyof typeof RIGHTS

export function roleMay(role: Role, right: Right): boolean {
  return (RIGHTS[right] as readonly Role[]).includes(role)
}

/** A new token: its row, and the text that nobody can see again. */
export function makeAccessToken(
  random: Random,
  fields: {
    readonly project: ProjectId
    readonly name: string
    readonly role: Role
    readonly createdAtMs: number
    readonly expiresAtMs?: number
  },
): { readonly row: AccessTokenRow; readonly text: string } {
  const id = idText(random.bytes('access-token-id', 10))
  const secret = Buffer.from(random.bytes('access-token-secret', SECRET_BYTES)).toString('hex')
  return {
    row: { ...fields, id, secretSha256: secretSha256(secret), revoked: false },
    text: `ocelli_${id}_${secret}`,
  }
}

/** The row of a valid token; `undefined` where it is malformed, unknown, revoked, expired, or the secret differs. */
export async function checkAccessToken(
  store: Pick<IdentityStore, 'accessToken'>,
  text: string,
  nowMs: number,
): Promise<AccessTokenRow | undefined> {
  const [, id, secret] = FORM.exec(text) ?? []
  if (id === undefined || secret === undefined) return undefined
  const row = await store.accessToken(id)
  if (row === undefined || row.revoked) return undefined
  if (row.expiresAtMs !== undefined && row.expiresAtMs <= nowMs) return undefined
  const [given, held] = [Buffer.from(secretSha256(secret), 'hex'), Buffer.from(row.secretSha256, 'hex')]
  return given.length === held.length && timingSafeEqual(given, held) ? row : undefined
}

/** SHA-256 of a secret's text, hexadecimal. A fast hash will do: the secrets are random, 128 bits and more. */
export function secretSha256(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}
