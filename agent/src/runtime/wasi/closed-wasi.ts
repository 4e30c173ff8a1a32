/**
 * Standard WASI 0.2 with nothing behind it, one object per instance: output becomes log lines, the environment is
 * empty, there are no directories, standard input is at its end. Nothing here is shared between instances.
 */

import { cli } from './cli.ts'
import { clocks } from './clocks.ts'
import { filesystem } from './filesystem.ts'
import { io } from './io.ts'
import { random } from './random.ts'

/** What the closed set needs of its surroundings. */
export interface ClosedWasiPorts {
  /** One line of output, without its end of line. */
  writeLine(stream: 'stdout' | 'stderr', line: string): void
  /** Nanoseconds since an arbitrary start; never goes back. */
  monotonicNanos(): bigint
  /** Nanoseconds since 1970. */
  wallNanos(): bigint
  /** Lets a span of nanoseconds pass before it returns. */
  wait(nanos: bigint): void
  randomBytes(count: number): Uint8Array
}

/** Functions and resource classes of one interface, by the names that jco's glue uses. */
export type HostInterface = Readonly<Record<string, unknown>>

/** Closed interfaces by path without version, as `wasi:io/streams`. */
export function closedWasi(ports: ClosedWasiPorts): ReadonlyMap<string, HostInterface> {
  return new Map([...io(), ...clocks(ports), ...random(ports), ...filesystem(), ...cli(ports)])
}
