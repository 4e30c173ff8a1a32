/** Projects of the installation. A project is there as soon as it has a token: whoever holds that can fill it. */
import { type CreatedProject, INSTALLATION_PROJECT, type ProjectInfo } from '@ocelli/schemas/api/project'
import type { ProjectId } from '@ocelli/schemas/ids'
import { type Refusal, refusal } from '../domain/refusal.ts'
import type { Caller } from './caller.ts'
import type { ActionContext, IdentityContext } from './context.ts'
import { createAccessToken } from './tokens.ts'

/** In order of name; a project other than `default` sees itself alone. */
export async function listProjects({ store }: ActionContext, { project }: Caller): Promise<ProjectInfo[]> {
  const names = project === INSTALLATION_PROJECT ? await store.projects() : [project]
  return Promise.all(
    names.map(async (name) => {
      const [devices, deployments] = await Promise.all([store.devices(name), store.deployments(name)])
      return { name, devices: devices.length, deployments: deployments.length }
    }),
  )
}

/** Refuses `request.conflict` where the name is taken. */
export async function createProject(
  context: ActionContext,
  identity: IdentityContext,
  caller: Caller,
  name: ProjectId,
): Promise<CreatedProject | Refusal> {
  if ((await context.store.projects()).includes(name)) {
    return refusal('request.conflict', `project ${name} exists already`)
  }
  const administrator = { name: 'administrator', role: 'admin' } as const
  const created = await createAccessToken(context, identity, { ...caller, project: name }, administrator)
  return { name, administrator: created }
}
