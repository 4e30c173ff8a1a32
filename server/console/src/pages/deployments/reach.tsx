/** How far a deployment may reach without a person: what exceeds it, what a person can do, and where it stands. */
import { useQuery } from '@tanstack/react-query'
import { Hourglass } from 'lucide-react'
import { type ChangePlan, type DeploymentDetail, type ExceededReach, pendingChanges } from '../../api/queries.ts'
import { LinkButton } from '../../design/button.tsx'
import { Notice } from '../../design/notice.tsx'
import { number, plural } from '../../design/text.ts'

const NAMED = 12

/** Why a person is asked, one sentence for each deployment that reaches too far. */
export function ExceededList({ name = 'It', plan }: { readonly name?: string; readonly plan: ChangePlan }) {
  const { exceeded = [], touched, maxTouched } = plan
  if (exceeded.length === 0) {
    return (
      <p>
        <span className="font-medium">{name}</span> {exceededText({ touched: touched.length, maxTouched })}
      </p>
    )
  }
  return (
    <>
      {exceeded.map((one) => (
        <p key={one.deployment}>
          <span className="font-medium">{one.name}</span> {exceededText(one)}
        </p>
      ))}
    </>
  )
}

function exceededText(reach: Omit<ExceededReach, 'deployment' | 'name'>): string {
  const { touched, maxTouched, devices, agreedDevices = 0 } = reach
  return devices === undefined
    ? `touches ${plural(touched, 'device')}; a person is asked beyond ${number(maxTouched)}.`
    : `grows to ${plural(devices, 'device')}. A person last agreed to ${number(agreedDevices)}, and ${number(maxTouched)} more may come by themselves.`
}

/** In a plan: what happens when it is applied all the same, and how not to need a person. */
export function ApprovalNeeded({ plan }: { readonly plan: ChangePlan }) {
  return (
    <Notice icon={Hourglass}>
      <ExceededList plan={plan} />
      <p className="text-muted">
        Applied, it waits until a person approves it; until then no device changes. A narrower{' '}
        <code className="font-mono text-xs">target</code> or a higher{' '}
        <code className="font-mono text-xs">rollout.maxTouched</code> needs nobody.
      </p>
    </Notice>
  )
}

/** On the page of a deployment: facts ask for more devices than were agreed to, and nothing is decided anew until then. */
export function WaitingGrowth({ deployment }: { readonly deployment: string }) {
  const { data } = useQuery(pendingChanges)
  const waiting = data?.items.find(({ name, plan }) =>
    plan.exceeded === undefined ? name === deployment : plan.exceeded.some((one) => one.name === deployment),
  )
  if (waiting === undefined) return null
  const names = waiting.plan.touched.map(({ name }) => name)
  const more = names.length - NAMED
  return (
    <div className="mb-4">
      <Notice icon={Hourglass}>
        <div className="flex flex-wrap items-start gap-x-4 gap-y-2">
          <div className="min-w-0 flex-1 basis-72 space-y-1">
            <p className="font-semibold">A change waits for a person</p>
            <ExceededList plan={waiting.plan} />
            <p className="break-words text-muted">
              It would touch {names.slice(0, NAMED).join(', ')}
              {more > 0 && ` and ${number(more)} more`}. Until it is approved or rejected, they stay as they are.
            </p>
          </div>
          <LinkButton size="sm" to="/changes/$id" params={{ id: waiting.id }}>
            Look at it
          </LinkButton>
        </div>
      </Notice>
    </div>
  )
}

/** On how many devices a person last agreed to run it, and how far it may go from there. */
export function AgreedReach({ deployment }: { readonly deployment: DeploymentDetail }) {
  const { agreedDevices, devices, spec } = deployment
  if (agreedDevices === undefined) return null
  const grown = devices.placed - agreedDevices
  const own = spec.rollout?.maxTouched
  return (
    <span>
      A person agreed to {plural(agreedDevices, 'device')}
      {grown > 0 && `; ${number(grown)} came by themselves`}
      {own !== undefined && `; it may grow by ${number(own)}`}
    </span>
  )
}
