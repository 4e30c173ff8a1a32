/** Rollouts among the faults: revisions in waves, some of which fail, and what people ask of them; with what must hold. */
import { ROLLOUT_VERBS } from '@ocelli/schemas/api/rollout'
import type { DeploymentId, DeviceId, InstanceId } from '@ocelli/schemas/ids'
import { compareGenerations, type Generation } from '@ocelli/schemas/messages/generation'
import type { Rollout } from '@ocelli/server/domain/rollout'
import type { SimulatedDevice } from './device.ts'
import type { World } from './world.ts'

/** Devices that may be down at once in every rollout of the simulation that has waves. */
const MAX_UNAVAILABLE = 2

/** A rollout is left some time to get through its waves before the next revision replaces it. */
const LEFT_ALONE_MS = 14_000

export function isRollingOut(world: World): boolean {
  const nowMs = world.timeline.wallMs
  return world.disk.inspect((state) =>
    [...state.rollouts.values()].some(
      ({ reach, endedAtMs, startedAtMs }) =>
        reach === 'released' && endedAtMs === undefined && nowMs - startedAtMs < LEFT_ALONE_MS,
    ),
  )
}

/** Every third of these wants its imagers alone; one in five has no time to handle a frame and fails wherever it starts. */
export function rollMotionOut(world: World): void {
  if (isRollingOut(world)) return
  const { chance } = world
  const variant = chance.whole('rollout variant', 1, 1_000_000)
  const fails = chance.happens('rollout fails', 0.2)
  const waves = chance.pick('rollout waves', [
    [1, '50%'],
    ['30%', '100%'],
    [2],
    [{ selector: 'device.labels.half == "a"' }],
  ])
  world.note(`motion ${variant} is rolled out in waves ${JSON.stringify(waves)}${fails ? ', and fails' : ''}`)
  world.apply({
    manifests: [
      motionIn(variant, {
        exclusive: variant % 3 === 0,
        callTimeoutMs: fails ? 1 : 1000,
        rollout: {
          waves,
          maxUnavailable: MAX_UNAVAILABLE,
          onFailure: chance.pick('rollout onFailure', ['pause', 'rollBack']),
          gate: {
            healthyForMs: 1500,
            checks: [
              {
                measurement: 'motion',
                compare: 'rate',
                maxDifferencePercent: 500,
                maxDifference: 1000,
                windowMs: 3000,
              },
            ],
          },
          fallback: { withinMs: 6000 },
          deadlineMs: 30_000,
          ...(chance.happens('rollout shadow', 0.3) && { shadow: { forMs: 2000 } }),
          ...(chance.happens('rollout approval', 0.3) && { approval: 'manual' }),
        },
      }),
    ],
  })
}

export function askOfRollout(world: World): void {
  const verb = world.chance.pick('rollout verb', ROLLOUT_VERBS)
  world.askRollout('motion', verb)
}

/** The deployment that rollouts are about; without `rollout`, all devices get the revision at once. */
export function motionIn(
  variant: number,
  { exclusive = false, callTimeoutMs = 1000, rollout = {} as Record<string, unknown> } = {},
): unknown {
  return {
    apiVersion: 'ocelli/v1',
    kind: 'Deployment',
    metadata: { name: 'motion' },
    spec: {
      placement: 'everyImager',
      realisations: [{ name: 'frames', component: 'motion@1.0.0', ...(exclusive && { imager: { exclusive } }) }],
      config: { publishEveryMs: 1000, variant },
      frames: { frameRateMillihertz: 400 },
      grants: ['frames', 'measurements'],
      limits: { memoryBytes: 8_388_608, callTimeoutMs },
      restart: { healthyForMs: 2000, backoffMs: 500, maxBackoffMs: 4000, maxAttempts: 0 },
      rollout: { maxTouched: 1000, ...rollout },
    },
  }
}

interface Aborted {
  readonly deployment: DeploymentId
  readonly revision: number
  /** What each device was told last when it was aborted, and whether that had the revision. */
  readonly told: ReadonlyMap<DeviceId, { readonly generation: Generation; readonly has: boolean }>
}

/** Looks at the whole world from outside, at each event, and trusts nothing that the server says of itself. */
export class RolloutWatch {
  /** Instance and revision of each device that was ever healthy. */
  readonly #wasHealthy = new Set<string>()
  readonly #seen = new Map<DeviceId, number>()
  readonly #aborted = new Map<string, Aborted>()
  readonly #known = new Map<string, number>()
  readonly #projects = new Map<string, number>()
  /** What each device was last told to run live, and since when it is on its way back from a revision on which it was up. */
  readonly #told = new Map<string, number>()
  readonly #goingBack = new Map<
    string,
    {
      readonly device: DeviceId
      /** Instances that were not healthy since, and the revision that each is to run. */
      readonly left: Map<InstanceId, number>
    }
  >()

  check(world: World): void {
    for (const device of world.devices) {
      if (this.#seen.get(device.id) === device.changes) continue
      this.#seen.set(device.id, device.changes)
      this.#checkDevice(world, device)
    }
    world.disk.inspect((state) => {
      const version = state.projects.get('default' as never) ?? 0
      if (this.#projects.get('default') === version) return
      this.#projects.set('default', version)
      this.#checkDesired(world)
    })
  }

  #checkDevice(world: World, device: SimulatedDevice): void {
    const status = device.agent?.status()
    if (!status) return
    const live = new Map<string, string>()
    for (const { id, revision, state, healthy } of status.instances) {
      if (healthy) this.#wasHealthy.add(`${id} ${revision}`)
      for (const [key, { device: who, left }] of this.#goingBack) {
        if (who === device.id && healthy && left.get(id) === revision) left.delete(id)
        if (left.size === 0) this.#goingBack.delete(key)
      }
      if (state !== 'running') continue
      const spec = world.desiredOf(device.id)?.find((one) => one.id === id)
      if (spec?.role !== 'live' || spec.imager === undefined) continue
      const slot = `${spec.deployment.id} ${spec.imager}`
      const other = live.get(slot)
      if (other !== undefined) throw new Error(`${device.id} ${slot}: ${other} and ${id} both run as live`)
      live.set(slot, id)
    }
    this.#checkAborted(world, device)
  }

  /** Abort means that no device that heard of it starts the revision afterwards. */
  #checkAborted(world: World, device: SimulatedDevice): void {
    const status = device.agent?.status()
    if (!status?.generation) return
    for (const { deployment, revision, told } of this.#aborted.values()) {
      const then = told.get(device.id)
      if (!then || then.has || compareGenerations(status.generation, then.generation) < 0) continue
      const ids = instancesOf(world, deployment, device.id)
      const runs = status.instances.find(
        (one) => ids.has(one.id) && one.revision === revision && one.state === 'running',
      )
      if (runs) throw new Error(`${device.id} runs ${runs.id} at revision ${revision} after it was aborted`)
    }
  }

  #checkDesired(world: World): void {
    world.disk.inspect((state) => {
      for (const [device, { instances }] of state.desired) checkExclusive(world, device, instances)
      for (const [key, rollout] of state.rollouts) {
        if (rollout.phase === 'aborted' && !this.#aborted.has(key)) this.#aborted.set(key, abortedNow(world, rollout))
        if (rollout.reach !== 'released') continue
        this.#checkGoingBack(world, rollout)
        if (rollout.endedAtMs === undefined) this.#checkMoving(world, key, rollout)
      }
      this.#noteTold(world)
    })
  }

  /** Never more devices than allowed are told to change and have not been healthy since. */
  #checkMoving(world: World, key: string, rollout: Rollout): void {
    if (this.#known.get(key) === rollout.version) return
    this.#known.set(key, rollout.version)
    const moving = world.disk.inspect((state) =>
      [...state.desired.values()].filter(
        ({ instances, issuedAtMs }) =>
          // What is still to be taken back is told to nobody.
          issuedAtMs >= (state.restDueMs.get(rollout.project) ?? 0) &&
          instances.some(
            (one) =>
              one.deployment.id === rollout.deployment &&
              one.role === 'live' &&
              one.revision === rollout.revision &&
              !this.#wasHealthy.has(`${one.id} ${one.revision}`),
          ),
      ),
    )
    if (moving.length <= MAX_UNAVAILABLE) return
    const names = moving.map(({ device }) => device).join(', ')
    throw new Error(`${moving.length} devices move to ${rollout.name} r${rollout.revision} at once: ${names}`)
  }

  /** Nor are more devices that are up told to go back, and have not been healthy since. */
  #checkGoingBack(world: World, { name, deployment, revision, phase }: Rollout): void {
    if (phase !== 'rollingBack' && phase !== 'rolledBack') return
    const byDevice = Map.groupBy(liveOf(world, deployment), ({ device }) => device)
    for (const [device, live] of byDevice) {
      // A device is up where all that it runs of the deployment is.
      const was = live.every(
        ({ one, key }) => this.#told.get(key) === revision && wasUp(world, device, one.id, revision),
      )
      const others = live.filter(({ one }) => one.revision !== revision)
      const left = new Map(others.map(({ one }) => [one.id, one.revision]))
      if (was && left.size > 0) this.#goingBack.set(`${device} ${deployment}`, { device, left })
    }
    if (this.#goingBack.size <= MAX_UNAVAILABLE) return
    const names = [...this.#goingBack.values()].map(({ device }) => device).join(', ')
    throw new Error(`${this.#goingBack.size} devices go back from ${name} r${revision} at once: ${names}`)
  }

  #noteTold(world: World): void {
    this.#told.clear()
    for (const { one, key } of liveOf(world)) this.#told.set(key, one.revision)
    // Told something else meanwhile, or nothing: what it is on its way to is another's to judge.
    for (const [key, { device, left }] of this.#goingBack) {
      for (const [id, revision] of left) if (this.#told.get(`${device} ${id}`) !== revision) left.delete(id)
      if (left.size === 0) this.#goingBack.delete(key)
    }
  }
}

/** What devices should run live, of one deployment or of all. */
function liveOf(world: World, deployment?: DeploymentId) {
  return world.disk.inspect((state) =>
    [...state.desired.values()].flatMap(({ device, instances }) =>
      instances
        .filter((one) => one.role === 'live' && (deployment === undefined || one.deployment.id === deployment))
        .map((one) => ({ device, one, key: `${device} ${one.id}` })),
    ),
  )
}

/** Whether the server heard of the device, connected, that the instance is healthy at the revision. */
function wasUp(world: World, device: DeviceId, id: InstanceId, revision: number): boolean {
  const row = world.disk.inspect((state) => state.devices.get(device))
  const reported = row?.reported?.instances.find((one) => one.id === id)
  return row?.presence === 'online' && reported?.healthy === true && reported.revision === revision
}

function abortedNow(world: World, { deployment, revision }: Rollout): Aborted {
  return world.disk.inspect((state) => ({
    deployment,
    revision,
    told: new Map(
      [...state.desired.values()].map(({ device, generation, instances }) => [
        device,
        { generation, has: instances.some((one) => one.deployment.id === deployment && one.revision === revision) },
      ]),
    ),
  }))
}

function instancesOf(world: World, deployment: DeploymentId, device: DeviceId): Set<InstanceId> {
  return world.disk.inspect(
    (state) =>
      new Set(
        [...state.instances].flatMap(([id, placed]) =>
          placed.deployment === deployment && placed.device === device ? [id] : [],
        ),
      ),
  )
}

/** Never two holders of an imager that one of them wants alone; a shadow is no other than its live twin. */
function checkExclusive(world: World, device: DeviceId, instances: NonNullable<ReturnType<World['desiredOf']>>): void {
  const revisions = world.disk.inspect((state) => state.revisions)
  for (const one of instances) {
    const spec = revisions.get(one.deployment.id)?.find(({ revision }) => revision === one.revision)?.spec
    const wanted = spec?.realisations.find(({ name }) => name === one.realisation)?.imager?.exclusive
    if (wanted !== true || one.imager === undefined) continue
    const other = instances.find((twin) => twin.imager === one.imager && twin.deployment.id !== one.deployment.id)
    if (other) throw new Error(`${device}: ${one.id} has ${one.imager} alone, and ${other.id} has it as well`)
  }
}

/** Rollouts that have not ended. */
export function unfinishedRollouts(world: World): string[] {
  return world.disk.inspect((state) =>
    [...state.rollouts.values()]
      .filter(({ endedAtMs }) => endedAtMs === undefined)
      .map(({ name, revision, phase, why }) => `the rollout of ${name} to r${revision} is ${phase}: ${why}`),
  )
}

/** No frame has a live record of two revisions. */
export function checkOneLive(world: World): void {
  const revisions = new Map<string, number>()
  world.disk.inspect((state) => {
    for (const kept of state.records) {
      const record = kept?.row.record
      if (record?.kind !== 'measurement' || record.role !== 'live' || record.captureMicros === undefined) continue
      const { device, deployment } = kept?.row ?? {}
      const frame = [device, deployment, record.boot, record.imager, record.captureMicros].join(' ')
      const other = revisions.get(frame)
      if (other !== undefined && other !== record.revision) {
        throw new Error(`${frame}: revisions ${other} and ${record.revision} both put it out as live`)
      }
      revisions.set(frame, record.revision)
    }
  })
}
