/** A large fleet as a database would hand it over: every device has objects of its own, eight kinds of them differ. */
import type { DeviceFacts, Snapshot } from '../../server/src/domain/snapshot.ts'
import {
  BASE_INTERFACES,
  blobDetector,
  CAMERA_INTERFACES,
  type DeviceOptions,
  deployment,
  device,
  imager,
  imagerId,
  peopleCount,
  SENSING,
  snapshot,
} from './snapshot-builders.ts'

const CAMERA = [...BASE_INTERFACES, ...CAMERA_INTERFACES]
const KINDS: readonly DeviceOptions[] = [
  { interfaces: [...CAMERA, { name: SENSING('detector'), imagers: [imagerId('cam0')] }], imagers: [imager()] },
  {},
  { imagers: [imager(), imager({ id: 'cam1', colour: 'colour', formats: ['rgb8'] })] },
  { imagers: [imager({ widthPixels: 320, heightPixels: 240 })] },
  { imagers: [] },
  { memoryBytes: 16_777_216 },
  { interfaces: [...CAMERA, SENSING('detector', '0.0.9')] },
  { features: [] },
]

/** People counting on one floor of `floors`: in the sensor where it can, else in software. */
export function largeFleet(count: number, floors = 4, ownImagerIds = false): Snapshot {
  const text = KINDS.map((kind) => JSON.stringify(device(0, kind).inventory))
  return fleetOf(count, floors, (index) => {
    const kind = text[kindOf(index)] ?? ''
    return JSON.parse(ownImagerIds ? kind.replace(/"cam(\d)"/g, `"cam$1-${index.toString(36)}"`) : kind)
  })
}

/** The same with one inventory for each kind: what a plan needs of memory shows beside little else. */
export function sharedFleet(count: number): Snapshot {
  const kinds = KINDS.map((kind) => device(0, kind).inventory)
  return fleetOf(count, 4, (index) => kinds[kindOf(index)])
}

function kindOf(index: number): number {
  return (index * 7 + (index >> 3)) % KINDS.length
}

function fleetOf(count: number, floors: number, inventoryOf: (index: number) => DeviceFacts['inventory']): Snapshot {
  const devices = Array.from({ length: count }, (_, index): DeviceFacts => {
    const facts = device(index, { reported: false, labels: { floor: String(index % floors), site: `s${index % 100}` } })
    const inventory = inventoryOf(index)
    return inventory ? { ...facts, inventory } : facts
  })
  const count1 = deployment(0, {
    name: 'people-count',
    components: [peopleCount, blobDetector],
    target: { selector: 'device.labels.floor != "0"' },
    realisations: [
      { name: 'in-sensor', component: 'people-count@1.0.0' },
      {
        name: 'software',
        component: 'people-count@1.0.0',
        providers: ['blob-detector@1.0.0'],
        imager: { minWidthPixels: 640 },
      },
    ],
  })
  return snapshot({ devices, deployments: [count1] })
}
