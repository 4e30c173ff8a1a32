/**
 * `npm run screenshots`: starts an installation with the sample fleet, lets it settle, and writes a picture of every
 * page of the console to `server/docs`, in light and in dark; `npm run screenshots -- sensors audit` of some. They are
 * looked at by people; no test compares them.
 */
import { join } from 'node:path'
import type { DeploymentDetail, DeploymentSummary } from '@ocelli/schemas/api/deployment'
import type { DeviceSummary } from '@ocelli/schemas/api/device'
import { launchBrowser, openConsole } from './browser.ts'
import { Installation } from './installation.ts'
import { sampleManifest } from './samples.ts'
import { waitUntil } from './wait-until.ts'

const FOLDER = join(import.meta.dirname, '../../server/docs')
const SETTLE_MS = 240_000
const wanted = process.argv.slice(2)
/** What a live page needs to have something to show. */
const LIVE_MS = 6_000
const STILL_MS = 1_500

const ALERTS = `apiVersion: ocelli/v1
kind: Alert
metadata: { name: device-silent }
spec:
  summary: A device is silent
  condition: { deviceSilent: { afterMs: 300000 } }
  severity: critical
---
apiVersion: ocelli/v1
kind: Alert
metadata: { name: crowded }
spec:
  summary: More people than usual
  condition: { threshold: { name: people, aggregate: max, windowMs: 60000, above: 2 } }
  severity: warning
`

const installation = await Installation.create()
const browser = await launchBrowser()
try {
  const up = installation.startUp('--no-live')
  await waitUntil(() => up.output.includes('simulated devices'), 'the fleet starts', SETTLE_MS)
  const { client } = installation
  const deployments = async () => (await client.get<{ items: DeploymentSummary[] }>('/deployments')).items
  const settled = async () =>
    (await deployments()).length === 4 &&
    (await deployments()).every(({ instances }) => instances.placed > 0 && instances.healthy === instances.placed)
  await waitUntil(settled, 'every instance is healthy', SETTLE_MS)
  await client.post('/apply', { body: { manifests: ALERTS } })
  const next = sampleManifest('people-count')
    .replace('limit: 6', 'limit: 4')
    .concat(
      '  rollout: { waves: [1, 50%, 100%], gate: { healthyForMs: 5000, checks: [{ measurement: people, compare: mean, maxDifference: 3 }] } }\n',
    )
  await client.post('/apply', { body: { manifests: next } })
  await new Promise((resolve) => setTimeout(resolve, 30_000))

  const placed = await client.get<DeploymentDetail>('/deployments/people-count')
  const [shown] = placed.placements.filter(({ placement }) => placement.realisation === 'in-sensor')
  const [any] = (await client.get<{ items: DeviceSummary[] }>('/devices')).items
  const device = `/devices/${shown?.placement.device ?? any?.id}`
  const pages: readonly (readonly [string, string])[] = [
    ['overview', '/'],
    ['rollout', '/rollouts/people-count'],
    ['rollouts', '/rollouts'],
    ['sensors', '/sensors'],
    ['wall', '/sensors?view=wall'],
    ['alerts', '/alerts'],
    ['alert-rule', '/alerts/new'],
    ['devices', '/devices'],
    ['device', device],
    ['device-outputs', `${device}?tab=outputs`],
    ['device-timeline', `${device}?tab=timeline`],
    ['device-logs', `${device}?tab=logs`],
    ['enrol', '/enrol'],
    ['components', '/components'],
    ['component', '/components/people-count/1.0.0'],
    ['push', '/components/push'],
    ['deployments', '/deployments'],
    ['deployment', '/deployments/people-count'],
    ['decisions', '/deployments/people-count?tab=decisions'],
    ['revisions', '/deployments/people-count?tab=revisions'],
    ['plan', '/deployments/people-count/edit'],
    ['audit', '/audit'],
    ['settings', '/settings'],
  ]
  for (const theme of ['light', 'dark'] as const) {
    const { page, complaints, close } = await openConsole(browser, {
      url: installation.url,
      token: client.context.token,
      theme,
    })
    for (const [name, path] of pages) {
      if (wanted.length > 0 && !wanted.includes(name)) continue
      await page.goto(installation.url + path, { waitUntil: 'commit' })
      await page.locator('h1').first().waitFor()
      if (name === 'plan') {
        // Another limit, so that there is something to plan.
        await page.locator('.cm-line', { hasText: 'limit:' }).click()
        await page.keyboard.press('End')
        await page.keyboard.type('0')
        await page.getByRole('button', { name: 'Plan', exact: true }).click()
        await page.getByText(/^How it goes out/).waitFor()
      }
      if (name === 'enrol') await page.getByRole('button', { name: 'Make the token' }).click()
      if (name === 'sensors') await page.locator('canvas').waitFor()
      await page.waitForTimeout(/sensors|wall|outputs/.test(name) ? LIVE_MS : STILL_MS)
      await page.screenshot({ path: join(FOLDER, `console-${name}-${theme}.png`) })
      process.stderr.write(`console-${name}-${theme}.png\n`)
    }
    if (complaints.length > 0) process.stderr.write(`the browser complained: ${complaints.join('\n')}\n`)
    await close()
  }
} finally {
  await browser.close()
  await installation.close()
}
