#!/usr/bin/env node
/** The `ocelli` command: a thin HTTP client. `up` alone starts processes. */
import { readFileSync } from 'node:fs'
import { CommanderError } from 'commander'
import { CliError, EXIT } from './exit.ts'
import { createProgram } from './program.ts'

async function main(): Promise<void> {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  await createProgram(version).parseAsync()
}

// `ocelli outputs -f | head` closes the pipe: that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) =>
  process.exit(error.code === 'EPIPE' ? EXIT.done : EXIT.failed),
)

try {
  await main()
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.usage
  else if (error instanceof CliError) {
    process.stderr.write(`error: ${error.message} [${error.code}]\n`)
    if (error.next) process.stderr.write(`try:   ${error.next}\n`)
    process.exitCode = error.exitCode
  } else {
    process.stderr.write(`error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
    process.exitCode = EXIT.failed
  }
}
