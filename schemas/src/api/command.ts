/** One-off requests to an instance. */

import { CommandId, DeviceId, InstanceId } from '../ids.ts'
import { ErrorReport } from '../messages/error-report.ts'
import { type Static, Type } from '../typebox.ts'
import { WallMs } from '../units.ts'
import { closed, DeviceKey } from './query.ts'

export const SendCommand = Type.Object(
  {
    instance: InstanceId,
    action: Type.Union([Type.Literal('call'), Type.Literal('restart'), Type.Literal('snapshot')]),
    name: Type.Optional(
      Type.String({
        maxLength: 128,
        description: 'Given to the command handler; of a snapshot, the name of the image, `snapshot` where absent',
      }),
    ),
    input: Type.Optional(Type.String({ maxLength: 49_152, description: 'Given to the command handler' })),
    timeoutMs: Type.Optional(
      Type.Integer({
        minimum: 100,
        maximum: 600_000,
        description: 'How long the result is waited for; 10000 where absent',
      }),
    ),
  },
  { ...closed, $id: 'SendCommand' },
)
export type SendCommand = Static<typeof SendCommand>

export const CommandInfo = Type.Object(
  {
    id: CommandId,
    device: DeviceId,
    instance: InstanceId,
    action: Type.String(),
    state: Type.Union(
      [
        Type.Literal('waiting'),
        Type.Literal('done'),
        Type.Literal('failed'),
        Type.Literal('refused'),
        Type.Literal('expired'),
      ],
      { description: 'expired: no result came in time; it may have been done all the same' },
    ),
    sentAtMs: WallMs('When it was sent'),
    endedAtMs: Type.Optional(WallMs('When the result came or the time ran out')),
    output: Type.Optional(Type.String()),
    error: Type.Optional(ErrorReport),
  },
  { $id: 'CommandInfo' },
)
export type CommandInfo = Static<typeof CommandInfo>

export const CommandParams = Type.Object({ device: DeviceKey, command: CommandId }, closed)
export const CommandQuery = Type.Object(
  {
    waitMs: Type.Optional(Type.Integer({ minimum: 0, maximum: 60_000, description: 'Wait this long for the result' })),
  },
  closed,
)
