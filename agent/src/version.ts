/** Version of the agent: that of its package; a bundle has it written in. */
import { readFileSync } from 'node:fs'

declare const OCELLI_AGENT_VERSION: string | undefined

export function agentVersion(): string {
  if (typeof OCELLI_AGENT_VERSION === 'string') return OCELLI_AGENT_VERSION
  const json: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  const found = typeof json === 'object' && json !== null && 'version' in json ? json.version : undefined
  return typeof found === 'string' ? found : '0.0.0'
}
