/** What operators do and what goes wrong, chosen from the seed. */
import { askOfRollout, isRollingOut, motionIn, rollMotionOut } from './rollouts.ts'
import type { World } from './world.ts'

const FAULTY_MS = 40_000
/** Between two happenings, on average. */
const PACE_MS = 700

const STORMY = { breakRate: 0.01, loseRate: 0.02, duplicateRate: 0.05, minDelayMs: 1, maxDelayMs: 400 }

/** Fills the first part with changes of intent and faults; afterwards everything is whole again. */
export function scheduleFaults(world: World): number {
  const { timeline, chance, network } = world
  network.faults = STORMY
  // Every second seed has rollouts in it: they make a life about half as long again.
  const happenings = world.seed % 2 === 1 ? [...HAPPENINGS, ...ROLLOUTS] : HAPPENINGS
  timeline.at(1500, () => world.apply({ manifests: [motionIn(1)] }))
  let atMs = 3000
  while (atMs < FAULTY_MS) {
    const what = chance.pick('what', happenings)
    timeline.at(atMs, () => what(world))
    atMs += chance.whole('pace', 1, 2 * PACE_MS)
  }
  timeline.at(FAULTY_MS, () => heal(world))
  // The last word: what the whole fleet must reach. The server needs a moment to be back.
  timeline.at(FAULTY_MS + 3000, () => world.applyUntilDone({ manifests: [motionIn(0), people(world)] }))
  return FAULTY_MS + 3000
}

function heal(world: World): void {
  const { network } = world
  network.healAll()
  network.faults = { breakRate: 0, loseRate: 0, duplicateRate: 0, minDelayMs: 1, maxDelayMs: 20 }
  world.note('faults end')
  world.bootServer()
  for (const device of world.devices) {
    for (const id of device.allImagers) device.imagers.plug(id)
    device.disk.crashAt = () => undefined
    device.boot()
  }
}

type Happening = (world: World) => void

const HAPPENINGS: readonly Happening[] = [
  crashDevice,
  crashDevice,
  crashDeviceInWrite,
  crashServer,
  restartBroker,
  partitionDevice,
  partitionDevice,
  partitionServer,
  unplugImager,
  changeIntent,
  editLabels,
  replayOldDesired,
]

const ROLLOUTS: readonly Happening[] = [rollMotionOut, rollMotionOut, rollMotionOut, askOfRollout]

function crashDevice(world: World): void {
  const device = world.chance.pick('crash', world.devices)
  world.note(`${device.id} is killed`)
  device.crash()
  later(world, 'device back', 20, 8000, () => device.boot())
}

/** The process dies inside of a write: the disk has it, or has it not. */
function crashDeviceInWrite(world: World): void {
  const device = world.chance.pick('crash in write', world.devices)
  const point = world.chance.pick('crash point', ['before', 'after'] as const)
  device.disk.crashAt = () => {
    device.disk.crashAt = () => undefined
    world.note(`${device.id} dies ${point} its next write is durable`)
    // Nothing of this event may go on either; `crash` closes the clock and the link at once.
    device.crash()
    later(world, 'device back', 20, 8000, () => device.boot())
    return point
  }
}

function crashServer(world: World): void {
  world.note('the server is killed')
  world.crashServer()
  later(world, 'server back', 50, 6000, () => world.bootServer())
}

function restartBroker(world: World): void {
  const keepRetained = world.chance.happens('retained', 0.5)
  world.note(`the broker restarts ${keepRetained ? 'with' : 'without'} its retained messages`)
  world.network.restartBroker({ keepRetained, downMs: world.chance.whole('broker down', 10, 4000) })
}

function partitionDevice(world: World): void {
  const device = world.chance.pick('partition', world.devices)
  world.note(`${device.id} is cut off`)
  world.network.partition(device.id)
  later(world, 'heal', 100, 20_000, () => world.network.heal(device.id))
}

function partitionServer(world: World): void {
  world.note('the server is cut off')
  world.network.partition('server')
  later(world, 'heal server', 100, 8000, () => world.network.heal('server'))
}

function unplugImager(world: World): void {
  const device = world.chance.pick('unplug', world.devices)
  const [id] = device.imagers.ids
  if (id === undefined) return
  world.note(`${id} of ${device.id} is unplugged`)
  device.imagers.unplug(id)
  later(world, 'plug', 200, 9000, () => device.imagers.plug(id))
}

function changeIntent(world: World): void {
  const { chance } = world
  const kind = chance.whole('intent', 0, 3)
  if (kind === 0) world.apply({ remove: [{ kind: 'Deployment', name: 'people' }] })
  else if (kind === 1) world.apply({ manifests: [people(world)] })
  else if (!isRollingOut(world)) world.apply({ manifests: [motionIn(chance.whole('motion', 1, 1_000_000))] })
}

function editLabels(world: World): void {
  const device = world.chance.pick('label', world.devices)
  world.apply({ labels: [{ device: device.id, labels: { half: world.chance.pick('half', ['a', 'b']) } }] })
}

function replayOldDesired(world: World): void {
  const device = world.chance.pick('replay', world.devices)
  world.note(`${device.id} gets an old desired state again`)
  world.replayOldDesired(device)
}

function later(world: World, purpose: string, fromMs: number, toMs: number, run: () => void): void {
  world.timeline.at(world.timeline.nowMs + world.chance.whole(purpose, fromMs, toMs), run)
}

function people(world: World): unknown {
  return {
    apiVersion: 'ocelli/v1',
    kind: 'Deployment',
    metadata: { name: 'people' },
    spec: {
      target: { selector: `device.labels.half == "${world.chance.pick('people half', ['a', 'b'])}"` },
      placement: 'everyImager',
      realisations: [
        { name: 'in-sensor', component: 'people-count@1.0.0' },
        { name: 'software', component: 'people-count@1.0.0', providers: ['blob-detector@1.0.0'] },
      ],
      frames: { frameRateMillihertz: 200 },
      grants: ['frames', 'detector', 'measurements', 'detections', 'events'],
      limits: { memoryBytes: 33_554_432 },
      restart: { healthyForMs: 2000, backoffMs: 500, maxBackoffMs: 4000, maxAttempts: 0 },
      rollout: { maxTouched: 1000 },
    },
  }
}
