/** The certificate roots of the installation: one, or two while one replaces the other. */

import { ProjectId } from '../ids.ts'
import { type Static, Type } from '../typebox.ts'
import { WallMs, Whole } from '../units.ts'
import { closed } from './query.ts'

const Sha256 = Type.String({ pattern: '^[0-9a-f]{64}$', description: 'SHA-256 of the root certificate (DER)' })

export const RootsInfo = Type.Object(
  {
    current: Type.Object({ sha256: Sha256 }, { description: 'The root that the server presents' }),
    next: Type.Optional(
      Type.Object(
        {
          sha256: Sha256,
          sinceMs: WallMs('When it was made'),
          keyFile: Type.Optional(
            Type.String({ description: 'Name of its key file, told once: move it off the server' }),
          ),
          devices: Whole('Devices that hold a certificate'),
          waiting: Whole('Of these, devices that have yet to renew, and so do not know it'),
          waitingNames: Type.Array(Type.Object({ project: ProjectId, name: Type.String() }), {
            maxItems: 100,
            description: 'The first of them',
          }),
        },
        { description: 'The root that replaces it' },
      ),
    ),
  },
  { $id: 'RootsInfo' },
)
export type RootsInfo = Static<typeof RootsInfo>

export const RetireRoot = Type.Object(
  {
    force: Type.Optional(
      Type.Boolean({ description: 'Although devices have yet to renew: they can come back as new hardware only' }),
    ),
  },
  { ...closed, $id: 'RetireRoot' },
)
export type RetireRoot = Static<typeof RetireRoot>
