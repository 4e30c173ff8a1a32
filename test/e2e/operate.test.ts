/** What an operator does to a running fleet: inspect, plan, apply, unplug, and a change that reaches too far. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CreatedEnrolmentToken } from '@ocelli/schemas/api/access'
import type { ApplyResponse, PendingChange, PlanResponse } from '@ocelli/schemas/api/change'
import type { DeploymentDetail, DeploymentSummary, Explanation } from '@ocelli/schemas/api/deployment'
import type { DeviceSummary } from '@ocelli/schemas/api/device'
import type { Placement } from '@ocelli/schemas/api/plan'
import type { AuditEntry } from '@ocelli/schemas/api/status'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Installation } from '../support/installation.ts'
import { pushSample, sampleManifest } from '../support/samples.ts'
import { waitUntil } from '../support/wait-until.ts'
import { buildSample } from '../support/wit-build.ts'

let installation: Installation
let manifest: string

beforeAll(async () => {
  installation = await Installation.create()
  await installation.startServer()
  for (const name of ['people-count', 'blob-detector', 'motion']) await pushSample(installation, name)
  const token = await installation.client.post<CreatedEnrolmentToken>('/enrolment-tokens', { body: { uses: 8 } })
  const flags = [
    '--data-dir',
    simulatorDir(),
    '--profile-mix',
    'in-sensor=1,plain-camera=1,small-mono=1,no-imager=1',
    '--devices',
    '4',
    '--host',
    'in-thread',
  ]
  installation.start('simulator', 'simulator/src/main.ts', flags, { OCELLI_ENROLMENT_TOKEN: token.token })
  await waitUntil(
    async () =>
      (await devices()).filter((device) => device.presence === 'online' && device.model !== undefined).length === 4,
    'four devices online',
    90_000,
  )
  manifest = join(installation.folder, 'people-count.yaml')
  writeFileSync(manifest, sampleManifest('people-count'))
}, 180_000)
afterAll(() => installation.close())

const simulatorDir = () => join(installation.folder, 'simulator')
const devices = async () => (await installation.client.get<{ items: DeviceSummary[] }>('/devices')).items
const ofProfile = async (profile: string) => {
  const found = (await devices()).find((device) => device.labels.profile === profile)
  if (!found) throw new Error(`no device of profile ${profile}`)
  return found
}
const outcomeOf = async (deployment: string, device: string) => {
  const found = await installation.client.get<Explanation>(`/deployments/${deployment}/explain`, { query: { device } })
  return found.decisions[0]?.outcome
}

test('inspect derives the requirements from the imports', async () => {
  const { file } = await buildSample('people-count')
  const { code, stdout } = await installation.cli('inspect', file)
  expect(code).toBe(0)
  expect(stdout).toMatch(/ocelli:sensing\/detector@0\.1\.0 +detector +1 /)
  expect(stdout).toMatch(/ocelli:sensing\/measurements@0\.1\.0 +measurements +4 /)
  expect(stdout).toContain('blob-detector@1.0.0')
})

test('plan says who would get it, in which realisation, who not and why, and changes nothing; apply does exactly that', async () => {
  const auditBefore = await installation.client.get<{ items: AuditEntry[] }>('/audit')
  const text = await installation.cli('plan', '-f', manifest)
  expect(text.code).toBe(0)
  expect(text.stdout).toContain('in-sensor on')
  expect(text.stdout).toContain('software on')
  expect(text.stdout).toContain('blob-detector@1.0.0')
  expect(text.stdout).toMatch(/width 320 < 640 pixels/)
  expect(text.stdout).toContain('the device has no imager')
  expect((await installation.client.get<{ items: DeploymentSummary[] }>('/deployments')).items).toEqual([])
  expect(await installation.client.get('/audit')).toEqual(auditBefore)

  const plan = JSON.parse((await installation.cli('plan', '-f', manifest, '-o', 'json')).stdout) as PlanResponse
  const applied = await installation.cli('apply', '-f', manifest, '--if-plan', plan.check)
  expect(applied.stderr).toBe('')
  expect(applied.code).toBe(0)
  const { placements } = await installation.client.get<DeploymentDetail>('/deployments/people-count')
  const planned = plan.changes.flatMap((change) =>
    change.plan.deployments.flatMap((deployment) => deployment.placements),
  )
  const byInstance = (a: Placement, b: Placement) => (a.instance < b.instance ? -1 : 1)
  expect(placements.map((item) => item.placement).sort(byInstance)).toEqual(planned.sort(byInstance))

  const stale = await installation.cli('apply', '-f', manifest, '--if-plan', 'no-such-plan')
  expect(stale.code).toBe(1)
  expect(stale.stderr).toContain('[change.planMoved]')
  await waitUntil(
    async () => {
      const { instances } = await installation.client.get<DeploymentDetail>('/deployments/people-count')
      return instances.placed === 2 && instances.running === 2
    },
    'both instances run',
    60_000,
  )
}, 120_000)

test('an imager that is unplugged moves its device to refused, and back', async () => {
  // How long it takes is measured in test/bench/start.bench.ts.
  const device = await ofProfile('plain-camera')
  const control = JSON.parse(readFileSync(join(simulatorDir(), 'control.json'), 'utf8')) as { url: string }
  const cable = async (way: 'plug' | 'unplug') => {
    const answer = await fetch(`${control.url}/devices/${device.name}/imagers/${device.imagers[0]}/${way}`, {
      method: 'POST',
    })
    expect(answer.ok).toBe(true)
  }
  expect(await outcomeOf('people-count', device.name)).toBe('placed')
  await cable('unplug')
  await waitUntil(async () => (await outcomeOf('people-count', device.name)) === 'refused', 'refused', 90_000)
  await cable('plug')
  await waitUntil(async () => (await outcomeOf('people-count', device.name)) === 'placed', 'placed again', 90_000)
}, 90_000)

describe('a change that reaches further than maxTouched', () => {
  test('waits for a person, is shown, and is made when approved', async () => {
    const limited = join(installation.folder, 'motion.yaml')
    const motion = sampleManifest('motion').replace(/selector: '.*'/, `selector: 'device.labels.watch == "yes"'`)
    writeFileSync(limited, `${motion}  rollout: { maxTouched: 1 }\n`)
    expect((await installation.cli('apply', '-f', limited)).code).toBe(2)

    const labels = await Promise.all(
      ['in-sensor', 'plain-camera'].map(async (profile) => ({
        device: (await ofProfile(profile)).name,
        labels: { watch: 'yes' },
      })),
    )
    const answer = await installation.client.post<ApplyResponse>('/apply', { body: { labels } })
    const [change] = answer.changes
    expect(change).toMatchObject({ outcome: 'pending', plan: { needsApproval: true, maxTouched: 1 } })
    expect(await outcomeOf('motion', labels[0]?.device ?? '')).toBe('notTargeted')

    const { stdout } = await installation.cli('get', 'changes')
    expect(stdout).toContain(change?.pending)
    expect(stdout).toContain('motion: grows to 2 devices; a person last agreed to 0')
    const { items } = await installation.client.get<{ items: PendingChange[] }>('/changes')
    expect(items).toHaveLength(1)

    const approved = await installation.cli('approve', change?.pending ?? '')
    expect(approved.code).toBe(0)
    for (const { device } of labels) expect(await outcomeOf('motion', device)).toBe('placed')
    expect((await installation.client.get<{ items: PendingChange[] }>('/changes')).items).toEqual([])
  }, 60_000)
})
