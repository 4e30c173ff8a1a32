/** Numbers of devices, given as such or as a percentage. */
import type { Share } from '@ocelli/schemas/manifest/rollout'

/** A percentage is rounded up. */
export function shareOf(share: Share, total: number): number {
  return typeof share === 'number' ? share : Math.ceil((Number.parseInt(share, 10) * total) / 100)
}

/** `2`, or `10% of 35 = 4`. */
export function shareText(share: Share, total: number): string {
  return typeof share === 'number' ? String(share) : `${share} of ${total} = ${shareOf(share, total)}`
}
