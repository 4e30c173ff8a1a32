/** Configuration of an external broker, so that it keeps devices apart as the embedded one does. */
import { type Static, Type } from '../typebox.ts'
import { closed } from './query.ts'

const Port = (description: string) => Type.Integer({ minimum: 1, maximum: 65_535, description })
/** What goes into a line of the configuration: no space, no line break, nothing that means something there. */
const Host = Type.String({ pattern: '^[A-Za-z0-9.:*-]{1,253}$', description: 'A host name or an address' })

export const BrokerConfigRequest = Type.Object(
  {
    kind: Type.Literal('mosquitto'),
    directory: Type.String({
      pattern: '^/[A-Za-z0-9._/-]{0,200}$',
      description: "Folder on the broker's machine that will hold the files",
    }),
    listen: Type.String({ pattern: '^[A-Za-z0-9.:-]{1,64}$', description: 'Address on which the broker listens' }),
    devicePort: Port('Listener for devices'),
    serverPort: Port('Listener for servers; keep it away from devices'),
    names: Type.Array(Host, {
      minItems: 1,
      maxItems: 32,
      description: 'Names and addresses under which devices and servers reach the broker',
    }),
  },
  { ...closed, $id: 'BrokerConfigRequest' },
)
export type BrokerConfigRequest = Static<typeof BrokerConfigRequest>

export const BrokerConfig = Type.Object(
  {
    files: Type.Array(
      Type.Object({
        name: Type.String({ description: 'Name within the folder' }),
        content: Type.String(),
        secret: Type.Boolean({ description: 'True where the broker alone may read it' }),
      }),
      { description: 'The main configuration first' },
    ),
    expiresAtMs: Type.Integer({ description: "End of the broker's certificate, in milliseconds since 1970 (UTC)" }),
  },
  { $id: 'BrokerConfig', description: 'All files that the broker needs, its certificate and key included' },
)
export type BrokerConfig = Static<typeof BrokerConfig>
