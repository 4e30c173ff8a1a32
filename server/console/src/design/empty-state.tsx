import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import { Command } from './command.tsx'

interface Props {
  readonly icon: LucideIcon
  readonly title: string
  /** What the next step is and what it brings. */
  readonly children?: ReactNode
  readonly command?: string
  readonly actions?: ReactNode
}

/** Nothing is here yet: says what would be, and the step that brings it. */
export function EmptyState({ icon: Icon, title, children, command, actions }: Props) {
  return (
    <div className="mx-auto flex max-w-lg flex-col items-center px-6 py-12 text-center">
      <span className="mb-4 grid size-11 place-items-center rounded-lg border border-line bg-sunken text-faint">
        <Icon aria-hidden className="size-5" />
      </span>
      <h2 className="text-base font-semibold">{title}</h2>
      {children !== undefined && <div className="mt-1 text-sm text-muted">{children}</div>}
      {command !== undefined && (
        <div className="mt-4 w-full">
          <Command text={command} />
        </div>
      )}
      {actions !== undefined && <div className="mt-4 flex flex-wrap justify-center gap-2">{actions}</div>}
    </div>
  )
}
