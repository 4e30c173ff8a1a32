/** The network of the deterministic simulation does what a network may do, and nothing else. */
import type { DeviceId } from '@ocelli/schemas/ids'
import { topics } from '@ocelli/schemas/topics'
import { createVirtualClock } from '@ocelli/simulator/virtual-clock'
import { describe, expect, test } from 'vitest'
import { seeded } from '../support/hostile-uploads.ts'
import { MemoryNetwork, type NetworkFaults, NO_FAULTS } from '../support/memory-network.ts'

const A = 'd-aaaaaaaaaaaaaaaa' as DeviceId
const B = 'd-bbbbbbbbbbbbbbbb' as DeviceId
const HOSTILE: NetworkFaults = { breakRate: 0.03, loseRate: 0.03, duplicateRate: 0.1, minDelayMs: 1, maxDelayMs: 400 }

function world(seed: number, faults: NetworkFaults = NO_FAULTS) {
  const virtual = createVirtualClock()
  const clock = {
    monotonicMs: () => Number(virtual.monotonicNanos() / 1_000_000n),
    setTimer: (delayMs: number, fn: () => void) => virtual.setTimer(delayMs, fn),
  }
  const network = new MemoryNetwork({ clock, chance: seeded(seed), faults })
  const trace: string[] = []
  /** Goes on in small steps, so that promises settle in between. */
  const advance = async (durationMs: number) => {
    for (let left = durationMs; left > 0; left -= 50) {
      virtual.advance(Math.min(50, left))
      await Promise.resolve()
    }
  }
  const bus = network.bus()
  const open = () =>
    bus.open({
      onMessage: ({ topic, payload }) => trace.push(`${topic.split('/').slice(2).join('/')}=${Buffer.from(payload)}`),
      onUp: () => trace.push('bus up'),
      onDown: () => trace.push('bus down'),
    })
  const session = (device: DeviceId) => {
    const received: string[] = []
    const link = network.link(device).open({
      clientId: device,
      will: { topic: topics.presence(device), payload: Buffer.from('lost'), qos: 1, retained: true },
      subscriptions: [topics.desired(device), topics.ack(device), topics.desired(device === A ? B : A), '#'],
      keepAliveMs: 30_000,
      onMessage: ({ topic, payload }) =>
        received.push(`${topic.split('/').slice(2).join('/')}=${Buffer.from(payload)}`),
      onUp: () => trace.push(`${device} up`),
      onDown: (reason) => trace.push(`${device} down: ${reason}`),
    })
    return { link, received }
  }
  return { network, bus, open, session, trace, advance }
}

const send = { qos: 1, retained: false } as const

async function busyRun(seed: number, faults: NetworkFaults) {
  const { bus, open, session, trace, advance } = world(seed, faults)
  await open()
  const { link, received } = session(A)
  await advance(2_000)
  const confirmed: number[] = []
  for (let index = 0; index < 200; index++) {
    for (const topic of [topics.telemetry(A), topics.reported(A)]) {
      void link.publish(topic, Buffer.from(String(index)), send).then((taken) => taken && confirmed.push(index))
    }
    void bus.publish(topics.ack(A), Buffer.from(String(index)), send)
    await advance(100)
  }
  await advance(60_000)
  return { trace, received, confirmed }
}

const numbers = (trace: readonly string[], topic: string) =>
  trace.filter((line) => line.startsWith(`${topic}=`)).map((line) => Number(line.slice(topic.length + 1)))

test('the same seed is the same run, another is another', async () => {
  const runs = await Promise.all([busyRun(5, HOSTILE), busyRun(5, HOSTILE), busyRun(6, HOSTILE)])
  expect(runs[1]).toEqual(runs[0])
  expect(runs[2]?.trace).not.toEqual(runs[0]?.trace)
})

test.each([1, 2, 3, 4, 5])('faults lose, double and reorder, yet never within a topic (seed %i)', async (seed) => {
  const { trace, received } = await busyRun(seed, HOSTILE)
  for (const seen of [
    numbers(trace, `${A}/telemetry`),
    numbers(trace, `${A}/reported`),
    numbers(received, `${A}/ack`),
  ]) {
    expect(seen).toEqual(seen.toSorted((a, b) => a - b))
    expect(new Set(seen).size).toBeLessThan(200)
    expect(new Set(seen).size).toBeGreaterThan(50)
    expect(seen.length).toBeGreaterThan(new Set(seen).size)
  }
  const both = trace.filter((line) => /(telemetry|reported)=/.test(line)).map((line) => Number(line.split('=')[1]))
  expect(both).not.toEqual(both.toSorted((a, b) => a - b))
  expect(trace.filter((line) => line === `${A} up`).length).toBeGreaterThan(1)
})

test('without faults everything arrives once', async () => {
  const { trace, received, confirmed } = await busyRun(1, NO_FAULTS)
  const all = Array.from({ length: 200 }, (_, index) => index)
  expect(numbers(trace, `${A}/telemetry`)).toEqual(all)
  expect(numbers(received, `${A}/ack`)).toEqual(all)
  expect(confirmed).toHaveLength(400)
})

describe('what happens to connections', () => {
  test('a partition holds everything back, is noticed by silence, and heals', async () => {
    const { network, bus, open, session, trace, received, advance } = { ...world(1), received: [] as string[] }
    await open()
    const one = session(A)
    await advance(1_000)
    network.partition(A)
    const taken = one.link.publish(topics.telemetry(A), Buffer.from('cut'), send)
    void bus.publish(topics.ack(A), Buffer.from('cut'), send)
    await advance(1_000)
    expect(await taken).toBe(false)
    await advance(60_000)
    expect(trace).toContain(`${A} down: silence`)
    expect(trace).toContain(`${A}/presence=lost`)
    network.heal(A)
    await advance(60_000)
    expect(trace.at(-1)).toBe(`${A} up`)
    expect([...one.received, ...received]).toEqual([])
  })

  test('a killed device is silent, and its last will follows', async () => {
    const { network, open, session, trace, advance } = world(1)
    await open()
    const { link } = session(A)
    await advance(1_000)
    network.kill(A)
    expect(await link.publish(topics.telemetry(A), Buffer.from('ghost'), send)).toBe(false)
    await advance(100_000)
    expect(trace).toEqual(['bus up', `${A} up`, `${A}/presence=lost`])
  })

  test('a broker that restarts forgets what was retained, unless it kept it', async () => {
    for (const keepRetained of [true, false]) {
      const { network, bus, open, session, trace, advance } = world(1)
      await open()
      await advance(100)
      void bus.publish(topics.desired(A), Buffer.from('state'), { qos: 1, retained: true })
      await advance(100)
      network.restartBroker({ keepRetained, downMs: 3_000 })
      await advance(60_000)
      expect(trace).toEqual(['bus up', 'bus down', 'bus up'])
      const { received } = session(A)
      await advance(1_000)
      expect(received).toEqual(keepRetained ? [`${A}/desired=state`] : [])
    }
  })

  test('a killed server hears nothing, and the next one hears what is retained', async () => {
    const { network, bus, open, session, trace, advance } = world(1)
    await open()
    const { link } = session(A)
    await advance(1_000)
    network.killServer()
    void link.publish(topics.presence(A), Buffer.from('online'), { qos: 1, retained: true })
    await advance(1_000)
    expect(await bus.publish(topics.ack(A), Buffer.from('x'), send)).toBe(false)
    expect(trace).toEqual(['bus up', `${A} up`])
    const heard: string[] = []
    await network.bus().open({
      onMessage: ({ payload, retained }) => heard.push(`${Buffer.from(payload)} ${retained}`),
      onUp: () => {},
      onDown: () => {},
    })
    await advance(1_000)
    expect(heard).toEqual(['online true'])
  })

  test('access is by device: others’ topics end the connection, others’ messages never come', async () => {
    const { bus, open, session, trace, advance } = world(1)
    await open()
    const [one, other] = [session(A), session(B)]
    await advance(1_000)
    void bus.publish(topics.desired(B), Buffer.from('for b'), send)
    await advance(1_000)
    expect([one.received, other.received]).toEqual([[], [`${B}/desired=for b`]])
    expect(await one.link.publish(topics.presence(B), Buffer.from('lie'), send)).toBe(false)
    await advance(1_000)
    expect(trace).toContain(`${A} down: may not publish to ${topics.presence(B)}`)
    expect(trace).not.toContain(`${B}/presence=lie`)
  })
})
