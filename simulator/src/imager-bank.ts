/** The imagers of a simulated device, with cables that can be pulled and put back. */
import type { Imager, ImagerBank } from '@ocelli/agent/imager/imager'
import type { SimulatedImager } from './imager/simulated-imager.ts'

export interface SimulatedImagerBank extends ImagerBank {
  list(): readonly SimulatedImager[]
  /** All imagers of the device, plugged or not. */
  all(): readonly SimulatedImager[]
  /** Takes an imager out of the list; `false` where none of that id is plugged. */
  unplug(imagerId: string): boolean
  /** Brings it back under the same id; `false` where none of that id is unplugged. */
  plug(imagerId: string): boolean
}

export function createImagerBank(imagers: readonly SimulatedImager[]): SimulatedImagerBank {
  const plugged = new Set<Imager>(imagers)
  const listeners = new Set<() => void>()
  const tell = () => {
    for (const listener of [...listeners]) listener()
  }
  const named = (id: string) => imagers.find((imager) => imager.facts.id === id)
  return {
    list: () => imagers.filter((imager) => plugged.has(imager)),
    all: () => imagers,
    unplug(imagerId) {
      const imager = named(imagerId)
      if (!imager || !plugged.delete(imager)) return false
      imager.interrupt('unplugged')
      tell()
      return true
    },
    plug(imagerId) {
      const imager = named(imagerId)
      if (!imager || plugged.has(imager)) return false
      plugged.add(imager)
      imager.resume()
      tell()
      return true
    },
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async close() {
      listeners.clear()
      await Promise.all(imagers.map((imager) => imager.close()))
    },
  }
}
