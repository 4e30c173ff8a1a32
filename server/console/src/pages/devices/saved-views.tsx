/** Filters under a name, kept in this browser. The address itself is what is shared with others. */
import { useNavigate } from '@tanstack/react-router'
import { Bookmark, Check, Plus, Trash2 } from 'lucide-react'
import { DropdownMenu } from 'radix-ui'
import { useState } from 'react'
import { Button } from '../../design/button.tsx'
import { Dialog } from '../../design/dialog.tsx'
import { Field } from '../../design/field.tsx'
import type { Search } from './filters.tsx'

const KEY = 'ocelli.views.devices'

interface View {
  readonly name: string
  readonly search: Search
}

function readViews(): readonly View[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]')
    return Array.isArray(kept) ? kept.filter(isView) : []
  } catch {
    return []
  }
}

function isView(value: unknown): value is View {
  return typeof value === 'object' && value !== null && 'name' in value && 'search' in value
}

const sameSearch = (a: Search, b: Search) =>
  JSON.stringify(Object.entries(a).sort()) === JSON.stringify(Object.entries(b).sort())

export function SavedViews({ search }: { readonly search: Search }) {
  const navigate = useNavigate({ from: '/devices' })
  const [views, setViews] = useState(readViews)
  const [naming, setNaming] = useState(false)
  const [name, setName] = useState('')
  const keep = (next: readonly View[]) => {
    localStorage.setItem(KEY, JSON.stringify(next))
    setViews(next)
  }
  const current = views.find((view) => sameSearch(view.search, search))
  const item =
    'flex h-8 items-center gap-2 rounded px-2 outline-none select-none data-[highlighted]:bg-hover data-[disabled]:text-faint'
  return (
    <>
      <DropdownMenu.Root>
        <DropdownMenu.Trigger asChild>
          <button
            type="button"
            className="inline-flex h-8 items-center gap-1.5 rounded-md border border-line-strong bg-surface px-3 font-medium hover:bg-hover"
          >
            <Bookmark aria-hidden className="size-3.5" />
            {current?.name ?? 'Views'}
          </button>
        </DropdownMenu.Trigger>
        <DropdownMenu.Portal>
          <DropdownMenu.Content
            align="end"
            sideOffset={6}
            className="z-50 min-w-60 rounded-lg bg-raised p-1.5 shadow-pop"
          >
            {views.map((view) => (
              <DropdownMenu.Item
                key={view.name}
                className={item}
                onSelect={() => void navigate({ search: view.search })}
              >
                {view === current ? <Check aria-hidden className="size-3.5" /> : <span className="w-3.5" />}
                <span className="min-w-0 flex-1 truncate">{view.name}</span>
              </DropdownMenu.Item>
            ))}
            {views.length === 0 && (
              <p className="max-w-60 px-2 py-2 text-xs text-muted">
                Set filters, then save them here under a name. Views stay in this browser; share the address instead.
              </p>
            )}
            <DropdownMenu.Separator className="my-1.5 h-px bg-line" />
            <DropdownMenu.Item className={item} onSelect={() => setNaming(true)}>
              <Plus aria-hidden className="size-3.5" />
              Save these filters
            </DropdownMenu.Item>
            {current !== undefined && (
              <DropdownMenu.Item className={item} onSelect={() => keep(views.filter((view) => view !== current))}>
                <Trash2 aria-hidden className="size-3.5" />
                Forget “{current.name}”
              </DropdownMenu.Item>
            )}
          </DropdownMenu.Content>
        </DropdownMenu.Portal>
      </DropdownMenu.Root>
      <Dialog open={naming} onOpenChange={setNaming} title="Save these filters">
        <form
          className="space-y-4"
          onSubmit={(event) => {
            event.preventDefault()
            if (name.trim() === '') return
            keep([...views.filter((view) => view.name !== name.trim()), { name: name.trim(), search }])
            setName('')
            setNaming(false)
          }}
        >
          <Field label="Name" hint="For instance: lost cameras at the station">
            {(field) => (
              <input
                {...field}
                required
                maxLength={48}
                value={name}
                onChange={(event) => setName(event.target.value)}
                className="input"
              />
            )}
          </Field>
          <div className="flex justify-end">
            <Button type="submit" variant="primary">
              Save the view
            </Button>
          </div>
        </form>
      </Dialog>
    </>
  )
}
