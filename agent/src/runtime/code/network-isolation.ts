/** Takes the network away from a child process where the kernel lets an ordinary user do that. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'

/** Part of util-linux, which every Debian system has. By its path: the child's environment is empty. */
const UNSHARE = '/usr/bin/unshare'
/** A network namespace of its own holds no interface but a loopback that is down; the user namespace is what permits making one. */
const ARGUMENTS = ['--user', '--map-root-user', '--net']
const PROBE_TIMEOUT_MS = 5000

/** What goes before the command of a process without network; empty where the kernel or a container forbids it. */
export function networkIsolation(): Promise<readonly string[]> {
  if (!existsSync(UNSHARE)) return Promise.resolve([])
  return new Promise((resolve) => {
    execFile(UNSHARE, [...ARGUMENTS, '/bin/true'], { env: {}, timeout: PROBE_TIMEOUT_MS }, (error) =>
      resolve(error ? [] : [UNSHARE, ...ARGUMENTS, '--']),
    )
  })
}
