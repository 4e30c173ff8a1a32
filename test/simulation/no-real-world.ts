/**
 * Inside the simulation, awaiting anything but a port fails: real timers, clocks, chance, files and sockets throw or
 * are found out. Promises alone are free.
 */

const FORBIDDEN = ['setTimeout', 'setInterval', 'fetch'] as const

/** Runs `body` with the real world closed. */
export async function withoutRealWorld<T>(body: () => Promise<T>): Promise<T> {
  const restore: (() => void)[] = []
  const forbid = (owner: object, name: string) => {
    const before = Object.getOwnPropertyDescriptor(owner, name)
    const real: unknown = before?.value
    if (!before || typeof real !== 'function') return
    Object.defineProperty(owner, name, {
      configurable: true,
      writable: true,
      value: function guarded(...args: unknown[]) {
        const error = new Error(`${name} was used inside of the simulation: only ports may know the real world`)
        if (isOfThePlatform(error)) return Reflect.apply(real, owner, args)
        throw error
      },
    })
    restore.push(() => Object.defineProperty(owner, name, before))
  }
  for (const name of FORBIDDEN) forbid(globalThis, name)
  forbid(Date, 'now')
  forbid(Math, 'random')
  const before = resources()
  try {
    const value = await body()
    const added = resources().filter((name) => !before.includes(name))
    if (added.length > 0) throw new Error(`the simulation left the process waiting for ${added.join(', ')}`)
    return value
  } finally {
    for (const undo of restore.reverse()) undo()
  }
}

/** Node's own timers and the test runner look at the clock whenever they like; that is nobody's await. */
function isOfThePlatform(error: Error): boolean {
  const caller = error.stack?.split('\n')[2] ?? ''
  return /\(?node:internal\/|node_modules\/(vitest|@vitest|tinypool|birpc)\//.test(caller)
}

/** What the process waits for, but for the turns that the timeline itself takes. */
function resources(): string[] {
  return process.getActiveResourcesInfo().filter((name) => name !== 'Immediate')
}
