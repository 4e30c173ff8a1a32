/** The status of an agent for people. */
import type { AgentStatus } from '../agent.ts'

export function showStatus(status: AgentStatus): string {
  const { generation, outbox, refused } = status
  const lines = [
    `device      ${status.device} (start ${status.start})`,
    `link        ${status.link}`,
    `generation  ${generation ? `${generation.epoch}.${generation.counter}` : 'none yet'}`,
    `outbox      ${outbox.held} records held (${outbox.heldBytes} bytes), ${outbox.lost} lost`,
  ]
  if (refused) lines.push(`refused     ${refused.error.code}: ${refused.error.message}`)
  lines.push(`instances   ${status.instances.length}`)
  for (const { id, realisation, revision, state, healthy, restarts, error } of status.instances) {
    const health = state === 'running' && !healthy ? ' (not healthy yet)' : ''
    lines.push(`  ${id}  ${realisation} revision ${revision}  ${state}${health}, ${restarts} restarts`)
    if (error) lines.push(`    ${error.code}: ${error.message}`)
  }
  return lines.join('\n')
}
