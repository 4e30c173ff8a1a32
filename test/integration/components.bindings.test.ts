import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { compile } from '../../wit/toolchain/build-component.ts'
import { readComponentFolder } from '../../wit/toolchain/component-folder.ts'
import { createTestHost, Frame, type TestHostOptions } from '../support/wit-host.ts'

const FRAME = { sequence: 7, captureTimeNanos: 123_456_789n, width: 8, height: 6, luma: new Uint8Array(48) }

describe('the AssemblyScript bindings', () => {
  let component: Uint8Array
  beforeAll(async () => {
    component = await compile(readComponentFolder(join(import.meta.dirname, '../../wit/assemblyscript/all-bindings')))
  }, 90_000)

  async function start(options: TestHostOptions = {}, linked: Record<string, Record<string, unknown>> = {}) {
    const host = createTestHost(options)
    const exports = await host.instantiate('bindings', component, {
      'ocelli:sensing/images': {
        publish: (name: string, _frame: Frame, region: { width: number }, quality: number) =>
          name === 'door' ? region.width * quality : 0,
      },
      'ocelli:sensing/imager-control': {
        setFrameRate: (rate: number) => Math.round(rate / 1000) * 1000,
        requested: () => ({
          exposureMicros: 1,
          gainDecibels: 2,
          region: { x: 0, y: 0, width: 1, height: 1 },
          frameRateMillihertz: 12_000,
        }),
      },
      ...linked,
    })
    const call = (name: string, method: string, ...args: unknown[]): unknown => {
      const found = exports[name]?.[method]
      if (typeof found !== 'function') throw new Error(`${name} has no ${method}`)
      return found(...args)
    }
    return { host, call }
  }

  test('frames, settings and images come and go whole', async () => {
    const { host, call } = await start()
    expect(() => call('ocelli:sensing/frame-handler@0.1.0', 'onFrame', new Frame(FRAME))).toThrow('not today')
    const said = Object.fromEntries(host.outputs.map(({ value }) => [value.name, value.value]))
    expect(said).toEqual({
      sequence: 7,
      time: 123_456_789,
      gray8: 1,
      exposure: 10_000,
      gain: 0,
      region: 640,
      rate: 10_000,
      outside: 1,
      image: 240,
    })
    expect(host.outputs[0]?.value.labels).toEqual([
      { key: 'from', value: 'guest' },
      { key: 'grüße', value: '' },
    ])
  })

  test('state, pulled frames, control and refused records answer as the contract says', async () => {
    const said: Record<string, number> = {}
    const publish = (name: string, _unit: string, value: number) => {
      if (name === 'Wrong Name') throw { payload: { tag: 'invalid', val: 'name' } }
      if (name === 'flood') throw { payload: { tag: 'over-budget', val: 250 } }
      said[name] = value
    }
    const { call } = await start({ latest: () => new Frame(FRAME) }, { 'ocelli:sensing/measurements': { publish } })
    call('ocelli:sensing/interval-handler@0.1.0', 'onInterval')
    expect(said).toEqual({
      none: 1,
      kept: 1,
      value: 9,
      gone: 1,
      latest: 7,
      next: 1,
      rounded: 12_000,
      requested: 12_000,
      refused: 1,
      over: 250,
    })
  })

  test('commands are answered with text or an error', async () => {
    const { call } = await start()
    const command = (name: string, input: string) =>
      call('ocelli:sensing/command-handler@0.1.0', 'onCommand', name, input)
    expect(command('echo', 'wörld')).toBe('wörld!')
    expect(() => command('fail', '')).toThrow(expect.objectContaining({ tag: 'failed', val: 'on purpose' }))
    expect(() => command('dance', '')).toThrow(expect.objectContaining({ tag: 'unknown-command' }))
  })

  test('an exported detector gives lists, and errors with their text', async () => {
    const { call } = await start()
    const detect = (sequence: number) =>
      call('ocelli:sensing/detector@0.1.0', 'detect', new Frame({ ...FRAME, sequence }))
    expect(detect(1)).toEqual([
      { class: 'person', score: 0.5, box: { x: 1, y: 2, width: 3, height: 4 } },
      { class: 'dog', score: 1, box: { x: 5, y: 6, width: 7, height: 8 } },
    ])
    expect(() => detect(0)).toThrow(expect.objectContaining({ tag: 'unsupported-frame', val: 'gray8 only' }))
  })

  test('lifecycle and task report how they end', async () => {
    const { host, call } = await start()
    call('ocelli:sensing/lifecycle@0.1.0', 'init')
    call('ocelli:sensing/lifecycle@0.1.0', 'stop')
    expect(host.outputs.map(({ value }) => value)).toEqual([{ level: 'warn', context: 'end', message: 'stopped ✓' }])
    expect(() => call('wasi:cli/run@0.2.0', 'run')).toThrow()
    const refusing = await start({ config: { refuse: 'yes' } })
    expect(() => refusing.call('ocelli:sensing/lifecycle@0.1.0', 'init')).toThrow('refused by its configuration')
  })
})
