/** `command/<id>` and `result/<id>`: a one-off request; never part of desired state. */

import { InstanceId } from '../ids.ts'
import { defineMessage } from '../message.ts'
import { OpenEnum } from '../open-enum.ts'
import { type Static, Type } from '../typebox.ts'
import { Millis, Text, Whole } from '../units.ts'
import { ErrorReport } from './error-report.ts'

export const Command = Type.Object(
  {
    start: Whole('Start counter of the session it is meant for; another run of the agent ignores it', 1),
    timeoutMs: Millis('How long the result is waited for, counted from arrival', 1),
    action: OpenEnum(
      ['call', 'restart', 'snapshot'],
      'call: the command handler of the instance; restart: the instance; snapshot: publishes the next frame of its imager as an image of the instance, where it was granted images',
    ),
    instance: InstanceId,
    name: Type.Optional(
      Text('call: name given to the command handler; snapshot: name of the image, `snapshot` where absent', 128),
    ),
    input: Type.Optional(Type.String({ maxLength: 49_152, description: 'Input given to the command handler' })),
  },
  { $id: 'Command', description: 'A one-off request' },
)
export type Command = Static<typeof Command>

export const command = defineMessage({
  name: 'command',
  schema: Command,
  from: 'serverToDevice',
  topic: 'command/{command}',
  qos: 1,
  retained: false,
  maxBytes: 65_536,
  description: 'The same id is done at most once.',
})

export const Result = Type.Object(
  {
    outcome: OpenEnum(['done', 'failed', 'refused'], 'done: output holds the answer; refused: not tried'),
    output: Type.Optional(
      Type.String({
        maxLength: 49_152,
        description: 'Answer of the command handler; of a snapshot, the name of the image',
      }),
    ),
    error: Type.Optional(ErrorReport),
  },
  { $id: 'Result', description: 'What became of a command' },
)
export type Result = Static<typeof Result>

export const result = defineMessage({
  name: 'result',
  schema: Result,
  from: 'deviceToServer',
  topic: 'result/{command}',
  qos: 1,
  retained: false,
  maxBytes: 65_536,
  description: 'Answers a command.',
})
