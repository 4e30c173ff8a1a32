/** `presence`: whether the device is there; its last will says `lost`. */

import { defineMessage } from '../message.ts'
import { OpenEnum } from '../open-enum.ts'
import { type Static, Type } from '../typebox.ts'
import { Text, WallMs } from '../units.ts'
import { Session } from './session.ts'

export const Presence = Type.Object(
  {
    state: OpenEnum(['online', 'offline', 'lost'], 'online; offline: said goodbye; lost: last will'),
    session: Session,
    wakeAtMs: Type.Optional(WallMs('When a device that said goodbye means to be back')),
    agentVersion: Type.Optional(Text('Version of the agent', 32)),
  },
  { $id: 'Presence', description: 'Whether the device is there' },
)
export type Presence = Static<typeof Presence>

export const presence = defineMessage({
  name: 'presence',
  schema: Presence,
  from: 'deviceToServer',
  topic: 'presence',
  qos: 1,
  retained: true,
  maxBytes: 1024,
  description:
    'Sent after each connect with state online, before a planned disconnect with offline; the last will is lost. A message of an older session is ignored.',
})
