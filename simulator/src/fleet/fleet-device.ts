/** One simulated device: the real agent on its own folder, with simulated imagers and facts. */
import { join as joinPath } from 'node:path'
import type { Agent } from '@ocelli/agent'
import { offersOf } from '@ocelli/agent/capability/interfaces'
import { type OpenDevice, openDevice } from '@ocelli/agent/device'
import { describeIdentity, loadIdentity } from '@ocelli/agent/identity/identity-file'
import { join } from '@ocelli/agent/join'
import type { DeviceIdentity, LogLevel } from '@ocelli/agent/ports'
import type { ComponentHost } from '@ocelli/agent/runtime/host'
import { OFFERED_INTERFACES } from '@ocelli/agent/runtime/offered'
import { OcelliError } from '@ocelli/schemas/errors'
import type { Clock } from '../clock.ts'
import { createDeviceImagers } from '../device-imagers.ts'
import type { SimulatedImagerBank } from '../imager-bank.ts'
import { offeredBy, PROFILES } from '../profiles.ts'
import type { PaintedPlanes } from '../scene/painted-planes.ts'
import type { FleetMember } from './default-fleet.ts'

export interface FleetDeviceOptions {
  readonly member: FleetMember
  /** Folder of the whole fleet. */
  readonly dataDir: string
  readonly seed: string | number
  readonly bootId: string
  readonly clock: Clock
  readonly version: string
  /** Enrolment token; needed where the device has not joined yet. */
  readonly token: string | undefined
  readonly host: ComponentHost
  readonly painted?: PaintedPlanes
  readonly log: (level: LogLevel, message: string) => void
}

/** A device that runs. */
export interface FleetDevice {
  readonly member: FleetMember
  readonly identity: DeviceIdentity
  /** Whether it joined at this start. */
  readonly joined: boolean
  readonly agent: Agent
  readonly imagers: SimulatedImagerBank
  close(): Promise<void>
}

/** Folder of one device. */
export function deviceFolder(dataDir: string, name: string): string {
  return joinPath(dataDir, 'devices', name)
}

/** Joins where the device has no identity yet, then opens and starts it. Rejects with the coded errors of `join` and `openDevice`. */
export async function startFleetDevice(options: FleetDeviceOptions): Promise<FleetDevice> {
  const { member } = options
  const dataDir = deviceFolder(options.dataDir, member.name)
  const known = knownIdentity(dataDir)
  const identity = known ?? (await joinAs(member, dataDir, options.token))
  const profile = PROFILES[member.profile]
  const { clock, seed, host, log, painted } = options
  const imagers = createDeviceImagers({
    device: member.name,
    profile,
    scenes: member.scenes,
    seed,
    clock,
    ...(painted && { painted }),
  })
  const facts = {
    bootId: options.bootId,
    platform: profile.platform,
    offered: offeredBy(profile, offersOf(OFFERED_INTERFACES)),
  }
  let opened: OpenDevice | undefined
  try {
    opened = await openDevice({ dataDir, config: { version: options.version }, replace: { imagers, facts, host, log } })
    await opened.agent.start()
  } catch (error) {
    await opened?.close()
    await imagers.close()
    throw error
  }
  const { agent, close } = opened
  return {
    member,
    identity,
    joined: known === undefined,
    agent,
    imagers,
    async close() {
      await close()
      await imagers.close()
      await host.close()
    },
  }
}

function knownIdentity(dataDir: string): DeviceIdentity | undefined {
  try {
    return describeIdentity(loadIdentity(dataDir))
  } catch (error) {
    if (error instanceof OcelliError && error.code === 'request.notFound') return undefined
    throw error
  }
}

function joinAs(member: FleetMember, dataDir: string, token: string | undefined): Promise<DeviceIdentity> {
  if (token === undefined) {
    throw new OcelliError('enrolment.invalid', `${member.name} has not joined yet, which takes an enrolment token`)
  }
  return join(token, { dataDir, name: member.name, labels: { ...member.labels, profile: member.profile } })
}
