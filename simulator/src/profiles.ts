/** Kinds of devices that differ in what they can do: what makes a simulated fleet diverse. */
import type { Offer } from '@ocelli/agent/ports'
import type { Inventory } from '@ocelli/schemas/messages/inventory'
import { HM01B0, IMX219, IMX500, OV5647, OV9281, type SensorProfile } from './imager/sensor-profiles.ts'

export type Platform = Inventory['platform']

/** One imager of a kind of device. */
export interface ImagerSlot {
  /** Where it is plugged in: the imager's id, the same after a restart. */
  readonly id: string
  readonly sensor: SensorProfile
  /** Rate from the start on: simulated devices share the processor of one machine. */
  readonly frameRateMillihertz: number
}

export interface DeviceProfile {
  readonly name: ProfileName
  /** What is special about it, for people. */
  readonly description: string
  readonly platform: Platform
  readonly imagers: readonly ImagerSlot[]
  /** Interfaces (without version) that an older or smaller host does not link. */
  readonly lacks: readonly string[]
  /** Interfaces (without version) that it links in another version. */
  readonly versions: Readonly<Record<string, string>>
}

export const PROFILE_NAMES = [
  'in-sensor',
  'plain-camera',
  'two-cameras',
  'small-mono',
  'no-imager',
  'little-memory',
  'older-interface',
  'global-shutter',
] as const
export type ProfileName = (typeof PROFILE_NAMES)[number]

const MIB = 1024 * 1024

/** Raspberry Pi boards under a 64-bit Raspberry Pi OS; memory and storage are what instances may use, not what the board has. */
function board(model: string, memoryMib: number, cpuCount = 4): Platform {
  return {
    architecture: 'arm64',
    operatingSystem: 'Raspberry Pi OS 12 (64-bit), simulated',
    model,
    cpuCount,
    memoryBytes: memoryMib * MIB,
    storageBytes: 512 * MIB,
    simulated: true,
  }
}

const ALL_OF_IT = { lacks: [], versions: {} } as const

export const PROFILES: Readonly<Record<ProfileName, DeviceProfile>> = {
  'in-sensor': {
    name: 'in-sensor',
    description: 'a camera whose sensor runs a person detector itself',
    platform: board('Raspberry Pi Zero 2 W', 128),
    imagers: [{ id: 'csi0', sensor: IMX500, frameRateMillihertz: 5000 }],
    ...ALL_OF_IT,
  },
  'plain-camera': {
    name: 'plain-camera',
    description: 'a colour camera without a network',
    platform: board('Raspberry Pi 4 Model B', 512),
    imagers: [{ id: 'csi0', sensor: IMX219, frameRateMillihertz: 4000 }],
    ...ALL_OF_IT,
  },
  'two-cameras': {
    name: 'two-cameras',
    description: 'two colour cameras that look at different places',
    platform: board('Raspberry Pi 5', 1024),
    imagers: [
      { id: 'csi0', sensor: IMX219, frameRateMillihertz: 4000 },
      { id: 'csi1', sensor: OV5647, frameRateMillihertz: 4000 },
    ],
    ...ALL_OF_IT,
  },
  'small-mono': {
    name: 'small-mono',
    description: 'a small monochrome sensor whose settings are fixed',
    platform: board('Arduino Portenta X8', 96),
    imagers: [{ id: 'dcmi0', sensor: HM01B0, frameRateMillihertz: 4000 }],
    ...ALL_OF_IT,
  },
  'no-imager': {
    name: 'no-imager',
    description: 'a gateway without any imager',
    platform: board('Raspberry Pi Compute Module 4', 512),
    imagers: [],
    ...ALL_OF_IT,
  },
  'little-memory': {
    name: 'little-memory',
    description: 'a camera on a board that has little memory for instances',
    platform: board('Raspberry Pi 3 Model A+', 24),
    imagers: [{ id: 'csi0', sensor: OV5647, frameRateMillihertz: 4000 }],
    ...ALL_OF_IT,
  },
  'older-interface': {
    name: 'older-interface',
    description: 'a camera with a host from before the release of the guest contract',
    platform: board('Raspberry Pi 4 Model B', 512),
    imagers: [{ id: 'csi0', sensor: IMX219, frameRateMillihertz: 4000 }],
    lacks: ['ocelli:sensing/imager-control', 'ocelli:sensing/images'],
    versions: { 'ocelli:sensing/frames': '0.1.0-rc.1' },
  },
  'global-shutter': {
    name: 'global-shutter',
    description: 'a monochrome camera with a global shutter',
    platform: board('Raspberry Pi 5', 1024),
    imagers: [{ id: 'csi0', sensor: OV9281, frameRateMillihertz: 4000 }],
    ...ALL_OF_IT,
  },
}

/** What a device of this kind offers of all that the agent's host can link. */
export function offeredBy(profile: Pick<DeviceProfile, 'lacks' | 'versions'>, linked: readonly Offer[]): Offer[] {
  return linked.flatMap((offer) => {
    const [path = ''] = offer.name.split('@')
    if (profile.lacks.includes(path)) return []
    const version = profile.versions[path]
    return version === undefined ? offer : { ...offer, name: `${path}@${version}` }
  })
}
