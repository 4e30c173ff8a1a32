/** Processor time, which says what a thing costs however busy the machine is otherwise. Linux only. */
import { readdirSync, readFileSync } from 'node:fs'

/** Of `clock ticks` in `/proc`: 100 a second on every Linux that Node runs on. */
const TICK_MICROS = 10_000

export interface CpuTimes {
  readonly ownMicros: number
  /** Of all processes that this one started, and theirs. */
  readonly childrenMicros: number
}

/** Since `before`, or since ever. */
export function cpuTimes(before: CpuTimes = { ownMicros: 0, childrenMicros: 0 }): CpuTimes {
  const { user, system } = process.cpuUsage()
  return {
    ownMicros: user + system - before.ownMicros,
    childrenMicros: childrenMicros(process.pid) - before.childrenMicros,
  }
}

/** Of a process and all that it started. */
export function treeMicros(root: number): number {
  return ticksBelow(root, true) * TICK_MICROS
}

function childrenMicros(root: number): number {
  return ticksBelow(root, false) * TICK_MICROS
}

/** Of a process that ended its own time is in that of its parent, once the parent has asked for it. */
function ticksBelow(root: number, withRoot: boolean): number {
  const processes = new Map(readdirSync('/proc').flatMap((name) => readStat(name) ?? []))
  let ticks = withRoot ? (processes.get(root)?.ticks ?? 0) : 0
  for (const one of processes.values()) {
    let parent: number | undefined = one.parent
    while (parent !== undefined && parent !== root) parent = processes.get(parent)?.parent
    if (parent === root) ticks += one.ticks
  }
  return ticks
}

interface Stat {
  readonly parent: number
  readonly ticks: number
}

/** proc_pid_stat(5); the name of the program, in brackets, may hold spaces. */
function readStat(name: string): [readonly [number, Stat]] | undefined {
  if (!/^\d+$/.test(name)) return undefined
  let text: string
  try {
    text = readFileSync(`/proc/${name}/stat`, 'latin1')
  } catch {
    // It ended meanwhile.
    return undefined
  }
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const [parent = 0, ...times] = [1, 11, 12, 13, 14].map((index) => Number(fields[index]))
  return [[Number(name), { parent, ticks: times.reduce((sum, time) => sum + time, 0) }]]
}
