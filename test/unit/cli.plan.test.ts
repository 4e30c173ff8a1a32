import type { PlanResponse } from '@ocelli/schemas/api/change'
import type { ChangePlan } from '@ocelli/schemas/api/plan'
import { expect, test } from 'vitest'
import { planText } from '../../server/cli/format/plan.ts'
import { applyChange } from '../../server/src/domain/apply-change.ts'
import { isRefusal } from '../../server/src/domain/refusal.ts'
import type { DeploymentState, Snapshot } from '../../server/src/domain/snapshot.ts'
import { planChange, touchedBetween, upgradesOf } from '../../server/src/scheduler/schedule.ts'
import { component, deployment, device, manifestOf, motion, SENSING, snapshot } from '../support/snapshot-builders.ts'

const UNIT = 67_108_864
const small = [0, 1].map((index) => device(index, { memoryBytes: UNIT }))

function planned(given: Snapshot, state: DeploymentState): { plan: ChangePlan; after: Snapshot } {
  const change = {
    kind: 'applyDeployment',
    id: state.id,
    manifest: manifestOf(state),
    components: state.components,
  } as const
  const done = planChange(given, change, { maxTouched: 500 })
  if (isRefusal(done)) throw new Error(done.message)
  return {
    plan: done.plan,
    after: { ...done.after, placements: done.plan.deployments.flatMap((one) => one.placements) },
  }
}

const running = planned(snapshot({ devices: small }), deployment(0, { name: 'low', components: [motion] })).after

test('victims and conflicts are shown before anything is done', () => {
  const { plan, after } = planned(running, deployment(1, { name: 'high', priority: 5, components: [motion] }))
  const response: PlanResponse = {
    check: plan.check,
    changes: [{ kind: 'applyDeployment', name: 'high', plan }],
    touched: touchedBetween(running, after),
  }
  const text = planText(response)
  expect(text).toContain('TAKES THE PLACE of low on device-0, which has priority 0')
  expect(text).toContain('TAKES THE PLACE of low on device-1, which has priority 0')
  expect(text).toContain(`check ${plan.check}`)
  const equal = planned(running, deployment(1, { name: 'equal', components: [motion] }))
  const lost = planText({
    check: 'c',
    changes: [{ kind: 'applyDeployment', name: 'equal', plan: equal.plan }],
    touched: [],
  })
  expect(lost).toContain(
    'conflict with low over memory: both have priority 0, and what runs stays [placement.conflict]',
  )
})

test('several changes are shown one by one and all together, with what a version newly asks for', () => {
  const motion2 = component('motion', {
    ...motion,
    version: '2.0.0',
    imports: [...motion.imports, SENSING('detector')],
  })
  const next = planned(running, deployment(0, { name: 'low', components: [motion2] }))
  const drained = applyChange(running, { kind: 'editTaints', edits: [{ device: device(1).id, taints: { drain: '' } }] })
  if (isRefusal(drained)) throw new Error(drained.message)
  const [own] = next.plan.deployments
  const upgrades = own ? upgradesOf(running, next.after, own) : []
  const text = planText({
    check: 'abc',
    changes: [
      { kind: 'editTaints', name: 'device-1', plan: { ...next.plan, touched: [] } },
      { kind: 'applyDeployment', name: 'low', plan: next.plan, upgrades },
    ],
    touched: touchedBetween(running, next.after),
  })
  expect(text).toContain('edit taints of device-1')
  expect(text).toContain(
    'motion 1.0.0 -> 2.0.0\n    newly imports ocelli:sensing/detector@0.1.0\n    LOSES 2 devices that run it now:',
  )
  expect(text).toContain('device-0: would run if the agent offered ocelli:sensing/detector@0.1.0')
  expect(text).toContain('all together touch 2 devices\n  device-0: stop main@cam0')
})
