/** wasi:random: chance is a port; the interfaces called insecure give the same bytes. */
import type { ClosedWasiPorts, HostInterface } from './closed-wasi.ts'

/** More at once is no honest need, and the host would hold the bytes outside of the instance's memory limit. */
const MAX_BYTES = 1_048_576n

export function random(ports: Pick<ClosedWasiPorts, 'randomBytes'>): [string, HostInterface][] {
  const bytes = (length: bigint): Uint8Array => {
    if (length > MAX_BYTES) throw new RangeError(`${length} random bytes at once are more than ${MAX_BYTES}`)
    return ports.randomBytes(Number(length))
  }
  const u64 = (): bigint => {
    const drawn = ports.randomBytes(8)
    return new DataView(drawn.buffer, drawn.byteOffset, 8).getBigUint64(0, true)
  }
  return [
    ['wasi:random/random', { getRandomBytes: bytes, getRandomU64: u64 }],
    ['wasi:random/insecure', { getInsecureRandomBytes: bytes, getInsecureRandomU64: u64 }],
    ['wasi:random/insecure-seed', { insecureSeed: () => [u64(), u64()] }],
  ]
}
