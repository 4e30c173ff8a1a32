/** README's first command, as a newcomer runs it: everything comes up, follows the truth, stops, and goes on. */
import type { DeploymentSummary, Explanation } from '@ocelli/schemas/api/deployment'
import type { DeviceSummary } from '@ocelli/schemas/api/device'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Installation } from '../support/installation.ts'
import { waitUntil } from '../support/wait-until.ts'

let installation: Installation
beforeAll(async () => {
  installation = await Installation.create()
})
afterAll(() => installation.close())

const devices = async () => (await installation.client.get<{ items: DeviceSummary[] }>('/devices')).items
const deployments = async () => (await installation.client.get<{ items: DeploymentSummary[] }>('/deployments')).items

/** Deployments of which every placed instance runs, and some are placed. */
const allRun = async () =>
  (await deployments()).filter(({ instances }) => instances.placed > 0 && instances.running === instances.placed)

test('a fleet comes up, is placed by capability, follows the truth, stops cleanly and resumes', async () => {
  const up = installation.startUp()
  await waitUntil(() => /people-count: \d+ of \d+ instances run/.test(up.output), 'the live table', 120_000)
  await waitUntil(
    async () => (await devices()).filter((device) => device.presence === 'online').length >= 12,
    '12 devices online',
    120_000,
  )
  await waitUntil(async () => (await allRun()).length >= 3, 'three deployments run everywhere they are placed', 120_000)

  const fleet = await devices()
  expect(new Set(fleet.map((device) => device.labels.profile)).size).toBeGreaterThanOrEqual(5)

  // Both ways of counting are in use, and every refused device says all its reasons.
  const people = await installation.client.get<Explanation>('/deployments/people-count/explain')
  const refused = people.decisions.filter((decision) => decision.outcome === 'refused')
  expect(refused.length).toBeGreaterThan(0)
  for (const decision of refused) {
    const reasons = [...decision.reasons, ...decision.candidates.flatMap((candidate) => candidate.reasons)]
    expect(reasons.length, decision.name).toBeGreaterThan(0)
    for (const reason of reasons) expect(up.output, decision.name).toContain(`${reason.message} [${reason.code}]`)
  }
  const realisations = new Set(
    people.decisions.flatMap((decision) => decision.candidates.filter((one) => one.fits).map((one) => one.realisation)),
  )
  expect(realisations).toEqual(new Set(['in-sensor', 'software']))

  // The table shows the correlation over the last minute, from the values and the simulator's truth.
  const correlations = () => [...up.output.matchAll(/correlation (-?\d\.\d\d) over/g)].map((match) => Number(match[1]))
  await waitUntil(() => (correlations().at(-1) ?? 0) >= 0.9, `correlation at least 0.9: ${correlations()}`, 150_000)

  // What a person deletes stays deleted at the next start, samples included.
  await installation.client.delete('/deployments/uptime-note')
  const names = fleet.map((device) => device.id).sort()
  expect(await up.signal('SIGINT')).toBe(0)
  expect(up.output).toContain('stopped; everything is kept')

  const again = installation.startUp()
  await installation.ready(again)
  expect((await devices()).map((device) => device.id).sort()).toEqual(names)
  await waitUntil(async () => (await allRun()).length >= 3, 'all run again', 120_000)
  await waitUntil(() => again.output.includes('people-count:'), 'the live table again', 120_000)
  expect((await deployments()).map((deployment) => deployment.name)).not.toContain('uptime-note')
  expect(await again.signal('SIGINT')).toBe(0)
}, 420_000)
