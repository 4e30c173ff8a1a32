import { Duplex } from 'node:stream'
import type { DeviceId } from '@ocelli/schemas/ids'
import { MESSAGES } from '@ocelli/schemas/messages/index'
import { holderOf, mayPublish, mayRetain, maySubscribe } from '@ocelli/server/mqtt/access'
import { CloneWatch } from '@ocelli/server/mqtt/clone-watch'
import { boundPackets, PacketBound } from '@ocelli/server/mqtt/packet-bound'
import mqttPacket from 'mqtt-packet'
import { describe, expect, test } from 'vitest'
import { seeded } from '../support/hostile-uploads.ts'

const A = 'd-aaaaaaaaaaaaaaaa' as DeviceId

describe('packet size', () => {
  const publish = (bytes: number) =>
    mqttPacket.generate({ cmd: 'publish', topic: 't', payload: Buffer.alloc(bytes), qos: 0, dup: false, retain: false })

  test('packets within the limit pass, however they are cut', () => {
    const stream = Buffer.concat([
      ...[0, 1, 100, 124, 125, 126, 500].map(publish),
      mqttPacket.generate({ cmd: 'pingreq' }),
    ])
    const chance = seeded(3)
    for (let round = 0; round < 50; round++) {
      const bound = new PacketBound(1000)
      for (let at = 0; at < stream.length; ) {
        const end = Math.min(stream.length, at + 1 + Math.floor(chance() * 40))
        expect(bound.accept(stream.subarray(at, end))).toBe(true)
        at = end
      }
    }
  })

  test('the first that is too long is refused by its header alone', () => {
    const long = publish(2000)
    expect(new PacketBound(1000).accept(long.subarray(0, 3))).toBe(false)
    const bound = new PacketBound(1000)
    expect(bound.accept(publish(10))).toBe(true)
    expect(bound.accept(long.subarray(0, 1))).toBe(true)
    expect(bound.accept(long.subarray(1, 3))).toBe(false)
    // Exactly at the limit: the body is 1000 bytes, of which topic and its length take three.
    expect(new PacketBound(1000).accept(publish(997))).toBe(true)
    expect(new PacketBound(1000).accept(publish(998))).toBe(false)
  })

  test('a length of five bytes is malformed [MQTT-2.2.3]', () => {
    expect(new PacketBound(2 ** 40).accept(Uint8Array.of(0x30, 0x80, 0x80, 0x80, 0x80, 0x00))).toBe(false)
    expect(new PacketBound(2 ** 40).accept(Uint8Array.of(0x30, 0xff, 0xff, 0xff, 0x7f))).toBe(true)
  })

  test('a refused packet ends the connection before it is parsed', async () => {
    const connection = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() })
    connection.on('error', () => {})
    let refused = 0
    boundPackets(connection, 10, () => refused++)
    const parsed: unknown[] = []
    connection.on('readable', () => parsed.push(connection.read()))
    connection.push(publish(100))
    await new Promise((resolve) => connection.once('close', resolve))
    expect([refused, parsed.filter((chunk) => chunk !== null)]).toEqual([1, []])
  })
})

describe('clones', () => {
  test('a device that comes back is none, one that is fought over is, once', () => {
    const watch = new CloneWatch()
    expect(watch.takeover(A, 0)).toBe(false)
    expect(watch.takeover(A, 120_000)).toBe(false)
    expect(watch.takeover(A, 240_000)).toBe(false)
    expect(watch.takeover(A, 241_000)).toBe(false)
    expect(watch.takeover(A, 242_000)).toBe(true)
    expect(watch.takeover(A, 243_000)).toBe(false)
    expect(watch.takeover(A, 800_000)).toBe(false)
    expect([watch.takeover(A, 901_000), watch.takeover(A, 902_000), watch.takeover(A, 903_000)]).toEqual([
      false,
      false,
      true,
    ])
  })
})

describe('access', () => {
  test('a common name is a device, the server, or nobody', () => {
    expect(holderOf(A)).toEqual({ kind: 'device', device: A })
    expect(holderOf('ocelli-server')).toEqual({ kind: 'server' })
    for (const odd of ['', 'admin', 'd-+', 'd-#', 'd-aaaaaaaaaaaaaaa', `${A}/x`]) expect(holderOf(odd)).toBeUndefined()
  })

  test('wildcards beyond the own commands, shared and system topics are refused', () => {
    const device = { kind: 'device', device: A } as const
    const own = `ocelli/v1/${A}`
    expect(maySubscribe(device, `${own}/command/#`)).toBe(true)
    expect(maySubscribe(device, `${own}/desired`)).toBe(true)
    for (const filter of [`${own}/#`, `${own}/+`, `${own}/command/+`, '#', `$share/g/${own}/desired`, '$SYS/#']) {
      expect(maySubscribe(device, filter), filter).toBe(false)
    }
    expect(mayPublish({ kind: 'server' }, '$SYS/x')).toBe(false)
    expect(maySubscribe({ kind: 'server' }, '$share/g/#')).toBe(false)
  })

  test('only documented topics are kept, each within its limit', () => {
    expect(mayRetain(`ocelli/v1/${A}/presence`, 100)).toBe(true)
    expect(mayRetain(`ocelli/v1/${A}/presence`, MESSAGES.presence.maxBytes + 1)).toBe(false)
    expect(mayRetain(`ocelli/v1/${A}/image/i/x`, 1)).toBe(false)
    expect(mayRetain(`ocelli/v1/${A}/telemetry`, 1)).toBe(false)
    expect(mayRetain('x', 1)).toBe(false)
  })
})
