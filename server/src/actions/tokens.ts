/** Tokens of people, machines and joining devices. The text of each is answered once and never kept. */
import type {
  AccessToken,
  CreateAccessToken,
  CreatedAccessToken,
  CreatedEnrolmentToken,
  CreateEnrolmentToken,
  EnrolmentTokenInfo,
} from '@ocelli/schemas/api/access'
import type { AccessTokenRow, EnrolmentTokenRow } from '../domain/records.ts'
import { isRefusal, type Refusal, refusal } from '../domain/refusal.ts'
import { audited, type Caller } from './caller.ts'
import type { ActionContext, IdentityContext } from './context.ts'
import { findDevice } from './devices.ts'

/** An enrolment token is a secret that travels by hand: short-lived unless said otherwise. */
const DEFAULT_ENROLMENT_MS = 24 * 3_600_000

export async function createAccessToken(
  context: ActionContext,
  identity: IdentityContext,
  caller: Caller,
  { name, role, expiresInMs }: CreateAccessToken,
): Promise<CreatedAccessToken> {
  const createdAtMs = context.clock.wallMs()
  const { row, text } = identity.makeAccessToken({
    project: caller.project,
    name,
    role,
    createdAtMs,
    ...(expiresInMs !== undefined && { expiresAtMs: createdAtMs + expiresInMs }),
  })
  await context.store.addAccessToken(row, audited(caller, createdAtMs, 'accessToken.create', row.id, { name, role }))
  return { ...accessTokenView(row), token: text }
}

export async function createEnrolmentToken(
  context: ActionContext,
  identity: IdentityContext,
  caller: Caller,
  { labels = {}, uses = 1, expiresInMs = DEFAULT_ENROLMENT_MS, replaces }: CreateEnrolmentToken,
): Promise<CreatedEnrolmentToken | Refusal> {
  if (replaces !== undefined && (uses !== 1 || Object.keys(labels).length > 0)) {
    return refusal(
      'request.invalid',
      'a token that replaces a device has one use and no labels: the device keeps its own',
    )
  }
  const replaced = replaces === undefined ? undefined : await findDevice(context, caller, replaces)
  if (isRefusal(replaced)) return replaced
  const createdAtMs = context.clock.wallMs()
  const expiresAtMs = createdAtMs + expiresInMs
  const { project } = caller
  const device = replaced && { device: replaced.id }
  const { row, text } = identity.makeEnrolmentToken({ project, labels, uses, createdAtMs, expiresAtMs, ...device })
  const detail = { uses, ...device, ...(replaced && { replaces: replaced.name }) }
  await context.store.addEnrolmentToken(row, audited(caller, createdAtMs, 'enrolmentToken.create', row.id, detail))
  return { ...enrolmentTokenView(row), token: text }
}

export async function revokeAccessToken(
  { store, clock }: ActionContext,
  caller: Caller,
  id: string,
): Promise<Refusal | undefined> {
  const row = await store.accessToken(id)
  const own = row?.project === caller.project
  const audit = audited(caller, clock.wallMs(), 'accessToken.revoke', id, { name: row?.name })
  if (own && (await store.revokeAccessToken(id, audit))) return undefined
  return refusal('request.notFound', `there is no access token ${id}`)
}

export async function revokeEnrolmentToken(
  { store, clock }: ActionContext,
  caller: Caller,
  id: string,
): Promise<Refusal | undefined> {
  const row = await store.enrolmentToken(id)
  const own = row?.project === caller.project
  const audit = audited(caller, clock.wallMs(), 'enrolmentToken.revoke', id)
  if (own && (await store.revokeEnrolmentToken(id, audit))) return undefined
  return refusal('request.notFound', `there is no enrolment token ${id}`)
}

export function accessTokenView({ id, name, role, createdAtMs, expiresAtMs, revoked }: AccessTokenRow): AccessToken {
  return { id, name, role, createdAtMs, ...(expiresAtMs !== undefined && { expiresAtMs }), revoked }
}

export function enrolmentTokenView(row: EnrolmentTokenRow): EnrolmentTokenInfo {
  const { id, labels, device, createdAtMs, expiresAtMs, uses, usesLeft, revoked } = row
  const replaces = device && { replaces: device }
  return { id, labels: { ...labels }, ...replaces, createdAtMs, expiresAtMs, uses, usesLeft, revoked }
}
