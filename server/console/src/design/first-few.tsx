import { type ReactNode, useState } from 'react'
import { Button } from './button.tsx'

/** The first `most` of a list, and a button that brings the rest. */
export function FirstFew<Item>(props: {
  readonly items: readonly Item[]
  readonly most: number
  readonly className?: string
  readonly children: (shown: readonly Item[]) => ReactNode
}) {
  const { items, most, className, children } = props
  const [all, setAll] = useState(false)
  return (
    <>
      {children(all ? items : items.slice(0, most))}
      {!all && items.length > most && (
        <div className={className}>
          <Button size="sm" onClick={() => setAll(true)}>
            Show all {items.length}
          </Button>
        </div>
      )}
    </>
  )
}
