/** A hundred clients publish a hundred QoS 1 messages each and close; argument: `ours` or `default`, the emitter of the broker. */
import { connect, createServer } from 'node:net'
import { Emitter } from '@ocelli/server/mqtt/emitter'
import { Aedes } from 'aedes'
import mqttPacket from 'mqtt-packet'

const CLIENTS = 100
const MESSAGES = 100

const aedes = new Aedes(process.argv[2] === 'ours' ? { mq: new Emitter() } : {})
await aedes.listen()
const server = createServer((socket) => void aedes.handle(socket))
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
const address = server.address()
const port = typeof address === 'object' && address !== null ? address.port : 0

async function client(index: number): Promise<void> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  const clientId = `client-${index}`
  socket.write(
    mqttPacket.generate({
      cmd: 'connect',
      protocolId: 'MQTT',
      protocolVersion: 4,
      clientId,
      clean: true,
      keepalive: 0,
    }),
  )
  await new Promise((resolve) => socket.once('data', resolve))
  const subscribed = new Promise((resolve) => socket.once('data', resolve))
  const subscriptions = [{ topic: 't/#', qos: 1 as const }]
  socket.write(mqttPacket.generate({ cmd: 'subscribe', messageId: 1, subscriptions }))
  await subscribed
  const packets = Array.from({ length: MESSAGES }, (_, number) =>
    mqttPacket.generate({
      cmd: 'publish',
      topic: `t/${index}`,
      payload: 'x',
      qos: 1,
      messageId: number + 1,
      dup: false,
      retain: false,
    }),
  )
  // What waits for a listener that is gone is what the default emitter recurses over.
  const gone = new Promise((resolve) => socket.once('close', resolve))
  const answered = new Promise((resolve) => socket.once('data', resolve))
  socket.write(Buffer.concat(packets))
  await answered
  socket.destroy()
  await gone
}

await Promise.all(Array.from({ length: CLIENTS }, (_, index) => client(index)))
await new Promise<void>((resolve) => aedes.close(() => resolve()))
await new Promise<void>((resolve) => server.close(() => resolve()))
