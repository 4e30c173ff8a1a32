import { createProject, listProjects } from '../../actions/projects.ts'
import {
  accessTokenView,
  createAccessToken,
  createEnrolmentToken,
  enrolmentTokenView,
  revokeAccessToken,
  revokeEnrolmentToken,
} from '../../actions/tokens.ts'
import { isRefusal } from '../../domain/refusal.ts'
import { type Handlers, ok } from '../operations.ts'
import type { HandlerContext } from './context.ts'

type Access =
  | 'whoAmI'
  | 'listEnrolmentTokens'
  | 'createEnrolmentToken'
  | 'revokeEnrolmentToken'
  | 'listAccessTokens'
  | 'createAccessToken'
  | 'revokeAccessToken'
  | 'listProjects'
  | 'createProject'

export function accessHandlers({ actions, identity }: HandlerContext): Pick<Handlers, Access> {
  const { store } = actions
  return {
    async whoAmI({ caller: { tokenId, actor, role, project } }) {
      const row = await store.accessToken(tokenId)
      const { expiresAtMs } = row ?? {}
      return ok({ id: tokenId, name: actor, role, project, ...(expiresAtMs !== undefined && { expiresAtMs }) })
    },
    async listEnrolmentTokens({ caller }) {
      return ok({ items: (await store.enrolmentTokens(caller.project)).map(enrolmentTokenView) })
    },
    async createEnrolmentToken({ caller, body }) {
      const made = await createEnrolmentToken(actions, identity, caller, body)
      return isRefusal(made) ? made : ok(made)
    },
    async revokeEnrolmentToken({ caller, params }) {
      return (await revokeEnrolmentToken(actions, caller, params.id)) ?? ok(undefined)
    },
    async listAccessTokens({ caller }) {
      return ok({ items: (await store.accessTokens(caller.project)).map(accessTokenView) })
    },
    async createAccessToken({ caller, body }) {
      return ok(await createAccessToken(actions, identity, caller, body))
    },
    async revokeAccessToken({ caller, params }) {
      return (await revokeAccessToken(actions, caller, params.id)) ?? ok(undefined)
    },
    async listProjects({ caller }) {
      return ok({ items: await listProjects(actions, caller) })
    },
    async createProject({ caller, body }) {
      const made = await createProject(actions, identity, caller, body.name)
      return isRefusal(made) ? made : ok(made)
    },
  }
}
