/** The processes of agents of one benchmark, asked together. */
import { type ChildProcess, fork } from 'node:child_process'
import { constants, setPriority } from 'node:os'
import { join } from 'node:path'
import type { HostKind } from '../../../simulator/src/fleet/component-hosts.ts'
import type { BulkEnrolment } from './enrolment.ts'
import type { Answer, Ask, FleetState, Outcome } from './protocol.ts'

const SCRIPT = join(import.meta.dirname, 'agents.ts')
/** Thousands of agents make garbage together: in a small young generation most of it would be copied first. */
const NODE_FLAGS = ['--max-old-space-size=8000', '--max-semi-space-size=128']

export class AgentProcesses {
  readonly #children: readonly ChildProcess[]

  constructor(count: number) {
    this.#children = Array.from({ length: count }, () => {
      const child = fork(SCRIPT, { execArgv: NODE_FLAGS, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
      // Devices have processors of their own, and take none from the server.
      if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL)
      return child
    })
  }

  /** Names of devices are dealt out evenly: the first of each share is the first of its process. */
  async enrol(enrolment: BulkEnrolment): Promise<void> {
    const { names, tokens } = enrolment
    const ofEach = <T>(all: readonly T[], index: number): T[] => {
      const share = Math.ceil(all.length / this.#children.length)
      return all.slice(index * share, (index + 1) * share)
    }
    await Promise.all(
      this.#children.map((child, index) => {
        const own = { ...enrolment, names: ofEach(names, index), tokens: ofEach(tokens, index) }
        return ask(child, { ask: 'enrol', enrolment: own })
      }),
    )
  }

  async start(folder: string, host: HostKind): Promise<FleetState> {
    const states = this.#children.map((child, index) =>
      stateOf(ask(child, { ask: 'start', folder: join(folder, `agents-${index}`), host })),
    )
    return sum(await Promise.all(states))
  }

  async tell(what: 'mark' | 'state' | 'return'): Promise<FleetState> {
    return sum(await Promise.all(this.#children.map((child) => stateOf(ask(child, { ask: what })))))
  }

  async leave(count: number): Promise<FleetState> {
    const each = Math.ceil(count / this.#children.length)
    return sum(await Promise.all(this.#children.map((child) => stateOf(ask(child, { ask: 'leave', count: each })))))
  }

  async outcome(): Promise<Outcome> {
    const all = await Promise.all(this.#children.map((child) => ask(child, { ask: 'outcome' })))
    return Object.assign({}, ...all.map((answer) => ('outcome' in answer ? answer.outcome : {})))
  }

  kill(): void {
    for (const child of this.#children) child.kill('SIGKILL')
  }
}

function ask(child: ChildProcess, question: Ask): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const ended = () => reject(new Error(`a process of agents ended (${child.exitCode ?? child.signalCode})`))
    child.once('exit', ended)
    child.once('message', (answer: Answer) => {
      child.off('exit', ended)
      if ('failed' in answer) reject(new Error(answer.failed))
      else resolve(answer)
    })
    child.send(question)
  })
}

async function stateOf(answer: Promise<Answer>): Promise<FleetState> {
  const got = await answer
  if (!('state' in got)) throw new Error('the agents answered something else')
  return got.state
}

function sum(states: readonly FleetState[]): FleetState {
  const total = (of: (state: FleetState) => number) => states.reduce((all, state) => all + of(state), 0)
  return {
    agents: total(({ agents }) => agents),
    connected: total(({ connected }) => connected),
    returned: total(({ returned }) => returned),
    accepted: total(({ accepted }) => accepted),
    lastAcceptedAtMs: Math.max(...states.map(({ lastAcceptedAtMs }) => lastAcceptedAtMs)),
    turned: total(({ turned }) => turned),
    lastTurnedAtMs: Math.max(...states.map(({ lastTurnedAtMs }) => lastTurnedAtMs)),
    losses: states.flatMap(({ losses }) => losses),
    cpuMs: total(({ cpuMs }) => cpuMs),
    residentBytes: total(({ residentBytes }) => residentBytes),
  }
}
