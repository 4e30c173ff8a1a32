/**
 * Many agents in one process: the agent's own core, link, trust and runner, each with its certificate, TLS connection and
 * HTTPS source. What a machine full of devices would only measure of itself is shared or in memory: the outbox has no
 * disk, and fetched artifacts and transpiled code are kept once for all.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { offersOf } from '@ocelli/agent/capability/interfaces'
import { bootId } from '@ocelli/agent/capability/machine'
import { type OpenDevice, openDevice } from '@ocelli/agent/device'
import type { StoredIdentity } from '@ocelli/agent/identity/identity-file'
import { OFFERED_INTERFACES } from '@ocelli/agent/runtime/offered'
import { memoryArtifacts } from '@ocelli/agent/storage/artifact-files'
import { MemoryDisk, openMemoryStore } from '@ocelli/agent/storage/memory-store'
import { nodeCrypto } from '@ocelli/agent/trust/node-crypto'
import type { Digest } from '@ocelli/schemas/ids'
import { createDeviceImagers } from '../../../simulator/src/device-imagers.ts'
import { createComponentHosts } from '../../../simulator/src/fleet/component-hosts.ts'
import { realTime } from '../../../simulator/src/fleet/real-time.ts'
import { offeredBy, PROFILES } from '../../../simulator/src/profiles.ts'
import type { PaintedPlanes } from '../../../simulator/src/scene/painted-planes.ts'
import { enrolInBulk } from './enrolment.ts'
import type { Answer, Ask, FleetState, Outcome } from './protocol.ts'

/** Handshakes at once: each costs both sides some milliseconds of a processor. */
const AT_ONCE = 32
const PROGRESS_MS = 10_000
/** Thousands share a thread here: one that waits for its turn would give up a connection that is good. */
const KEEP_ALIVE_MS = 300_000

interface Running {
  readonly identity: StoredIdentity
  readonly disk: MemoryDisk
  open: OpenDevice | undefined
}

const fleet: Running[] = []
const connected = new Set<string>()
/** Connections that were made since the mark. */
let returned = 0
/** Why connections were lost, and how often. */
const losses = new Map<string, number>()
/** How often each has accepted a desired state since the mark. */
const accepted = new Map<string, number>()
let turned = 0
let lastAcceptedAtMs = 0
let lastTurnedAtMs = 0
let openOne: (running: Running) => Promise<void> = async () => {}

process.on('message', (ask: Ask) => {
  answerTo(ask).then(
    (answer) => process.send?.(answer),
    (error: unknown) => process.send?.({ failed: error instanceof Error ? `${error.stack}` : String(error) }),
  )
})
process.on('disconnect', () => process.exit())

async function answerTo(ask: Ask): Promise<Answer> {
  switch (ask.ask) {
    case 'enrol':
      for (const identity of await enrolInBulk(ask.enrolment)) {
        fleet.push({ identity, disk: new MemoryDisk(), open: undefined })
      }
      break
    case 'start':
      await start(ask)
      break
    case 'mark':
      accepted.clear()
      turned = 0
      returned = 0
      break
    case 'outcome':
      return { outcome: outcome() }
    case 'leave':
      await inTurns(fleet.slice(0, ask.count), async (running) => {
        await running.open?.close()
        running.open = undefined
      })
      break
    case 'return':
      await inTurns(
        fleet.filter(({ open }) => open === undefined),
        openOne,
      )
  }
  return { state: state() }
}

async function start({ folder, host }: Extract<Ask, { ask: 'start' }>): Promise<void> {
  const hosts = createComponentHosts(host, folder)
  const profile = PROFILES['plain-camera']
  const clock = realTime()
  const painted = onePlane()
  const whole = new Map<Digest, Uint8Array>()
  // All trust the same keys.
  const crypto = nodeCrypto()
  const facts = {
    bootId: bootId(),
    platform: profile.platform,
    offered: offeredBy(profile, offersOf(OFFERED_INTERFACES)),
  }
  openOne = async (running) => {
    const { name } = running.identity
    const imagers = createDeviceImagers({ device: name, profile, scenes: ['yard'], seed: 1, clock, painted })
    const own = hosts.forDevice()
    const artifacts = { ...memoryArtifacts({ whole, partial: new Map() }), prune: () => {} }
    running.open = await openDevice({
      dataDir: join(folder, name),
      config: { version: '0.1.0', keepAliveMs: KEEP_ALIVE_MS },
      replace: {
        crypto,
        imagers,
        facts,
        host: own,
        artifacts,
        store: openMemoryStore(running.disk),
        log: (_level, message) => note(name, message),
      },
    })
    await running.open.agent.start()
  }
  for (const { identity } of fleet) {
    mkdirSync(join(folder, identity.name), { recursive: true })
    writeFileSync(join(folder, identity.name, 'identity.json'), JSON.stringify(identity))
  }
  const progress = setInterval(
    () => process.stderr.write(`    ${connected.size} of ${fleet.length} agents of one process are connected\n`),
    PROGRESS_MS,
  )
  await inTurns(fleet, openOne).finally(() => clearInterval(progress))
}

/** All look at one background: each of their own would take a megabyte. */
function onePlane(): PaintedPlanes {
  const bySize = new Map<number, Float32Array>()
  return { get: (_key, values) => bySize.get(values), keep: (_key, plane) => void bySize.set(plane.length, plane) }
}

/** What an agent tells people costs it nothing more to be heard here. */
function note(name: string, message: string): void {
  if (message === 'connected') {
    connected.add(name)
    returned++
  } else if (message.startsWith('disconnected: ')) {
    connected.delete(name)
    losses.set(message, (losses.get(message) ?? 0) + 1)
  } else if (message.startsWith('desired state ')) {
    const before = accepted.get(name) ?? 0
    accepted.set(name, before + 1)
    lastAcceptedAtMs = Date.now()
    if (before === 0) return
    lastTurnedAtMs = lastAcceptedAtMs
    if (before === 1) turned++
  }
}

function state(): FleetState {
  const { user, system } = process.cpuUsage()
  return {
    agents: fleet.length,
    connected: connected.size,
    returned,
    accepted: accepted.size,
    lastAcceptedAtMs,
    turned,
    lastTurnedAtMs,
    losses: [...losses].map(([reason, count]) => `${count} ${reason}`),
    cpuMs: (user + system) / 1000,
    residentBytes: process.memoryUsage().rss,
  }
}

function outcome(): Outcome {
  return Object.fromEntries(
    fleet.map(({ identity, open }) => [
      identity.name,
      (open?.agent.status().instances ?? []).map(({ revision, state: now, healthy }) =>
        `${revision} ${now} ${healthy ? 'healthy' : ''}`.trim(),
      ),
    ]),
  )
}

/** An agent is through when it is connected or gone; so no more than `AT_ONCE` are on their way at a time. */
async function inTurns(all: readonly Running[], work: (running: Running) => Promise<void>): Promise<void> {
  let next = 0
  const lane = async () => {
    for (let one = all[next++]; one !== undefined; one = all[next++]) {
      await work(one)
      const { name } = one.identity
      while (one.open !== undefined && !connected.has(name)) await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, lane))
}
