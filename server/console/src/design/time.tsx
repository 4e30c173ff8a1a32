import { useSyncExternalStore } from 'react'
import { ago, dateTime } from './text.ts'

const TICK_MS = 1_000
let nowMs = Date.now()
const listeners = new Set<() => void>()
let timer: ReturnType<typeof setInterval> | undefined

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  timer ??= setInterval(() => {
    nowMs = Date.now()
    for (const each of listeners) each()
  }, TICK_MS)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

/** The wall clock, once a second, one timer for the whole page. */
export const useNowMs = (): number => useSyncExternalStore(subscribe, () => nowMs)

/** How long ago; the exact time on hover. */
export function Ago({ atMs }: { readonly atMs: number }) {
  const text = useSyncExternalStore(subscribe, () => ago(atMs, nowMs))
  return (
    <time dateTime={new Date(atMs).toISOString()} title={dateTime(atMs)} className="whitespace-nowrap">
      {text}
    </time>
  )
}
