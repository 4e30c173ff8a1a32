/**
 * How soon an installation is there: `ocelli up` with its 14 simulated devices, started again on a data directory that
 * it has used before, against its first start; and an imager that is unplugged until its device is refused, against
 * the 5 s a person is promised. Real: processes, broker, database, TLS, agents; the imagers are simulated.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DeploymentSummary, Explanation } from '@ocelli/schemas/api/deployment'
import type { DeviceSummary } from '@ocelli/schemas/api/device'
import { Installation } from '../support/installation.ts'
import { waitUntil } from '../support/wait-until.ts'
import type { BenchResult } from './run.ts'

const DEVICES = 14
const PROMISED_MS = 5000
const LONGEST_MS = 240_000

interface Start {
  readonly readyMs: number
  readonly onlineMs: number
  readonly runningMs: number
}

export async function run(): Promise<BenchResult[]> {
  const installation = await Installation.create()
  try {
    const first = await start(installation)
    const again = await start(installation, unplug)
    const compare = (name: string, part: keyof Start): BenchResult => ({
      name,
      value: again[part],
      unit: 'ms',
      baseline: { name: 'first start', value: first[part] },
      ratio: first[part] / again[part],
    })
    return [
      compare('next start: the control plane is ready', 'readyMs'),
      compare(`next start: all ${DEVICES} devices are online`, 'onlineMs'),
      compare('next start: every placed instance runs', 'runningMs'),
      {
        name: 'an unplugged imager moves its device to refused',
        value: again.after,
        unit: 'ms',
        baseline: { name: 'promised', value: PROMISED_MS },
        ratio: PROMISED_MS / again.after,
      },
    ]
  } finally {
    await installation.close()
  }
}

async function start(
  installation: Installation,
  then: (installation: Installation) => Promise<number> = async () => 0,
): Promise<Start & { readonly after: number }> {
  const begun = performance.now()
  const since = () => performance.now() - begun
  const up = installation.startUp('--devices', String(DEVICES))
  await installation.ready(up)
  const readyMs = since()
  await waitUntil(async () => (await online(installation)) === DEVICES, 'the fleet is online', LONGEST_MS)
  const onlineMs = since()
  await waitUntil(() => allRun(installation), 'every instance runs', LONGEST_MS)
  const runningMs = since()
  const after = await then(installation)
  await up.signal('SIGINT')
  return { readyMs, onlineMs, runningMs, after }
}

async function online({ client }: Installation): Promise<number> {
  const { items } = await client.get<{ items: DeviceSummary[] }>('/devices')
  return items.filter((device) => device.presence === 'online').length
}

async function allRun({ client }: Installation): Promise<boolean> {
  const { items } = await client.get<{ items: DeploymentSummary[] }>('/deployments')
  return items.length >= 4 && items.every(({ instances }) => instances.running === instances.placed)
}

/** Milliseconds from pulling the cable to the decision. */
async function unplug({ client, dataDir }: Installation): Promise<number> {
  const { items } = await client.get<{ items: DeviceSummary[] }>('/devices')
  const device = items.find((one) => one.labels.profile === 'plain-camera')
  if (!device) throw new Error('no device of profile plain-camera')
  const control = JSON.parse(readFileSync(join(dataDir, 'simulator/control.json'), 'utf8')) as { url: string }
  const begun = performance.now()
  await fetch(`${control.url}/devices/${device.name}/imagers/${device.imagers[0]}/unplug`, { method: 'POST' })
  const refused = async () => {
    const { decisions } = await client.get<Explanation>('/deployments/people-count/explain')
    return decisions.some((one) => one.name === device.name && one.outcome === 'refused')
  }
  await waitUntil(refused, 'the device is refused', LONGEST_MS)
  return performance.now() - begun
}
