/** From an empty installation to the first number of a sensor, in three steps. */
import type { LinkProps } from '@tanstack/react-router'
import { Cable, CircleCheck, Component, type LucideIcon, Waypoints } from 'lucide-react'
import type { Status } from '../../api/queries.ts'
import { LinkButton } from '../../design/button.tsx'
import { Command } from '../../design/command.tsx'
import { Panel } from '../../design/panel.tsx'

interface Step {
  readonly title: string
  readonly text: string
  readonly icon: LucideIcon
  readonly done: boolean
  readonly to: LinkProps['to']
  readonly action: string
  readonly command: string
}

export function FirstSteps({ status }: { readonly status: Status }) {
  const steps: readonly Step[] = [
    {
      title: 'Enrol a device',
      text: 'A token lets a device in; it tells you what it can do.',
      icon: Cable,
      done: status.devices.total > 0,
      to: '/enrol',
      action: 'Make a token',
      command: 'npm run ocelli -- enroll',
    },
    {
      title: 'Push a component',
      text: 'A WebAssembly component, signed by a publisher. What it needs is read from its imports.',
      icon: Component,
      done: status.components > 0,
      to: '/components/push',
      action: 'Choose a component',
      command: 'npm run ocelli -- push people-count.wasm',
    },
    {
      title: 'Deploy it',
      text: 'See which devices fit and why the others do not, before anything changes.',
      icon: Waypoints,
      done: status.deployments.length > 0,
      to: '/deployments/new',
      action: 'Write a manifest',
      command: 'npm run ocelli -- plan -f deployment.yaml',
    },
  ]
  const next = steps.find(({ done }) => !done)
  return (
    <Panel title="First steps">
      <ol className="grid gap-6 lg:grid-cols-3">
        {steps.map((step, index) => (
          <li key={step.title} className="flex min-w-0 flex-col gap-2">
            <div className="flex items-center gap-2.5">
              {step.done ? (
                <CircleCheck aria-hidden className="size-5 text-ok" />
              ) : (
                <span
                  aria-hidden
                  className="grid size-5 place-items-center rounded-full border border-line-strong text-2xs text-muted"
                >
                  {index + 1}
                </span>
              )}
              <h3 className="font-semibold">
                {step.title}
                {step.done && <span className="sr-only"> (done)</span>}
              </h3>
            </div>
            <p className="text-muted">{step.text}</p>
            {!step.done && (
              <div className="mt-auto space-y-2 pt-1">
                <LinkButton to={step.to} icon={step.icon} variant={step === next ? 'primary' : 'secondary'}>
                  {step.action}
                </LinkButton>
                <Command text={step.command} />
              </div>
            )}
          </li>
        ))}
      </ol>
    </Panel>
  )
}
