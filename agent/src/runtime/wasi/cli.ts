/** wasi:cli: no arguments, no environment, no terminal; output to the log; exit ends the instance. */
import type { ClosedWasiPorts, HostInterface } from './closed-wasi.ts'
import { InputStream, OutputStream } from './io.ts'
import { LineWriter } from './line-writer.ts'

/** Thrown through the guest when it calls `exit`: not a fault. */
export class GuestExit extends Error {
  readonly exitCode: number

  constructor(exitCode: number) {
    super(`the component called exit with code ${exitCode}`)
    this.name = 'GuestExit'
    this.exitCode = exitCode
  }
}

class TerminalInput {}
class TerminalOutput {}

export function cli(ports: Pick<ClosedWasiPorts, 'writeLine'>): [string, HostInterface][] {
  const stream = (name: 'stdout' | 'stderr') => {
    const lines = new LineWriter((line) => ports.writeLine(name, line))
    return { open: () => new OutputStream((bytes) => lines.push(bytes)), flush: () => lines.flush() }
  }
  const stdout = stream('stdout')
  const stderr = stream('stderr')
  const exitWithCode = (exitCode: number): never => {
    stdout.flush()
    stderr.flush()
    throw new GuestExit(exitCode)
  }
  return [
    ['wasi:cli/environment', { getEnvironment: () => [], getArguments: () => [], initialCwd: () => undefined }],
    [
      'wasi:cli/exit',
      { exit: (status: { tag: 'ok' | 'err' }) => exitWithCode(status.tag === 'ok' ? 0 : 1), exitWithCode },
    ],
    ['wasi:cli/stdin', { getStdin: () => new InputStream() }],
    ['wasi:cli/stdout', { getStdout: stdout.open }],
    ['wasi:cli/stderr', { getStderr: stderr.open }],
    ['wasi:cli/terminal-input', { TerminalInput }],
    ['wasi:cli/terminal-output', { TerminalOutput }],
    ['wasi:cli/terminal-stdin', { getTerminalStdin: () => undefined }],
    ['wasi:cli/terminal-stdout', { getTerminalStdout: () => undefined }],
    ['wasi:cli/terminal-stderr', { getTerminalStderr: () => undefined }],
  ]
}
