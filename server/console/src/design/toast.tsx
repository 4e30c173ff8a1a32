import { CircleCheck, X } from 'lucide-react'
import { useSyncExternalStore } from 'react'

interface Toast {
  readonly id: number
  readonly text: string
}

const SHOWN_MS = 6_000
let toasts: readonly Toast[] = []
let lastId = 0
const listeners = new Set<() => void>()

function update(next: readonly Toast[]): void {
  toasts = next
  for (const listener of listeners) listener()
}
const dismiss = (id: number) => update(toasts.filter((toast) => toast.id !== id))

/** Says that something was done. What went wrong stays where it was tried instead. */
export function toast(text: string): void {
  const id = ++lastId
  update([...toasts, { id, text }])
  setTimeout(() => dismiss(id), SHOWN_MS)
}

export function Toasts() {
  const shown = useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    () => toasts,
  )
  return (
    <div role="status" className="fixed right-4 bottom-4 z-50 flex w-80 max-w-[calc(100vw-2rem)] flex-col gap-2">
      {shown.map(({ id, text }) => (
        <div
          key={id}
          className="flex items-start gap-2.5 rounded-lg bg-raised px-3.5 py-3 shadow-pop animate-[slide-in_140ms_ease-out]"
        >
          <CircleCheck aria-hidden className="mt-0.5 size-4 shrink-0 text-ok" />
          <p className="min-w-0 flex-1 break-words">{text}</p>
          <button type="button" aria-label="Dismiss" onClick={() => dismiss(id)} className="rounded p-0.5 text-muted">
            <X aria-hidden className="size-3.5" />
          </button>
        </div>
      ))}
    </div>
  )
}
