/** What a change would do, before it does it: devices touched, refusals by reason, grants, reach. */
import { Link } from '@tanstack/react-router'
import { ArrowDownUp, CircleCheck, CircleMinus, CirclePlus, KeyRound, RefreshCw, ShieldAlert } from 'lucide-react'
import type { ChangePlan, Plan, PlannedRollout } from '../../api/queries.ts'
import { Badge, Chip } from '../../design/badge.tsx'
import { FirstFew } from '../../design/first-few.tsx'
import { Notice } from '../../design/notice.tsx'
import { Panel } from '../../design/panel.tsx'
import { interfaceName, number, words } from '../../design/text.ts'
import { PlannedRolloutPanel } from './planned-rollout.tsx'
import { ApprovalNeeded } from './reach.tsx'
import { Refusals } from './refusals.tsx'
import { type Upgrade, UpgradePanel } from './upgrade.tsx'

type Touched = ChangePlan['touched'][number]
const FIRST = 20

export function PlanView({ plan: { changes, touched } }: { readonly plan: Pick<Plan, 'changes' | 'touched'> }) {
  return (
    <div className="space-y-4">
      {changes.map(({ kind, name, plan, rollout, upgrades }) => (
        <ChangeView
          key={`${kind}/${name}`}
          name={name}
          title={changes.length > 1 ? `${words(kind)} ${name}` : undefined}
          plan={plan}
          rollout={rollout}
          upgrades={upgrades}
          approval={plan.needsApproval && <ApprovalNeeded plan={plan} />}
        />
      ))}
      {changes.length > 1 && <TouchedPanel title="What all of it changes on each device" touched={touched} />}
    </div>
  )
}

interface ChangeProps {
  /** What is changed: its decisions are shown first. */
  readonly name: string
  readonly title?: string | undefined
  readonly plan: ChangePlan
  readonly rollout?: PlannedRollout | undefined
  readonly upgrades?: readonly Upgrade[] | undefined
  /** What a person is asked. */
  readonly approval: React.ReactNode
}

export function ChangeView({ name: changed, title, plan, rollout, upgrades = [], approval }: ChangeProps) {
  const own = plan.deployments.filter(({ name }) => name === changed)
  const others = plan.deployments.filter(({ name }) => name !== changed)
  const sum = (part: 'start' | 'change' | 'stop') => plan.touched.reduce((total, one) => total + one[part].length, 0)
  const figures: readonly (readonly [string, number])[] = [
    ['Devices touched', plan.touched.length],
    ['Instances start', sum('start')],
    ['Instances change', sum('change')],
    ['Instances stop', sum('stop')],
  ]
  return (
    <div className="space-y-4">
      {title !== undefined && <h2 className="text-base font-semibold">{title}</h2>}
      <section
        aria-label="Reach"
        className="grid grid-cols-2 gap-px overflow-hidden rounded-lg border border-line bg-line sm:grid-cols-4"
      >
        {figures.map(([label, value]) => (
          <div key={label} className="bg-surface px-4 py-3">
            <div className="text-xs text-muted">{label}</div>
            <div className="text-xl font-semibold">{number(value)}</div>
          </div>
        ))}
      </section>
      {approval}
      {upgrades.map((upgrade) => (
        <UpgradePanel key={upgrade.component} upgrade={upgrade} />
      ))}
      {own.map(({ deployment, name, grants, decisions, preempts = [] }) => (
        <div key={deployment} className="space-y-4">
          {grants.missing.length > 0 && (
            <Notice icon={ShieldAlert}>
              Its imports ask for what the manifest does not grant, so it will be refused. Add under{' '}
              <code className="font-mono text-xs">grants</code>: {grants.missing.map(interfaceName).join(', ')}
            </Notice>
          )}
          {preempts.length > 0 && (
            <Notice icon={ArrowDownUp}>
              {preempts.map((one) => (
                <p key={one.instance}>
                  It takes the place of {one.deployment} on {one.name}, which has the lower priority {one.priority}.
                </p>
              ))}
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
      {rollout !== undefined && plan.touched.length > 0 && <PlannedRolloutPanel rollout={rollout} />}
      <TouchedPanel title="What changes on each device" touched={plan.touched} />
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

function TouchedPanel({ title, touched }: { readonly title: string; readonly touched: readonly Touched[] }) {
  return (
    <Panel title={title} flush>
      {touched.length === 0 ? (
        <p className="flex items-center gap-2 p-4 text-muted">
          <CircleCheck aria-hidden className="size-4 text-ok" />
          No device is touched.
        </p>
      ) : (
        <TouchedList touched={touched} />
      )}
    </Panel>
  )
}

function TouchedList({ touched }: { readonly touched: readonly Touched[] }) {
  return (
    <FirstFew items={touched} most={FIRST} className="p-3 text-center">
      {(shown) => (
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
      )}
    </FirstFew>
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
