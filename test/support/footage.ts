/** Real recorded footage: people crossing a yard (PETS 2009 S2.L1, first view), 768 x 576, 795 frames at 10 frames a second. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'

const PLACES = [
  process.env.OCELLI_FOOTAGE,
  join(import.meta.dirname, '../../../shared/data/pedestrians.avi'),
  '/usr/share/doc/opencv-doc/examples/data/vtest.avi',
]

/** Where the footage is: `OCELLI_FOOTAGE`, else `../shared/data`, else Debian's opencv-doc; `undefined` where nowhere. */
export function footagePath(): string | undefined {
  return PLACES.find((path) => path !== undefined && existsSync(path))
}

/** The footage, or an error that says how to get it. */
export function requireFootage(): string {
  const path = footagePath()
  if (path === undefined) {
    throw new Error('no footage: set OCELLI_FOOTAGE to pedestrians.avi, or apt-get install opencv-doc')
  }
  return path
}
