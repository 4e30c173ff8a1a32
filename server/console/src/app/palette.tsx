/** Jump anywhere by typing: pages, devices, deployments, components. */
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Camera, Component, CornerDownLeft, type LucideIcon, Waypoints } from 'lucide-react'
import { Dialog } from 'radix-ui'
import { useEffect, useState } from 'react'
import { componentList, deployments } from '../api/queries.ts'
import { cx } from '../design/class-names.ts'
import { useFoundDevices } from './found-devices.ts'
import { NAVIGATION } from './navigation.ts'

interface Target {
  readonly key: string
  readonly label: string
  readonly kind: string
  readonly icon: LucideIcon
  readonly to: string
}

const MOST = 12
const PAGES: readonly Target[] = NAVIGATION.flatMap(({ items }) =>
  items.map(({ to, label, icon }) => ({ key: to, label, kind: 'Page', icon, to })),
)

export function Palette({
  open,
  onOpenChange,
}: {
  readonly open: boolean
  readonly onOpenChange: (open: boolean) => void
}) {
  return (
    <Dialog.Root open={open} onOpenChange={onOpenChange}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 bg-black/40" />
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed top-[12dvh] left-1/2 z-50 w-[calc(100vw-2rem)] max-w-xl -translate-x-1/2 overflow-hidden rounded-lg bg-raised shadow-pop"
        >
          <Dialog.Title className="sr-only">Search</Dialog.Title>
          <Finder onDone={() => onOpenChange(false)} />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

function Finder({ onDone }: { readonly onDone: () => void }) {
  const [text, setText] = useState('')
  const [chosen, setChosen] = useState(0)
  const navigate = useNavigate()
  const targets = useTargets(text)
  // biome-ignore lint/correctness/useExhaustiveDependencies: other words, other results: the first is chosen again
  useEffect(() => setChosen(0), [text])
  const go = (target: Target | undefined) => {
    if (target === undefined) return
    onDone()
    void navigate({ to: target.to })
  }
  return (
    <>
      <input
        role="combobox"
        aria-expanded
        aria-controls="palette-results"
        aria-activedescendant={targets[chosen] && `palette-${chosen}`}
        aria-label="Search pages, devices, deployments and components"
        placeholder="Search pages, devices, deployments, components"
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'ArrowDown') setChosen(Math.min(chosen + 1, targets.length - 1))
          else if (event.key === 'ArrowUp') setChosen(Math.max(chosen - 1, 0))
          else if (event.key === 'Enter') go(targets[chosen])
          else return
          event.preventDefault()
        }}
        className="h-12 w-full border-b border-line bg-transparent px-4 text-base outline-none placeholder:text-faint"
      />
      <div id="palette-results" role="listbox" aria-label="Results" className="max-h-[50dvh] overflow-y-auto p-2">
        {targets.map(({ key, label, kind, icon: Icon, to }, index) => (
          <div
            key={key}
            id={`palette-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === chosen}
            onMouseMove={() => setChosen(index)}
            onMouseDown={(event) => {
              event.preventDefault()
              go({ key, label, kind, icon: Icon, to })
            }}
            className={cx('flex h-9 items-center gap-3 rounded-md px-3', index === chosen && 'bg-accent-soft')}
          >
            <Icon aria-hidden className="size-4 shrink-0 text-faint" />
            <span className="min-w-0 flex-1 truncate font-medium">{label}</span>
            <span className="text-xs text-muted">{kind}</span>
            {index === chosen && <CornerDownLeft aria-hidden className="size-3.5 text-faint" />}
          </div>
        ))}
        {targets.length === 0 && <p className="px-3 py-6 text-center text-muted">Nothing has “{text}” in its name.</p>}
      </div>
    </>
  )
}

function useTargets(text: string): readonly Target[] {
  const wanted = text.trim().toLowerCase()
  const { data: deployed } = useQuery(deployments)
  const { data: components } = useQuery(componentList)
  const devices = useFoundDevices(wanted)
  const has = (label: string) => label.toLowerCase().includes(wanted)
  if (wanted === '') return PAGES
  return [
    ...PAGES.filter(({ label }) => has(label)),
    ...devices.map(
      ({ id, name }): Target => ({ key: id, label: name, kind: 'Device', icon: Camera, to: `/devices/${id}` }),
    ),
    ...(deployed?.items ?? [])
      .filter(({ name }) => has(name))
      .map(
        ({ name }): Target => ({
          key: `d/${name}`,
          label: name,
          kind: 'Deployment',
          icon: Waypoints,
          to: `/deployments/${name}`,
        }),
      ),
    ...(components?.items ?? [])
      .filter(({ name }) => has(name))
      .map(
        ({ name, version }): Target => ({
          key: `c/${name}/${version}`,
          label: `${name}@${version}`,
          kind: 'Component',
          icon: Component,
          to: `/components/${name}/${version}`,
        }),
      ),
  ].slice(0, MOST)
}
