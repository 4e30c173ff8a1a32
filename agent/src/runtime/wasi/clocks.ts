/** wasi:clocks: time is a port. */
import type { ClosedWasiPorts, HostInterface } from './closed-wasi.ts'
import { Pollable } from './io.ts'

const NANOS_PER_SECOND = 1_000_000_000n
/** What a guest is told about the step of the clocks: one microsecond. */
const RESOLUTION_NANOS = 1000n

export function clocks(
  ports: Pick<ClosedWasiPorts, 'monotonicNanos' | 'wallNanos' | 'wait'>,
): [string, HostInterface][] {
  const until = (instant: bigint): Pollable => new Pollable(() => instant - ports.monotonicNanos(), ports.wait)
  return [
    [
      'wasi:clocks/monotonic-clock',
      {
        now: () => ports.monotonicNanos(),
        resolution: () => RESOLUTION_NANOS,
        subscribeInstant: until,
        subscribeDuration: (duration: bigint) => until(ports.monotonicNanos() + duration),
      },
    ],
    [
      'wasi:clocks/wall-clock',
      {
        now: () => datetime(ports.wallNanos()),
        resolution: () => datetime(RESOLUTION_NANOS),
      },
    ],
  ]
}

function datetime(nanos: bigint): { seconds: bigint; nanoseconds: number } {
  return { seconds: nanos / NANOS_PER_SECOND, nanoseconds: Number(nanos % NANOS_PER_SECOND) }
}
