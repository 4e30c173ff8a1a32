/** Projects: tenants of one installation, each with devices, components, deployments and tokens of its own. */

import { ProjectId } from '../ids.ts'
import { type Static, Type } from '../typebox.ts'
import { Whole } from '../units.ts'
import { CreatedAccessToken } from './access.ts'
import { closed, listOf } from './query.ts'

/** Its administrators look after the whole installation: other projects, trust, the broker. */
export const INSTALLATION_PROJECT = 'default'

export const ProjectInfo = Type.Object(
  {
    name: ProjectId,
    devices: Whole('Devices enrolled'),
    deployments: Whole('Deployments in force'),
  },
  { $id: 'ProjectInfo', description: 'A project at a glance' },
)
export type ProjectInfo = Static<typeof ProjectInfo>
export const ProjectList = listOf(ProjectInfo, 'Projects that the token may see')

export const CreateProject = Type.Object({ name: ProjectId }, { ...closed, $id: 'CreateProject' })
export type CreateProject = Static<typeof CreateProject>

export const CreatedProject = Type.Object(
  { name: ProjectId, administrator: CreatedAccessToken },
  { $id: 'CreatedProject', description: 'A new project with the token of its first administrator, shown once' },
)
export type CreatedProject = Static<typeof CreatedProject>
