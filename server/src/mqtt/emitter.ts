/**
 * Who gets a message, for aedes. Its own emitter (mqemitter 7.1) recurses once per queued message and dies with "Maximum
 * call stack size exceeded" when many clients publish and close at once; this one never calls back on the caller's
 * stack and holds no queue, so a slow subscriber delays nobody else.
 *
 * Filters are found by what stands before a trailing `#`, or as they are; filters with `+` are looked at one by one (the
 * broker itself has three of them, and devices may not use any).
 */
export interface Routed {
  readonly topic: string
}
export type Listener<M extends Routed> = (message: M, done: () => void) => void
type Done = (error?: Error) => void

export class Emitter<M extends Routed> {
  private readonly exact = new Map<string, Set<Listener<M>>>()
  /** By prefix with its trailing slash; `` for `#` itself. */
  private readonly below = new Map<string, Set<Listener<M>>>()
  private readonly patterns = new Map<string, Set<Listener<M>>>()
  private closed = false

  on(filter: string, listener: Listener<M>, done?: Done): this {
    const { map, key } = this.place(filter)
    const listeners = map.get(key) ?? new Set()
    listeners.add(listener)
    map.set(key, listeners)
    if (done) setImmediate(done)
    return this
  }

  removeListener(filter: string, listener: Listener<M>, done?: Done): this {
    const { map, key } = this.place(filter)
    const listeners = map.get(key)
    listeners?.delete(listener)
    if (listeners?.size === 0) map.delete(key)
    if (done) setImmediate(done)
    return this
  }

  emit(message: M, done: Done = () => {}): this {
    if (this.closed) {
      setImmediate(done, new Error('the broker is closed'))
      return this
    }
    const listeners = this.matching(message.topic)
    let left = listeners.length
    if (left === 0) setImmediate(done)
    for (const listener of listeners) {
      listener(message, () => {
        if (--left === 0) setImmediate(done)
      })
    }
    return this
  }

  close(done: Done): this {
    this.closed = true
    setImmediate(done)
    return this
  }

  private place(filter: string): { map: Map<string, Set<Listener<M>>>; key: string } {
    if (filter.includes('+')) return { map: this.patterns, key: filter }
    return filter.endsWith('#') ? { map: this.below, key: filter.slice(0, -1) } : { map: this.exact, key: filter }
  }

  private matching(topic: string): Listener<M>[] {
    const found = [...(this.exact.get(topic) ?? [])]
    if (this.below.size > 0) {
      // `a/#` matches `a` as well [MQTT-4.7.1-2], hence the slash at the end.
      const levels = `${topic}/`
      for (let at = 0; at >= 0 && at <= levels.length; at = levels.indexOf('/', at) + 1 || -1) {
        found.push(...(this.below.get(levels.slice(0, at)) ?? []))
      }
    }
    for (const [filter, listeners] of this.patterns) if (matches(filter, topic)) found.push(...listeners)
    return found
  }
}

/** Whether a topic filter matches a topic [MQTT-4.7]. */
export function matches(filter: string, topic: string): boolean {
  const wanted = filter.split('/')
  const levels = topic.split('/')
  // [MQTT-4.7.2-1]: a filter that starts with a wildcard does not match topics that start with $.
  if (topic.startsWith('$') && (wanted[0] === '+' || wanted[0] === '#')) return false
  for (const [index, level] of wanted.entries()) {
    if (level === '#') return levels.length >= index
    if (index >= levels.length || (level !== '+' && level !== levels[index])) return false
  }
  return wanted.length === levels.length
}
