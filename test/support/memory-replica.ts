/** Replicas of the server's core on one memory disk, which outlives them. */
import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto'
import type { DeviceId } from '@ocelli/schemas/ids'
import { createSigner } from '@ocelli/server/identity/keys'
import { SYSTEM_CLOCK } from '@ocelli/server/open-server'
import { createServerCore, type ServerCore } from '@ocelli/server/server'
import { createMemoryStore, MemoryDisk } from '@ocelli/server/store/memory'
import type { Store } from '@ocelli/server/store/store'
import { componentRow, ListBus, PROJECT } from './server-world.ts'
import { motion } from './snapshot-builders.ts'

const AUDIT = { atMs: 1, project: PROJECT, actor: 'test', action: 'furnish', subject: '', detail: {} }
const ENVELOPE = { payloadType: '', payload: '', signatures: [] }
export const OPERATOR = { project: PROJECT, actor: 'olga', tokenId: 't', role: 'operator' } as const

export interface Replica {
  readonly store: Store
  readonly bus: ListBus
  readonly core: ServerCore
  /** Ends the loops and closes the store. */
  stop(): Promise<void>
}

export async function startReplica(disk: MemoryDisk, bus = new ListBus()): Promise<Replica> {
  const store = createMemoryStore({ disk })
  const core = createServerCore({
    store,
    bus,
    clock: SYSTEM_CLOCK,
    random: { bytes: (_purpose, count) => new Uint8Array(randomBytes(count)) },
    signer: createSigner(generateKeyPairSync('ed25519').privateKey),
    hash: (bytes) => createHash('sha256').update(bytes).digest(),
  })
  await core.start()
  const stop = async () => {
    await core.stop()
    await store.close()
  }
  return { store, bus, core, stop }
}

/** Trust, the component `motion` and enrolled devices. */
export async function furnishedDisk(devices: readonly DeviceId[]): Promise<MemoryDisk> {
  const disk = new MemoryDisk()
  const store = createMemoryStore({ disk })
  await store.putTrust({ version: 1, envelope: ENVELOPE }, AUDIT)
  await store.addComponent(componentRow(motion), AUDIT)
  const token = { id: 't', project: PROJECT, secretSha256: 's', labels: {}, createdAtMs: 1, revoked: false }
  const uses = devices.length
  await store.addEnrolmentToken({ ...token, expiresAtMs: Number.MAX_SAFE_INTEGER, uses, usesLeft: uses }, AUDIT)
  for (const device of devices) {
    const certificate = { serial: device, issuedAtMs: 1, expiresAtMs: Number.MAX_SAFE_INTEGER }
    const enrolment = { token: 't', secretSha256: 's', device, name: device.slice(2), labels: {}, certificate, atMs: 1 }
    await store.enrol(enrolment)
  }
  await store.close()
  return disk
}
