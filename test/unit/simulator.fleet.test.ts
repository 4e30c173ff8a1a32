/** The fleet's plan, flags, truth and loopback interface. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Agent, AgentStatus } from '@ocelli/agent'
import { offersOf } from '@ocelli/agent/capability/interfaces'
import type { DeviceIdentity } from '@ocelli/agent/ports'
import type { ComponentHost, InstanceListener, RunningInstance } from '@ocelli/agent/runtime/host'
import { OFFERED_INTERFACES } from '@ocelli/agent/runtime/offered'
import { parseDeviceId, parseDigest, parseInstanceId, parseProjectId, parseStreamId } from '@ocelli/schemas/ids'
import { validator } from '@ocelli/schemas/message'
import { ImagerFacts, ProvidedInterface } from '@ocelli/schemas/messages/inventory'
import { createDeviceImagers } from '@ocelli/simulator/device-imagers'
import { readFlags } from '@ocelli/simulator/flags'
import { startControlServer } from '@ocelli/simulator/fleet/control-server'
import { DEFAULT_FLEET_SIZE, type FleetMember, parseMix, planFleet } from '@ocelli/simulator/fleet/default-fleet'
import type { FleetDevice } from '@ocelli/simulator/fleet/fleet-device'
import { createSharedHost } from '@ocelli/simulator/fleet/shared-host'
import { createTruthLog, type TruthLine } from '@ocelli/simulator/fleet/truth'
import { openTruthFile } from '@ocelli/simulator/fleet/truth-file'
import { offeredBy, PROFILE_NAMES, PROFILES } from '@ocelli/simulator/profiles'
import { createVirtualClock } from '@ocelli/simulator/virtual-clock'
import { afterEach, describe, expect, test } from 'vitest'

function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a value')
  return value
}

describe('the plan', () => {
  test('has at least 12 devices of at least 5 profiles with names of their own', () => {
    const fleet = planFleet(DEFAULT_FLEET_SIZE)
    expect(fleet.length).toBeGreaterThanOrEqual(12)
    expect(new Set(fleet.map((member) => member.profile)).size).toBeGreaterThanOrEqual(5)
    expect(new Set(fleet.map((member) => member.name)).size).toBe(fleet.length)
    expect(fleet[0]).toMatchObject({ name: 'platform-1-east', labels: { floor: '1', site: 'central-station' } })
  })

  test('a larger fleet begins with the smaller one', () => {
    for (const count of [1, 5, 14, 40]) expect(planFleet(200).slice(0, count)).toEqual(planFleet(count))
    expect(new Set(planFleet(200).map((member) => member.name)).size).toBe(200)
    expect(new Set(planFleet(40).map((member) => member.profile)).size).toBe(PROFILE_NAMES.length)
  })

  test('follows a mix', () => {
    const mix = parseMix('in-sensor=3, no-imager')
    if ('problem' in mix) throw new Error(mix.problem)
    expect(planFleet(8, mix).map((member) => member.profile)).toEqual([
      ...['in-sensor', 'in-sensor', 'in-sensor', 'no-imager'],
      ...['in-sensor', 'in-sensor', 'in-sensor', 'no-imager'],
    ])
    expect(parseMix('in-sensor=0')).toHaveProperty('problem')
    expect(parseMix('toaster')).toEqual({ problem: expect.stringContaining('toaster') })
  })
})

const readFacts = validator(ImagerFacts)
const readInterface = validator(ProvidedInterface)

describe('profiles', () => {
  const linked = offersOf(OFFERED_INTERFACES)

  test.each(PROFILE_NAMES)('facts and interfaces keep to the wire: %s', (name) => {
    const profile = PROFILES[name]
    const bank = createDeviceImagers({ device: 'd', profile, scenes: ['yard'], seed: 1, clock: createVirtualClock() })
    for (const { facts } of bank.list()) expect(readFacts(facts)).toMatchObject({ ok: true })
    for (const { name: offered } of offeredBy(profile, linked))
      expect(readInterface({ name: offered })).toMatchObject({ ok: true })
    expect(profile.platform.simulated).toBe(true)
    return bank.close()
  })

  test('an older interface is offered in its version, a lacking one not at all', () => {
    const names = offeredBy(PROFILES['older-interface'], linked).map((offer) => offer.name)
    expect(names).toContain('ocelli:sensing/frames@0.1.0-rc.1')
    expect(names).not.toContain('ocelli:sensing/frames@0.1.0')
    expect(names.some((offered) => offered.startsWith('ocelli:sensing/images@'))).toBe(false)
    expect(offeredBy(PROFILES['plain-camera'], linked)).toEqual(linked)
    expect(offeredBy(PROFILES['older-interface'], linked).find(({ name }) => name.includes('frames'))?.needs).toBe(
      'imager',
    )
  })

  test('a device added to a fleet changes nothing for the others', () => {
    const read = (names: string[]) => {
      const clock = createVirtualClock()
      const banks = names.map((device) =>
        createDeviceImagers({ device, profile: PROFILES['small-mono'], scenes: ['yard'], seed: 7, clock }),
      )
      let bytes: Uint8Array | undefined
      banks[0]?.list()[0]?.subscribe({}, { onFrame: (frame) => (bytes = frame.read()), onInterrupted: () => undefined })
      clock.advance(400)
      return bytes
    }
    expect(read(['one'])).toBeDefined()
    expect(read(['one', 'two'])).toEqual(read(['one']))
    expect(read(['two'])).not.toEqual(read(['one']))
  })
})

describe('flags', () => {
  test('are read with their defaults', () => {
    expect(readFlags([], {})).toMatchObject({
      devices: 14,
      seed: '1',
      host: 'worker',
      controlPort: 0,
      json: false,
      token: undefined,
    })
    expect(readFlags(['--devices', '3', '--host', 'in-thread', '--json', '--exit-with-parent'], {})).toMatchObject({
      devices: 3,
      host: 'in-thread',
      json: true,
      exitWithParent: true,
    })
    expect(readFlags([], { OCELLI_ENROLMENT_TOKEN: ' t \n' })).toMatchObject({ token: 't' })
    expect(readFlags(['--server-token', 'u'], { OCELLI_ENROLMENT_TOKEN: 't' })).toMatchObject({ token: 'u' })
    expect(readFlags(['--help'], {})).toBe('help')
  })

  test.each([
    [['--devices', '0'], '--devices 0'],
    [['--devices', '1e3'], '--devices 1e3'],
    [['--host', 'cloud'], 'cloud'],
    [['--control-port', '70000'], '70000'],
    [['--profile-mix', 'toaster=1'], 'toaster'],
    [['--server-token-file', '/nonexistent/token'], '/nonexistent/token'],
    [['--sed', '1'], '--sed'],
    [['stray'], 'stray'],
  ])('nonsense is refused with the reason: %j', (args, reason) => {
    expect(readFlags(args, {})).toEqual({ problem: expect.stringContaining(reason) })
  })
})

describe('truth and cables over HTTP', () => {
  const cleanups: (() => Promise<void>)[] = []
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0)) await cleanup()
  })

  async function given() {
    const clock = createVirtualClock(90_000_000_000n)
    const member = must(planFleet(1)[0])
    const device = fakeDevice(member, clock)
    const time = { wallMs: () => 1_800_000_000_000, monotonicNanos: clock.monotonicNanos }
    const control = await startControlServer({ devices: () => [device], time, bootId: 'boot', port: 0 })
    cleanups.push(() => control.close(), device.close)
    const get = async (path: string, init?: RequestInit) => {
      const response = await fetch(`${control.url}${path}`, init)
      return { status: response.status, body: JSON.parse(await response.text()) }
    }
    return { get, device, imager: must(device.imagers.all()[0]), control }
  }

  test('the truth of a span is the scene at those times', async () => {
    const { get, imager } = await given()
    const to = 1_800_000_000_000
    const { status, body } = await get(`/truth?device=platform-1-east&from=${to - 30_000}&to=${to}&stepMs=250`)

    expect(status).toBe(200)
    const [item] = body.items
    expect(item).toMatchObject({ imager: 'csi0', scene: 'platform' })
    expect(item.samples).toHaveLength(121)
    for (const sample of item.samples) {
      expect(sample.captureMicros).toBe(90_000_000 + (sample.atMs - to) * 1000)
      expect(sample.people).toBe(imager.scene.truthAt(BigInt(sample.captureMicros) * 1000n).people)
    }
    expect(new Set(item.samples.map((sample: { people: number }) => sample.people)).size).toBeGreaterThan(1)
    expect((await get('/truth?device=d-aaaaaaaaaaaaaaaa')).body.items[0].samples).toHaveLength(121)
    expect((await get('/truth?device=renamed&boxes=true')).body.items[0].samples[0]).toHaveProperty('boxes')
  })

  test('the truth of now names each plugged imager', async () => {
    const { get, imager } = await given()
    const now = await get('/truth/now')
    expect(now.body.items).toEqual([
      {
        device: 'renamed',
        deviceId: 'd-aaaaaaaaaaaaaaaa',
        imager: 'csi0',
        scene: 'platform',
        atMs: 1_800_000_000_000,
        captureMicros: 90_000_000,
        people: imager.scene.truthAt(90_000_000_000n).people,
      },
    ])
  })

  test('a cable can be pulled and put back', async () => {
    const { get, device } = await given()
    const path = '/devices/platform-1-east/imagers/csi0'
    expect(await get(`${path}/unplug`, { method: 'POST' })).toEqual({
      status: 200,
      body: { device: 'renamed', imager: 'csi0', plugged: false },
    })
    expect(device.imagers.list()).toHaveLength(0)
    expect((await get('/truth/now')).body.items).toEqual([])
    expect(await get(`${path}/unplug`, { method: 'POST' })).toMatchObject({
      status: 409,
      body: { code: 'request.conflict' },
    })
    expect((await get('/devices')).body.items[0].imagers[0]).toMatchObject({ imager: 'csi0', plugged: false })
    expect((await get(`${path}/plug`, { method: 'POST' })).status).toBe(200)
    expect(device.imagers.list()).toHaveLength(1)
  })

  test.each([
    ['/nothing', undefined, 404, 'request.notFound'],
    ['/truth?device=nobody', undefined, 404, 'request.notFound'],
    ['/truth?device=renamed&from=5&to=4', undefined, 400, 'request.invalid'],
    ['/truth?device=renamed&from=yesterday', undefined, 400, 'request.invalid'],
    ['/truth?device=renamed&from=0&stepMs=1', undefined, 400, 'request.invalid'],
    ['/devices/renamed/imagers/csi9/unplug', { method: 'POST' }, 404, 'request.notFound'],
    ['/devices/renamed/imagers/csi0/cut', { method: 'POST' }, 404, 'request.notFound'],
    ['/devices/%E0%A4%A/imagers/csi0/plug', { method: 'POST' }, 404, 'request.notFound'],
    [
      '/devices/renamed/imagers/csi0/unplug',
      { method: 'POST', headers: { origin: 'https://example.org' } },
      400,
      'request.invalid',
    ],
  ])('nonsense gets a code: %s', async (path, init, status, code) => {
    const { get, device } = await given()
    expect(await get(path, init)).toMatchObject({ status, body: { status, code } })
    expect(device.imagers.list()).toHaveLength(1)
  })
})

describe('the truth log', () => {
  test('has a line for each change of the number of people, and none else', () => {
    const clock = createVirtualClock()
    const device = fakeDevice(must(planFleet(1)[0]), clock)
    const lines: TruthLine[] = []
    const log = createTruthLog({
      time: { wallMs: () => Number(clock.monotonicNanos() / 1_000_000n), monotonicNanos: clock.monotonicNanos },
      bootId: 'boot',
      devices: () => [{ name: 'renamed', imagers: device.imagers.list() }],
      write: (line) => lines.push(line),
    })
    for (let look = 0; look < 480; look++) {
      log.look()
      clock.advance(250)
    }
    expect(lines.length).toBeGreaterThan(10)
    expect(lines.every((line, index) => index === 0 || line.people !== lines[index - 1]?.people)).toBe(true)
    expect(lines[3]).toMatchObject({ device: 'renamed', imager: 'csi0', bootId: 'boot' })
    return device.close()
  })

  test('a file that is full is kept once and a new one begun', () => {
    const folder = mkdtempSync(join(tmpdir(), 'ocelli-truth-'))
    try {
      const file = openTruthFile(folder, 300)
      const line = { captureMicros: 1, bootId: 'b', device: 'd', imager: 'i', people: 1 }
      for (let atMs = 0; atMs < 5; atMs++) {
        file.write({ atMs, ...line })
        file.flush()
      }
      const times = (name: string) =>
        readFileSync(join(folder, name), 'utf8')
          .trim()
          .split('\n')
          .map((text) => JSON.parse(text).atMs)
      expect([...times('truth.old.jsonl'), ...times('truth.jsonl')]).toEqual([0, 1, 2, 3, 4])
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})

describe('a shared host', () => {
  const digest = (letter: string) => must(parseDigest(`sha256:${letter.repeat(64)}`))

  test('keeps the code that any device needs and ends only the instances of the device that closes', async () => {
    const pruned: string[][] = []
    const stopped: string[] = []
    const listeners: InstanceListener[] = []
    const host: ComponentHost = {
      prepare: async (wanted) => ({ digest: wanted }),
      isPrepared: () => true,
      async start(spec, listener): Promise<RunningInstance> {
        listeners.push(listener)
        const exports = { frame: true, interval: false, command: false, task: false }
        const usage = () => ({
          framesHandled: 0,
          framesDropped: 0,
          calls: 0,
          memoryBytes: 0,
          outputDroppedBytes: 0,
          logLinesCut: 0,
        })
        return { id: spec.id, exports, usage, command: async () => '', stop: async () => void stopped.push(spec.id) }
      },
      prune: (keep) => pruned.push([...keep].sort()),
      close: async () => undefined,
    }
    const shared = createSharedHost(host)
    const [one, two] = [shared.forDevice(), shared.forDevice()]
    one.prune(new Set([digest('a')]))
    two.prune(new Set([digest('b')]))
    expect(pruned.at(-1)).toEqual([digest('a'), digest('b')])
    await two.prepare(digest('c'), new Uint8Array())
    expect(two.isPrepared(digest('d'))).toBe(true)
    one.prune(new Set()) // what the other has just been told that it can start must stay
    expect(pruned.at(-1)).toEqual([digest('b'), digest('c'), digest('d')])

    const spec = (name: string) => ({
      id: must(parseInstanceId(`i-${name.repeat(16)}`)),
      role: 'live' as const,
      components: [],
      grants: [],
      config: {},
      limits: { memoryBytes: 1, callTimeoutMs: 1, outputBytesPerSecond: 1 },
      frames: {},
      intervalMs: 1,
      state: { get: () => undefined, set: () => undefined, delete: () => undefined, keys: () => [] },
    })
    const ends: string[] = []
    const listener = { onOutput: () => undefined, onEnd: () => void ends.push('end') }
    await one.start(spec('a'), listener)
    await one.start(spec('b'), listener)
    await two.start(spec('c'), listener)
    listeners[0]?.onEnd({ kind: 'stopped' })
    await one.close()

    expect(ends).toHaveLength(1)
    expect(stopped).toEqual([`i-${'b'.repeat(16)}`])
  })
})

function fakeDevice(member: FleetMember, clock: ReturnType<typeof createVirtualClock>): FleetDevice {
  const imagers = createDeviceImagers({
    device: member.name,
    profile: PROFILES[member.profile],
    scenes: member.scenes,
    seed: 1,
    clock,
  })
  const device = must(parseDeviceId('d-aaaaaaaaaaaaaaaa'))
  const status: AgentStatus = {
    device,
    link: 'up',
    start: 1,
    generation: undefined,
    refused: undefined,
    trustVersion: 1,
    instances: [],
    outbox: {
      stream: must(parseStreamId('s-aaaaaaaaaaaaaaaa')),
      offered: 0,
      accepted: 0,
      held: 0,
      heldBytes: 0,
      lost: 0,
    },
  }
  const agent: Agent = {
    start: async () => undefined,
    stop: async () => undefined,
    status: () => status,
    onChange: () => () => undefined,
  }
  const identity: DeviceIdentity = {
    device,
    project: must(parseProjectId('default')),
    name: 'renamed',
    certificateNumber: 1,
    validFromMs: 0,
    validToMs: 1,
    operatorKey: '',
    trust: { payloadType: '', payload: '', signatures: [] },
  }
  return { member, identity, joined: false, agent, imagers, close: () => imagers.close() }
}
