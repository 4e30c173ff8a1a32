import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'

/** Something that a person should know or decide before going on. */
export function Notice({ icon: Icon, children }: { readonly icon: LucideIcon; readonly children: ReactNode }) {
  return (
    <div className="flex items-start gap-2.5 rounded-lg border border-warn/40 bg-warn-soft p-3">
      <Icon aria-hidden className="mt-0.5 size-4 shrink-0 text-warn" />
      <div className="min-w-0 flex-1 space-y-1">{children}</div>
    </div>
  )
}
