/** The small rules behind the host interfaces: regions, budgets, lines, texts, state. */

import type { Output } from '@ocelli/agent/runtime/host'
import { clipText } from '@ocelli/agent/runtime/interfaces/clip-text'
import type { GuestContext } from '@ocelli/agent/runtime/interfaces/guest-context'
import { measurementsInterface } from '@ocelli/agent/runtime/interfaces/measurements'
import { OutputGate } from '@ocelli/agent/runtime/interfaces/output-gate'
import { guestPlane, lumaRegion } from '@ocelli/agent/runtime/interfaces/pixels'
import { stateInterface } from '@ocelli/agent/runtime/interfaces/state'
import { TokenBucket } from '@ocelli/agent/runtime/interfaces/token-bucket'
import { CLOSED_WASI_INTERFACES, offerFor, pathOf } from '@ocelli/agent/runtime/offered'
import { closedWasi } from '@ocelli/agent/runtime/wasi/closed-wasi'
import { LineWriter } from '@ocelli/agent/runtime/wasi/line-writer'
import { describe, expect, test } from 'vitest'
import { MemoryState } from '../support/runtime-harness.ts'

const SECOND = 1_000_000_000n

function gateWith(outputBytesPerSecond: number) {
  const accepted: Output[] = []
  const clock = { nanos: 0n }
  const gate = new OutputGate({
    outputBytesPerSecond,
    imager: undefined,
    monotonicNanos: () => clock.nanos,
    accept: (output) => accepted.push(output),
  })
  return { gate, accepted, clock }
}

const line = (message: string): Output => ({ kind: 'log', level: 'info', context: 'test', message })

describe('the output budget', () => {
  test('saves up ten seconds, then lets through its rate', () => {
    const bucket = new TokenBucket(100, 1000, 0n)
    expect(bucket.take(1000, 0n)).toBe(0)
    expect(bucket.take(100, 0n)).toBe(1000)
    expect(bucket.take(50, SECOND / 2n)).toBe(0)
    expect(bucket.take(1000, 60n * SECOND)).toBe(0)
    expect(bucket.take(1, 60n * SECOND)).toBe(10)
  })

  test('says once in ten seconds what it refused', () => {
    const { gate, accepted, clock } = gateWith(100)
    for (let count = 0; count < 50; count++) gate.publish(line('x'.repeat(100)))
    const notes = () => accepted.filter((output) => output.kind === 'log' && output.context === 'host').length
    expect(notes()).toBe(1)
    expect(gate.droppedBytes).toBeGreaterThan(40 * 100)
    clock.nanos += 11n * SECOND
    for (let count = 0; count < 50; count++) gate.publish(line('x'.repeat(100)))
    expect(notes()).toBe(2)
  })

  test('log lines never take more than half, so that measurements have the rest, and every cut line is told', () => {
    const { gate, accepted, clock } = gateWith(1000)
    const measurement: Output = { kind: 'measurement', name: 'people', unit: '1', value: 1 }
    let refused = 0
    for (let second = 0; second < 60; second++) {
      for (let count = 0; count < 100; count++) gate.publish(line('x'.repeat(100)))
      for (let count = 0; count < 2; count++) if (gate.publish(measurement).tag === 'err') refused++
      clock.nanos += SECOND
    }
    gate.close()
    expect(refused).toBe(0)
    const logs = accepted.filter((output) => output.kind === 'log')
    const kept = logs.filter(({ context }) => context === 'test').length
    const told = logs.flatMap(({ message }) => Number(/^cut (\d+) log lines/.exec(message)?.[1] ?? 0))
    expect(gate.linesCut).toBe(60 * 100 - kept)
    expect(told.reduce((sum, count) => sum + count)).toBe(gate.linesCut)
    // One note in ten seconds, and one at the end.
    expect(told.filter((count) => count > 0).length).toBeLessThanOrEqual(7)
    // Half of 1000 bytes a second for a minute, and what was saved up before.
    expect(kept * 100).toBeLessThan(0.5 * 1000 * 70)
  })

  test('a flood of details leaves room for the errors that follow', () => {
    const { gate } = gateWith(1000)
    for (let count = 0; count < 500; count++) gate.publish({ ...line('detail'), level: 'debug' } as Output)
    expect(gate.publish(line('detail')).tag).toBe('ok')
    expect(gate.publish({ kind: 'log', level: 'debug', context: 'test', message: 'detail' }).tag).toBe('err')
    expect(gate.publish({ kind: 'log', level: 'error', context: 'test', message: 'why' }).tag).toBe('ok')
  })

  test('refuses for good a record that is larger than it ever takes', () => {
    const { gate } = gateWith(200)
    expect(gate.publish(line('x'.repeat(5000)))).toEqual({ tag: 'err', val: { tag: 'too-large', val: 1000 } })
    expect(gateWith(1_000_000).gate.publish(line('x'.repeat(50_000)))).toMatchObject({ val: { tag: 'too-large' } })
  })
})

describe('measurements', () => {
  const publish = (...values: unknown[]): unknown => {
    const { gate } = gateWith(100_000)
    const context = { outputs: gate } as GuestContext
    const call = measurementsInterface(context).publish
    return typeof call === 'function' ? call(...values) : undefined
  }

  test.each([
    [['People', '1', 1, []], /name "People"/],
    [['', '1', 1, []], /name ""/],
    [['people', '', 1, []], /unit has 0 bytes/],
    [['people', '1', Number.NaN, []], /value NaN is not finite/],
    [['people', '1', 1, Array(9).fill({ key: 'a', value: '' })], /9 labels/],
    [['people', '1', 1, [{ key: 'a', value: 'x'.repeat(65) }]], /label a has 65 bytes/],
  ])('refuses %j', (values, problem) => {
    expect(publish(...values)).toEqual({ tag: 'err', val: { tag: 'invalid', val: expect.stringMatching(problem) } })
  })

  test('takes a valid one', () => {
    expect(publish('people', '1', 4, [{ key: 'zone', value: 'Ä' }])).toEqual({ tag: 'ok', val: undefined })
  })
})

describe('planes', () => {
  const bytes = Uint8Array.from({ length: 96 }, (_, index) => index)

  test('gray8, every second pixel of every second row', () => {
    const shape = { widthPixels: 12, heightPixels: 8, format: 'gray8' as const }
    expect([...lumaRegion(bytes, shape, { x: 1, y: 2, width: 5, height: 3 }, 2)]).toEqual([25, 27, 29, 49, 51, 53])
    expect([...lumaRegion(bytes, shape, { x: 10, y: 7, width: 2, height: 1 }, 1)]).toEqual([94, 95])
  })

  test('ten bits lose their two lowest, colours are weighted, a mosaic is averaged', () => {
    const region = { x: 0, y: 0, width: 2, height: 1 }
    const gray10 = Uint8Array.from([0xff, 0x03, 0x00, 0x02])
    expect([...lumaRegion(gray10, { widthPixels: 2, heightPixels: 1, format: 'gray10' }, region, 1)]).toEqual([
      255, 128,
    ])
    const rgb = Uint8Array.from([255, 255, 255, 0, 255, 0])
    expect([...lumaRegion(rgb, { widthPixels: 2, heightPixels: 1, format: 'rgb8' }, region, 1)]).toEqual([255, 149])
    const mosaic = Uint8Array.from([200, 100, 100, 40])
    expect([...lumaRegion(mosaic, { widthPixels: 2, heightPixels: 2, format: 'bayer-rggb8' }, region, 1)]).toEqual([
      110, 110,
    ])
  })

  test('planar colour reaches guests interleaved', () => {
    const planar = Uint8Array.from([1, 2, 3, 4, 50, 60])
    expect([...guestPlane(planar, { widthPixels: 2, heightPixels: 2, format: 'yuv420' })]).toEqual([1, 2, 3, 4, 50, 60])
    const wide = Uint8Array.from([...Array(8).fill(9), 50, 51, 60, 61])
    expect([...guestPlane(wide, { widthPixels: 4, heightPixels: 2, format: 'yuv420' }).subarray(8)]).toEqual([
      50, 60, 51, 61,
    ])
  })
})

describe('text', () => {
  test('is cut between characters', () => {
    expect(clipText('aää', 4)).toBe('aä')
    expect(clipText('aää', 5)).toBe('aää')
    expect(clipText('€€', 2)).toBe('')
  })

  test('becomes lines, whole characters even when written byte by byte', () => {
    const lines: string[] = []
    const writer = new LineWriter((text) => lines.push(text))
    for (const byte of Buffer.from('grün\r\n\nrest')) writer.push(Uint8Array.of(byte))
    writer.flush()
    expect(lines).toEqual(['grün', '', 'rest'])
    writer.push(new Uint8Array(5000).fill(120))
    expect(lines[3]).toHaveLength(4096)
  })
})

describe('state', () => {
  const store = new MemoryState()
  const calls = stateInterface({ state: store } as unknown as GuestContext)
  const call = (name: string, ...values: unknown[]): unknown => {
    const found = calls[name]
    return typeof found === 'function' ? found(...values) : undefined
  }

  test('keeps within its limits and says which one was met', () => {
    expect(call('set', 'Bad Key', new Uint8Array(1))).toEqual({ tag: 'err', val: { tag: 'invalid-key' } })
    expect(call('set', 'big', new Uint8Array(65_537))).toEqual({ tag: 'err', val: { tag: 'too-large', val: 65_536 } })
    for (let index = 0; index < 15; index++) {
      expect(call('set', `k${index}`, new Uint8Array(65_536))).toMatchObject({ tag: 'ok' })
    }
    expect(call('set', 'last', new Uint8Array(65_536))).toEqual({
      tag: 'err',
      val: { tag: 'too-large', val: 1_048_576 },
    })
    expect(call('delete', 'k3')).toMatchObject({ tag: 'ok' })
    expect(call('set', 'last', new Uint8Array(65_536))).toMatchObject({ tag: 'ok' })
    expect(call('keys')).toMatchObject({ tag: 'ok', val: [...store.values.keys()].sort() })
  })
})

describe('closed WASI', () => {
  test('has every interface that is offered, and nothing of sockets or HTTP', () => {
    const closed = closedWasi({
      writeLine: () => {},
      monotonicNanos: () => 0n,
      wallNanos: () => 0n,
      wait: () => {},
      randomBytes: (count) => new Uint8Array(count),
    })
    expect([...closed.keys()].sort()).toEqual(CLOSED_WASI_INTERFACES.map(pathOf).sort())
    expect(offerFor('wasi:sockets/tcp@0.2.0')).toBeUndefined()
    expect(offerFor('wasi:http/outgoing-handler@0.2.0')).toBeUndefined()
    expect(offerFor('wasi:io/streams@0.2.0')).toBe('wasi:io/streams@0.2.12')
  })
})
