/** `reported`: what the device runs, written only by the agent. */

import { Digest, InstanceId, StreamId } from '../ids.ts'
import { defineMessage } from '../message.ts'
import { OpenEnum } from '../open-enum.ts'
import { type Static, Type } from '../typebox.ts'
import { Bytes, Text, WallMs, Whole } from '../units.ts'
import { ErrorReport } from './error-report.ts'
import { Generation } from './generation.ts'
import { Session } from './session.ts'

export const INSTANCE_STATES = [
  'waiting',
  'fetching',
  'preparing',
  'starting',
  'running',
  'backoff',
  'crashLoop',
  'refused',
  'completed',
  'stopping',
] as const

/** Last log lines of a run that failed: enough to see why, small enough for a report of many instances. */
const LastLogs = Type.Array(Text('Level, context and message of one line', 256), {
  maxItems: 10,
  description: 'Last log lines of the run that failed, oldest first',
})

export const ReportedInstance = Type.Object({
  id: InstanceId,
  revision: Whole('Revision it runs or is moving to', 1),
  realisation: Text('Name of the realisation', 64),
  digest: Digest,
  state: OpenEnum(
    INSTANCE_STATES,
    'waiting: for its imager or for another step; refused: this agent will not run it (see error); crashLoop: given up',
  ),
  healthy: Type.Boolean({ description: 'Running for at least its healthyForMs' }),
  sinceMs: WallMs('When it entered this state, by the device'),
  restarts: Whole('Restarts since this revision started'),
  exitCode: Type.Optional(Type.Integer({ description: 'Of a task that ended' })),
  framesHandled: Type.Optional(Whole('Frames its component took')),
  framesDropped: Type.Optional(Whole('Frames it missed while busy')),
  outputDroppedBytes: Type.Optional(Bytes('Output refused because the budget was spent')),
  logLinesCut: Type.Optional(
    Whole('Log lines cut by the limits on logs and on output since the instance was first started by this agent run'),
  ),
  memoryBytes: Type.Optional(Bytes('Linear memory in use')),
  error: Type.Optional(ErrorReport),
  logs: Type.Optional(LastLogs),
  fellBack: Type.Optional(
    Type.Object(
      {
        revision: Whole('Revision that failed and is not tried again', 1),
        error: ErrorReport,
        atMs: WallMs('When the device went back, by the device'),
        logs: Type.Optional(LastLogs),
      },
      {
        description:
          'The device went back by itself: `revision`, `realisation` and `digest` of the instance name what really runs. Kept until another revision, configuration or component is asked for',
      },
    ),
  ),
})
export type ReportedInstance = Static<typeof ReportedInstance>

export const Reported = Type.Object(
  {
    session: Session,
    atMs: WallMs('When this was true, by the device'),
    generation: Type.Optional(Generation),
    refused: Type.Optional(
      Type.Object(
        { generation: Type.Optional(Generation), error: ErrorReport },
        { description: 'The last desired state that was refused' },
      ),
    ),
    trustVersion: Whole('Version of the trust document held'),
    instances: Type.Array(ReportedInstance, { maxItems: 256 }),
    outbox: Type.Object({
      stream: StreamId,
      offered: Whole('Records put out since the agent started'),
      accepted: Whole('Of these, on disk'),
      held: Whole('Records on disk that the server has not acknowledged'),
      heldBytes: Bytes('Their size'),
      lost: Whole('Records dropped in this stream because the outbox was full'),
    }),
  },
  { $id: 'Reported', description: 'What the device runs' },
)
export type Reported = Static<typeof Reported>

export const reported = defineMessage({
  name: 'reported',
  schema: Reported,
  from: 'deviceToServer',
  topic: 'reported',
  qos: 1,
  retained: true,
  maxBytes: 131_072,
  description: 'Sent after each connect and whenever an instance changes state, at most once a second.',
})
