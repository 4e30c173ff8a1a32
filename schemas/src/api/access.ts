/** Who may ask for what: roles, access tokens and enrolment tokens. */

import { DeviceId, ProjectId } from '../ids.ts'
import { type Static, Type } from '../typebox.ts'
import { WallMs, Whole } from '../units.ts'
import { closed, Labels, listOf, OneOf } from './query.ts'

export const ROLES = ['viewer', 'operator', 'publisher', 'admin'] as const
/**
 * viewer: reads all, changes nothing; operator: a viewer who changes intent and sends commands; publisher: pushes and
 * inspects components; admin: all.
 */
export const Role = OneOf(
  ROLES,
  'viewer: reads; operator: changes intent as well; publisher: pushes components; admin: all',
)
export type Role = (typeof ROLES)[number]

/** What a route demands: `open`: no token; `any`: any token; else the role itself, or one that includes it. */
export type RouteRole = 'open' | 'any' | Role

/** Whether a token of `held` may use a route that demands `wanted`. */
export function roleAllows(held: Role, wanted: RouteRole): boolean {
  if (held === 'admin' || wanted === 'open' || wanted === 'any') return true
  return held === wanted || (held === 'operator' && wanted === 'viewer')
}

export const WhoAmI = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    role: Role,
    project: ProjectId,
    expiresAtMs: Type.Optional(WallMs('End of the token')),
  },
  { $id: 'WhoAmI', description: 'The token in use' },
)
export type WhoAmI = Static<typeof WhoAmI>

const ExpiresInMs = Type.Integer({
  minimum: 1000,
  maximum: 10 * 365 * 86_400_000,
  description: 'Time until it ends, in milliseconds',
})

export const CreateAccessToken = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 64, description: 'Whose or what for; shown in the audit log' }),
    role: Role,
    expiresInMs: Type.Optional(ExpiresInMs),
  },
  { ...closed, $id: 'CreateAccessToken' },
)
export type CreateAccessToken = Static<typeof CreateAccessToken>

export const AccessToken = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    role: Role,
    createdAtMs: WallMs('When it was made'),
    expiresAtMs: Type.Optional(WallMs('When it ends')),
    revoked: Type.Boolean(),
  },
  { $id: 'AccessToken', description: 'An access token without its secret' },
)
export type AccessToken = Static<typeof AccessToken>

export const CreatedAccessToken = Type.Object(
  {
    ...AccessToken.properties,
    token: Type.String({ description: 'The token itself; shown once and never again' }),
  },
  { $id: 'CreatedAccessToken' },
)
export type CreatedAccessToken = Static<typeof CreatedAccessToken>
export const AccessTokenList = listOf(AccessToken, 'Access tokens of the project')

export const CreateEnrolmentToken = Type.Object(
  {
    labels: Type.Optional(Labels),
    uses: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 100_000, description: 'Devices that may enrol with it; 1 where absent' }),
    ),
    expiresInMs: Type.Optional(ExpiresInMs),
    replaces: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 64,
        description:
          'Name or id of a device whose place new hardware takes: joining revokes the certificates of the old one. Without labels, for one use',
      }),
    ),
  },
  {
    ...closed,
    $id: 'CreateEnrolmentToken',
    description: 'The labels are given to each device that enrols with it; a fleet selects by them',
  },
)
export type CreateEnrolmentToken = Static<typeof CreateEnrolmentToken>

export const EnrolmentTokenInfo = Type.Object(
  {
    id: Type.String(),
    labels: Type.Record(Type.String(), Type.String()),
    replaces: Type.Optional(DeviceId),
    createdAtMs: WallMs('When it was made'),
    expiresAtMs: WallMs('When it ends'),
    uses: Whole('Devices that may enrol with it in all'),
    usesLeft: Whole('Devices that still may'),
    revoked: Type.Boolean(),
  },
  { $id: 'EnrolmentTokenInfo', description: 'An enrolment token without its secret' },
)
export type EnrolmentTokenInfo = Static<typeof EnrolmentTokenInfo>

export const CreatedEnrolmentToken = Type.Object(
  {
    ...EnrolmentTokenInfo.properties,
    token: Type.String({ description: 'What `ocelli-agent join` takes; shown once and never again' }),
  },
  { $id: 'CreatedEnrolmentToken' },
)
export type CreatedEnrolmentToken = Static<typeof CreatedEnrolmentToken>
export const EnrolmentTokenList = listOf(EnrolmentTokenInfo, 'Enrolment tokens of the project')

export const TokenParams = Type.Object({ id: Type.String({ minLength: 1, maxLength: 64 }) }, closed)
