/** A real camera joins a running fleet: recorded footage through ffmpeg, counted in software, with no change to any deployment. */
import type { DeploymentDetail } from '@ocelli/schemas/api/deployment'
import type { Output, RecordList } from '@ocelli/schemas/api/record'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { requireFootage } from '../support/footage.ts'
import { Installation } from '../support/installation.ts'
import { pushAndApplySamples } from '../support/samples.ts'
import { waitUntil } from '../support/wait-until.ts'

let installation: Installation
beforeAll(async () => {
  installation = await Installation.create()
  await installation.startServer()
  await pushAndApplySamples(installation, ['people-count', 'blob-detector'], ['people-count'])
}, 120_000)
afterAll(() => installation.close())

test('a device with recorded footage gets people-count in software, and its values show in CLI and API', async () => {
  const { client } = installation
  const revision = async () => (await client.get<DeploymentDetail>('/deployments/people-count')).revision
  expect(await revision()).toBe(1)

  const agent = installation.startAgent(await installation.join('yard', '--camera', `file:${requireFootage()}`))
  const people = async () => {
    const { items } = await client.get<{ items: Output[] }>('/outputs', { query: { deployment: 'people-count' } })
    return items.filter((item) => item.name === 'people' && item.deviceName === 'yard')
  }
  await waitUntil(async () => (await people()).length > 0, `people are counted\n${agent.output.slice(-500)}`, 90_000)

  const { placements } = await client.get<DeploymentDetail>('/deployments/people-count')
  expect(placements.map((item) => [item.deviceName, item.placement.realisation])).toEqual([['yard', 'software']])
  expect(await revision()).toBe(1)

  // The yard is never empty: after the background is learned, between 1 and 12 people are counted.
  const counts = async () => {
    const { items } = await client.get<RecordList>('/records', {
      query: { name: 'people', limit: 1000, end: 'newest' },
    })
    return items.flatMap(({ record }) => (record.kind === 'measurement' ? [record.value] : []))
  }
  await waitUntil(
    async () => (await counts()).filter((value) => value >= 1 && value <= 12).length >= 10,
    'plausible counts',
    60_000,
  )

  const follow = installation.start('follow', 'server/cli/main.ts', ['outputs', 'people-count', '-f'])
  await waitUntil(() => /people-count {2}yard\/\S+ {2}people \d+/.test(follow.output), 'outputs -f shows them', 90_000)
  await follow.signal('SIGINT')
  expect(await agent.signal('SIGTERM')).toBe(0)
}, 240_000)
