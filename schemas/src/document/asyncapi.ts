/** The AsyncAPI 3 document of the wire, made from the message definitions. */
import { MAX_IMAGE_BYTES, MESSAGES } from '../messages/index.ts'
import { DEVICE_GUIDE } from './device-guide.ts'
import { embedded, type JsonSchema, namedSchemas } from './json-schema.ts'

/** Values and their titles by message name, read from `schemas/examples`. */
export type Examples = Readonly<Record<string, readonly { readonly title: string; readonly value: unknown }[]>>

export function asyncApi(version: string, examples: Examples): JsonSchema {
  const schemas = Object.fromEntries(Object.entries(namedSchemas()).map(([name, schema]) => [name, embedded(schema)]))
  const channels: JsonSchema = {}
  const operations: JsonSchema = {}
  const messages: JsonSchema = {}

  for (const message of Object.values(MESSAGES)) {
    const parameters: JsonSchema = { device: { description: 'Device id, given at enrolment' } }
    if (message.topic.includes('{command}')) parameters.command = { description: 'Command id' }
    channels[message.name] = {
      address: `ocelli/v1/{device}/${message.topic}`,
      description: message.description,
      parameters,
      messages: { [message.name]: { $ref: `#/components/messages/${message.name}` } },
      'x-max-bytes': message.maxBytes,
    }
    operations[message.name] = {
      // Written from the device's side: the document is for those who write one.
      action: message.from === 'deviceToServer' ? 'send' : 'receive',
      channel: { $ref: `#/channels/${message.name}` },
      messages: [{ $ref: `#/channels/${message.name}/messages/${message.name}` }],
      bindings: { mqtt: { qos: message.qos, retain: message.retained, bindingVersion: '0.2.0' } },
    }
    messages[message.name] = {
      name: message.name,
      contentType: 'application/json',
      payload: { $ref: `#/components/schemas/${String((message.schema as { $id?: string }).$id)}` },
      examples: (examples[message.name] ?? []).map(({ title, value }) => ({ summary: title, payload: value })),
    }
  }

  channels.image = {
    address: 'ocelli/v1/{device}/image/{instance}/{name}',
    description: 'The last image of a name; the only way out for pixels.',
    parameters: {
      device: { description: 'Device id' },
      instance: { description: 'Instance id' },
      name: { description: 'Name given by the component' },
    },
    messages: { image: { $ref: '#/components/messages/image' } },
    'x-max-bytes': MAX_IMAGE_BYTES,
  }
  operations.image = {
    action: 'send',
    channel: { $ref: '#/channels/image' },
    messages: [{ $ref: '#/channels/image/messages/image' }],
    bindings: { mqtt: { qos: 0, retain: false, bindingVersion: '0.2.0' } },
  }
  messages.image = { name: 'image', contentType: 'image/jpeg', payload: { type: 'string', format: 'binary' } }

  return {
    asyncapi: '3.0.0',
    info: { title: 'Ocelli device wire', version, description: DEVICE_GUIDE, license: { name: 'Apache-2.0' } },
    defaultContentType: 'application/json',
    servers: {
      broker: {
        host: '{host}:8883',
        protocol: 'mqtts',
        protocolVersion: '3.1.1',
        description: 'The address is `mqttUrl` of EnrolResponse',
        variables: { host: { description: 'Host of the broker', default: 'localhost' } },
        security: [{ type: 'X509', description: 'The device certificate' }],
      },
    },
    channels,
    operations,
    components: { messages, schemas },
  }
}
