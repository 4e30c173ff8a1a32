/** What the build writes into a bundle, and where the bundle's further entries lie. */
import { readFileSync } from 'node:fs'
import type { EntryPoints } from './runtime/entry-points.ts'

/** Put in place by the build; does not exist when the sources run. */
declare const OCELLI_AGENT_VERSION: string | undefined

/** Version of the agent: that of its package. */
export function agentVersion(): string {
  if (typeof OCELLI_AGENT_VERSION === 'string') return OCELLI_AGENT_VERSION
  const json: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  const found = typeof json === 'object' && json !== null && 'version' in json ? json.version : undefined
  return typeof found === 'string' ? found : '0.0.0'
}

/** All files of a bundle lie in one folder; `undefined` when the sources run. */
export function bundledEntryPoints(): EntryPoints | undefined {
  if (typeof OCELLI_AGENT_VERSION !== 'string') return undefined
  return {
    guestWorker: new URL('./guest-worker.js', import.meta.url),
    transpileChild: new URL('./transpile-child.js', import.meta.url),
    transpileReadable: [import.meta.dirname],
  }
}
