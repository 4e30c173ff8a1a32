/** What must hold at every step, and what must hold in the end. Each throws with what it saw. */
import { compareGenerations } from '@ocelli/schemas/messages/generation'
import type { SimulatedDevice } from './device.ts'
import { checkOneLive, unfinishedRollouts } from './rollouts.ts'
import type { World } from './world.ts'

/** Safety, cheap enough for every event: no agent ever runs an older generation than it ran. */
export function checkSafety(world: World): void {
  for (const device of world.devices) {
    device.noteAccepted()
    device.checkGeneration()
  }
  world.rollouts.check(world)
}

/** What keeps a device from being where it should be; empty when all is well. */
export function unfinished(world: World): string[] {
  if (!world.isIntentFinal) return ['the last change of intent is not made']
  const rollouts = unfinishedRollouts(world)
  if (rollouts.length > 0) return rollouts
  return world.disk.inspect((state) =>
    world.devices.flatMap((device) => {
      const problems: string[] = []
      const desired = state.desired.get(device.id)
      const row = state.devices.get(device.id)
      const status = device.agent?.status()
      if (!status) return [`${device.id} does not run`]
      if (row?.presence !== 'online') problems.push(`presence is ${row?.presence}`)
      const wanted = desired?.instances.map((instance) => `${instance.id} r${instance.revision}`) ?? []
      const running = status.instances
        .filter((instance) => instance.state === 'running')
        .map((instance) => `${instance.id} r${instance.revision}`)
      if (wanted.sort().join() !== running.sort().join()) {
        const states = status.instances.map(
          (item) => `${item.id} r${item.revision} ${item.state} ${item.error?.message ?? ''}`,
        )
        problems.push(`should run [${wanted}], runs [${states}]`)
      }
      if (
        desired &&
        (!row?.reported?.generation || compareGenerations(row.reported.generation, desired.generation) !== 0)
      ) {
        problems.push(`reported ${JSON.stringify(row?.reported?.generation)} of ${JSON.stringify(desired.generation)}`)
      }
      return problems.map((problem) => `${device.id}: ${problem}`)
    }),
  )
}

/** No accepted record is missing or doubled, unless it is recorded as lost or still on the device's disk. */
export function checkRecords(world: World): void {
  checkOneLive(world)
  for (const device of world.devices) {
    const stored = storedSequences(world, device)
    for (const [stream, accepted] of device.accepted) {
      const { sequences, lost } = stored.get(stream) ?? { sequences: [], lost: [] }
      const counted = new Map<number, number>()
      for (const sequence of sequences) counted.set(sequence, (counted.get(sequence) ?? 0) + 1)
      const isLost = (sequence: number) => lost.some((range) => sequence >= range.from && sequence <= range.to)
      const held = new Set(device.stream === stream ? device.disk.records.map((row) => row.sequence) : [])
      for (const sequence of accepted) {
        const count = counted.get(sequence) ?? 0
        if (count > 1) throw new Error(`${device.id} ${stream}: record ${sequence} is there ${count} times`)
        if (count === 0 && !isLost(sequence) && !held.has(sequence)) {
          throw new Error(`${device.id} ${stream}: record ${sequence} was accepted and is gone`)
        }
      }
      for (const [sequence] of counted) {
        if (!accepted.has(sequence)) throw new Error(`${device.id} ${stream}: record ${sequence} was never accepted`)
      }
    }
  }
}

interface Stored {
  readonly sequences: number[]
  readonly lost: { readonly from: number; readonly to: number }[]
}

function storedSequences(world: World, device: SimulatedDevice): Map<string, Stored> {
  const streams = new Map<string, Stored>()
  world.disk.inspect((state) => {
    for (const kept of state.records) {
      if (kept?.row.device !== device.id) continue
      const { row } = kept
      const stored = streams.get(row.stream) ?? { sequences: [], lost: [] }
      streams.set(row.stream, stored)
      if (row.record.kind === 'lost') stored.lost.push(row.record)
      // A gap that the server itself recorded carries no boot; it is no record of the device.
      if (row.record.boot !== '') stored.sequences.push(row.record.sequence)
    }
  })
  return streams
}
