/** What a change would do, before it does it: devices touched, refusals by reason, grants, reach. */
import { Link } from '@tanstack/react-router'
import { CircleCheck, CircleMinus, CirclePlus, Hourglass, KeyRound, RefreshCw, ShieldAlert } from 'lucide-react'
import { useState } from 'react'
import type { ChangePlan, Plan } from '../../api/queries.ts'
import { Badge, Chip } from '../../design/badge.tsx'
import { Button } from '../../design/button.tsx'
import { Panel } from '../../design/panel.tsx'
import { interfaceName, plural, words } from '../../design/text.ts'
import { Refusals } from './refusals.tsx'

type Touched = ChangePlan['touched'][number]
const FIRST = 20

export function PlanView({ changes }: { readonly changes: Plan['changes'] }) {
  return (
    <div className="space-y-4">
      {changes.map(({ kind, name, plan }) => (
        <ChangeView
          key={`${kind}/${name}`}
          name={name}
          title={changes.length > 1 ? `${words(kind)} ${name}` : undefined}
          plan={plan}
        />
      ))}
    </div>
  )
}

interface ChangeProps {
  /** What is changed: its decisions are shown first. */
  readonly name: string
  readonly title?: string | undefined
  readonly plan: ChangePlan
}

export function ChangeView({ name: changed, title, plan }: ChangeProps) {
  const own = plan.deployments.filter(({ name }) => name === changed)
  const others = plan.deployments.filter(({ name }) => name !== changed)
  const starts = plan.touched.reduce((sum, { start }) => sum + start.length, 0)
  const moved = plan.touched.reduce((sum, { change }) => sum + change.length, 0)
  const stops = plan.touched.reduce((sum, { stop }) => sum + stop.length, 0)
  return (
    <div className="space-y-4">
      {title !== undefined && <h2 className="text-base font-semibold">{title}</h2>}
      <section
        aria-label="Reach"
        className="grid grid-cols-2 gap-px overflow-hidden rounded-lg border border-line bg-line sm:grid-cols-4"
      >
        {[
          ['Devices touched', plan.touched.length],
          ['Instances start', starts],
          ['Instances change', moved],
          ['Instances stop', stops],
        ].map(([label, value]) => (
          <div key={label} className="bg-surface px-4 py-3">
            <div className="text-xs text-muted">{label}</div>
            <div className="text-xl font-semibold">{value}</div>
          </div>
        ))}
      </section>
      {plan.needsApproval && (
        <Notice icon={Hourglass}>
          It touches {plural(plan.touched.length, 'device')} and {plan.maxTouched} are allowed: when applied, it waits
          until a person approves it.
        </Notice>
      )}
      {own.map(({ deployment, name, grants, decisions }) => (
        <div key={deployment} className="space-y-4">
          {grants.missing.length > 0 && (
            <Notice icon={ShieldAlert}>
              Its imports ask for what the manifest does not grant, so it will be refused. Add under{' '}
              <code className="font-mono text-xs">grants</code>: {grants.missing.map(interfaceName).join(', ')}
            </Notice>
          )}
          <Panel title={`Devices for ${name}`} flush>
            <Refusals decisions={decisions} />
          </Panel>
          {grants.needed.length > 0 && (
            <Panel title="Grants it uses" icon={KeyRound}>
              <div className="flex flex-wrap gap-1.5">
                {grants.needed.map((one) => (
                  <Chip key={one} title={one}>
                    {interfaceName(one)}
                  </Chip>
                ))}
              </div>
            </Panel>
          )}
        </div>
      ))}
      <Panel title="What changes on each device" flush>
        {plan.touched.length === 0 ? (
          <p className="flex items-center gap-2 p-4 text-muted">
            <CircleCheck aria-hidden className="size-4 text-ok" />
            No device is touched.
          </p>
        ) : (
          <TouchedList touched={plan.touched} />
        )}
      </Panel>
      {others.map(({ deployment, name, decisions }) => (
        <details key={deployment} open={own.length === 0} className="rounded-lg border border-line bg-surface">
          <summary className="px-4 py-2.5 font-semibold">
            {own.length === 0 ? `Devices for ${name}` : `Decided again with it: ${name}`}
          </summary>
          <Refusals decisions={decisions} />
        </details>
      ))}
    </div>
  )
}

function Notice({ icon: Icon, children }: { readonly icon: typeof Hourglass; readonly children: React.ReactNode }) {
  return (
    <p className="flex items-start gap-2.5 rounded-lg border border-warn/40 bg-warn-soft p-3">
      <Icon aria-hidden className="mt-0.5 size-4 shrink-0 text-warn" />
      <span className="min-w-0">{children}</span>
    </p>
  )
}

function TouchedList({ touched }: { readonly touched: readonly Touched[] }) {
  const [all, setAll] = useState(false)
  const shown = all ? touched : touched.slice(0, FIRST)
  return (
    <>
      <ul>
        {shown.map(({ device, name, start, change, stop }) => (
          <li
            key={device}
            className="grid gap-x-4 gap-y-1 border-b border-line px-4 py-2 last:border-0 sm:grid-cols-[minmax(9rem,14rem)_minmax(0,1fr)]"
          >
            <Link to="/devices/$device" params={{ device }} className="font-medium hover:underline">
              {name}
            </Link>
            <ul className="space-y-1">
              {start.map((one) => (
                <Step key={one.instance} icon={CirclePlus} tone="ok" word="starts" placement={one} />
              ))}
              {change.map((one) => (
                <Step key={one.instance} icon={RefreshCw} tone="info" word="changes to" placement={one} />
              ))}
              {stop.map((one) => (
                <Step key={one.instance} icon={CircleMinus} tone="bad" word="stops" placement={one} />
              ))}
            </ul>
          </li>
        ))}
      </ul>
      {touched.length > shown.length && (
        <div className="p-3 text-center">
          <Button size="sm" onClick={() => setAll(true)}>
            Show all {touched.length}
          </Button>
        </div>
      )}
    </>
  )
}

interface StepProps {
  readonly icon: typeof CirclePlus
  readonly tone: 'ok' | 'info' | 'bad'
  readonly word: string
  readonly placement: Touched['start'][number]
}

function Step({ icon, tone, word, placement: { realisation, slot, components, revision, role } }: StepProps) {
  return (
    <li className="flex flex-wrap items-center gap-x-2 gap-y-1">
      <Badge tone={tone} icon={icon}>
        {word}
      </Badge>
      <span>
        {realisation} {slot === 'device' ? '' : `on ${slot}`}
      </span>
      <span className="text-muted">
        {components.map(({ reference }) => reference).join(' + ')}, revision {revision}
        {role === 'shadow' && ', as a shadow'}
      </span>
    </li>
  )
}
