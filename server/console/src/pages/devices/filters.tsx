/** Search and filters of the device list. They live in the address, so that a list can be shared as it is seen. */
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Filter, Search as SearchIcon, X } from 'lucide-react'
import { useEffect, useState } from 'react'
import { deviceFacets, fleets } from '../../api/queries.ts'
import { Button } from '../../design/button.tsx'
import { Select } from '../../design/field.tsx'
import { PRESENCE } from '../../design/states.tsx'
import { interfaceName } from '../../design/text.ts'

export interface Search {
  readonly q?: string
  readonly presence?: string
  readonly health?: string
  readonly label?: string
  readonly fleet?: string
  readonly interface?: string
  readonly version?: string
  readonly sort?: string
}

const TYPING_MS = 250
const ANY = ''

interface Choice {
  readonly value: string
  readonly label: string
}

export function Filters({ search }: { readonly search: Search }) {
  const navigate = useNavigate({ from: '/devices' })
  const [open, setOpen] = useState(false)
  const { data: facets } = useQuery(deviceFacets)
  const { data: known } = useQuery(fleets)
  const set = (key: keyof Search, value: string) =>
    void navigate({
      search: (before) => {
        const { [key]: _, ...rest } = before
        return value === ANY ? rest : { ...rest, [key]: value }
      },
      replace: true,
    })
  const labels = (facets?.labels ?? []).flatMap(({ key, values }) =>
    values.map(({ value, count }) => ({ value: `${key}=${value}`, label: `${key}=${value} (${count})` })),
  )
  const active = Object.entries(search).filter(([key]) => key !== 'q' && key !== 'sort')
  const choice = (key: keyof Search, label: string, everything: string, options: readonly Choice[]) => (
    <Select
      key={key}
      label={label}
      className="w-full sm:w-34"
      value={search[key] ?? ANY}
      onChange={(value) => set(key, value)}
      options={withCurrent([{ value: ANY, label: everything }, ...options], search[key])}
    />
  )
  const order = (className: string) => (
    <Select
      label="Order"
      className={className}
      value={search.sort ?? ANY}
      onChange={(value) => set('sort', value)}
      options={[
        { value: ANY, label: 'Trouble first' },
        { value: 'name', label: 'By name' },
        { value: '-name', label: 'By name, backwards' },
        { value: 'id', label: 'By id' },
      ]}
    />
  )
  return (
    <div className="mb-4 space-y-3">
      <div className="flex gap-2">
        <SearchBox value={search.q ?? ''} onChange={(text) => set('q', text)} />
        {order('w-36 max-sm:hidden sm:ml-auto')}
        <span className="sm:hidden">
          <Button icon={Filter} pressed={open} onClick={() => setOpen(!open)}>
            Filters{active.length > 0 && ` (${active.length})`}
          </Button>
        </span>
      </div>
      <div className={open ? 'grid gap-2 sm:flex sm:flex-wrap' : 'hidden flex-wrap gap-2 sm:flex'}>
        {choice(
          'presence',
          'Presence',
          'Any presence',
          Object.entries(PRESENCE).map(([value, { word }]) => ({ value, label: word })),
        )}
        {choice('health', 'Health', 'Any health', [
          { value: 'healthy', label: 'Healthy' },
          { value: 'degraded', label: 'An instance fails' },
          { value: 'notConverged', label: 'Not up to date' },
        ])}
        {choice('label', 'Label', 'Any label', labels)}
        {choice(
          'interface',
          'Capability',
          'Any capability',
          (facets?.interfaces ?? []).map(({ value, count }) => ({
            value,
            label: `${interfaceName(value)} (${count})`,
          })),
        )}
        {choice(
          'fleet',
          'Fleet',
          'Any fleet',
          (known?.items ?? []).map(({ name }) => ({ value: name, label: name })),
        )}
        {choice(
          'version',
          'Agent version',
          'Any version',
          (facets?.agentVersions ?? []).map(({ value, count }) => ({ value, label: `${value} (${count})` })),
        )}
        {order('w-full sm:hidden')}
        {active.length > 0 && (
          <Button
            variant="ghost"
            icon={X}
            onClick={() => void navigate({ search: search.q === undefined ? {} : { q: search.q }, replace: true })}
          >
            Clear
          </Button>
        )}
      </div>
    </div>
  )
}

/** A filter of a shared address is shown as it is, even where no device has that value now. */
function withCurrent(options: readonly Choice[], current: string | undefined): readonly Choice[] {
  if (current === undefined || options.some(({ value }) => value === current)) return options
  return [...options, { value: current, label: current }]
}

function SearchBox({ value, onChange }: { readonly value: string; readonly onChange: (text: string) => void }) {
  const [text, setText] = useState(value)
  useEffect(() => setText(value), [value])
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what was typed starts the wait
  useEffect(() => {
    if (text === value) return
    const timer = setTimeout(() => onChange(text), TYPING_MS)
    return () => clearTimeout(timer)
  }, [text])
  return (
    <div className="relative max-w-xl flex-1">
      <SearchIcon aria-hidden className="absolute top-2.5 left-2.5 size-3.5 text-faint" />
      <input
        type="search"
        aria-label="Search by name, id, model or label"
        placeholder="Search by name, id, model or label"
        value={text}
        onChange={(event) => setText(event.target.value)}
        className="input pl-8"
      />
    </div>
  )
}
