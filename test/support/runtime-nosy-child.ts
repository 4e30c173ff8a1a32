/** Stands in for the transpiling child and tells what it could get hold of, as the message of a refusal. */
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { Worker } from 'node:worker_threads'
import { encodeAnswer } from '@ocelli/agent/runtime/code/transpile-answer'

const tries = (act: () => unknown): string => {
  try {
    act()
    return 'allowed'
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error)
  }
}

const message = JSON.stringify({
  environment: Object.keys(process.env),
  readsFiles: tries(() => readFileSync('/etc/passwd')),
  listsFolders: tries(() => readdirSync('/')),
  writesFiles: tries(() => writeFileSync('/tmp/ocelli-nosy', 'x')),
  startsProcesses: tries(() => execFileSync('/bin/true')),
  startsWorkers: tries(() => new Worker('0', { eval: true })),
  addresses: tries(() => networkInterfaces()) === 'allowed' ? Object.keys(networkInterfaces()) : [],
})
process.stdout.write(encodeAnswer({ kind: 'refused', code: 'component.invalid', message }))
