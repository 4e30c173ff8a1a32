/** Stands in for `@bytecodealliance/preview2-shim` in the transpiling child: jco's generator gets the closed WASI set too. */
import { randomBytes } from 'node:crypto'
import { closedWasi } from '../wasi/closed-wasi.ts'

const wasi = closedWasi({
  // A panic of the generator explains itself on stderr, which the parent keeps.
  writeLine: (_stream, line) => process.stderr.write(`${line}\n`),
  monotonicNanos: () => process.hrtime.bigint(),
  wallNanos: () => BigInt(Date.now()) * 1_000_000n,
  wait: () => {},
  randomBytes: (count) => randomBytes(count),
})
const face = (path: string) => wasi.get(path) ?? {}

export const environment = face('wasi:cli/environment')
export const exit = face('wasi:cli/exit')
export const stdin = face('wasi:cli/stdin')
export const stdout = face('wasi:cli/stdout')
export const stderr = face('wasi:cli/stderr')
export const terminalInput = face('wasi:cli/terminal-input')
export const terminalOutput = face('wasi:cli/terminal-output')
export const terminalStdin = face('wasi:cli/terminal-stdin')
export const terminalStdout = face('wasi:cli/terminal-stdout')
export const terminalStderr = face('wasi:cli/terminal-stderr')
export const preopens = face('wasi:filesystem/preopens')
export const types = face('wasi:filesystem/types')
export const error = face('wasi:io/error')
export const poll = face('wasi:io/poll')
export const streams = face('wasi:io/streams')
export const random = face('wasi:random/random')
export const monotonicClock = face('wasi:clocks/monotonic-clock')
export const wallClock = face('wasi:clocks/wall-clock')
