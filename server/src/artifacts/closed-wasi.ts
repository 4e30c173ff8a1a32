/**
 * Stands in for `@bytecodealliance/preview2-shim` under the WIT reader, which asks for WASI and needs next to nothing of
 * it. The package's own defaults show the environment and start a worker thread.
 */
import { randomBytes } from 'node:crypto'
import { writeSync } from 'node:fs'

const STDERR = 2

const refused = (): never => {
  throw new Error('not available to the reader')
}

class InputStream {
  read(): Uint8Array {
    return new Uint8Array()
  }
}

class OutputStream {
  checkWrite(): bigint {
    return 4096n
  }
  /** A panic explains itself here. */
  write(bytes: Uint8Array): void {
    writeSync(STDERR, bytes)
  }
  blockingWriteAndFlush(bytes: Uint8Array): void {
    writeSync(STDERR, bytes)
  }
  blockingFlush(): void {}
}

class Nothing {}

export const environment = { getEnvironment: (): [string, string][] => [] }
export const exit = { exit: refused }
export const stdin = { getStdin: () => new InputStream() }
export const stdout = { getStdout: () => new OutputStream() }
export const stderr = { getStderr: () => new OutputStream() }
export const terminalInput = { TerminalInput: class extends Nothing {} }
export const terminalOutput = { TerminalOutput: class extends Nothing {} }
export const terminalStdin = { getTerminalStdin: () => undefined }
export const terminalStdout = { getTerminalStdout: () => undefined }
export const terminalStderr = { getTerminalStderr: () => undefined }
export const preopens = { getDirectories: () => [] }
export const types = {
  Descriptor: class extends Nothing {},
  DirectoryEntryStream: class extends Nothing {},
  filesystemErrorCode: () => undefined,
}
export const error = { Error: class extends Nothing {} }
export const streams = { InputStream, OutputStream }
export const random = { getRandomBytes: (count: bigint) => new Uint8Array(randomBytes(Number(count))) }
