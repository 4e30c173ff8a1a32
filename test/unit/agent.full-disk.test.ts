/** A full disk: what runs goes on, nothing that waits is lost, and nothing is acted on that could not be remembered. */

import { createAgent } from '@ocelli/agent/agent'
import type { AgentStore } from '@ocelli/agent/ports'
import { OcelliError } from '@ocelli/schemas/errors'
import { topics } from '@ocelli/schemas/topics'
import { expect, test } from 'vitest'
import { DEVICE, instance } from '../support/agent-documents.ts'
import { World } from '../support/agent-world.ts'

async function runningWorld() {
  const world = new World()
  const counter = world.authority.component('counter')
  world.source.offer(counter)
  const ports = world.ports()
  const disk = { isFull: false }
  const store: AgentStore = {
    ...ports.store,
    write: (work) => {
      if (disk.isFull) throw new OcelliError('storage.full', 'no space')
      ports.store.write(work)
    },
  }
  world.agent = createAgent({ ...ports, store }, { version: '0.1.0' })
  await world.online()
  await world.desire(world.authority.signedDesired([instance(counter)]))
  return { world, disk, counter }
}

test('records wait for space and are accepted when there is some', async () => {
  const { world, disk } = await runningWorld()
  disk.isFull = true
  for (let value = 0; value < 700; value++) {
    world.host.live[0]?.output({ kind: 'measurement', name: 'n', unit: '1', value })
  }
  await world.clock.pass(10_000)
  expect(world.agent.status().outbox).toMatchObject({ offered: 700, accepted: 0 })
  expect(world.host.live).toHaveLength(1)
  expect(world.lines.join()).toContain('storage.full')
  disk.isFull = false
  await world.clock.pass(10_000)
  expect(world.agent.status().outbox).toMatchObject({ offered: 700, accepted: 700, held: 700 })
})

test('an acknowledgement that cannot be written is taken when it comes again', async () => {
  const { world, disk } = await runningWorld()
  world.host.live[0]?.output({ kind: 'measurement', name: 'n', unit: '1', value: 1 })
  await world.clock.pass(1000)
  const answer = { stream: world.agent.status().outbox.stream, committed: 1 }
  disk.isFull = true
  world.broker.send(topics.ack(DEVICE), answer)
  expect(world.agent.status().outbox.held).toBe(1)
  disk.isFull = false
  await world.clock.pass(11_000)
  expect(world.batches()).toHaveLength(2)
  world.broker.send(topics.ack(DEVICE), answer)
  expect(world.agent.status().outbox.held).toBe(0)
})

test('a desired state that cannot be remembered is refused', async () => {
  const { world, disk } = await runningWorld()
  disk.isFull = true
  await world.desire(world.authority.signedDesired([], { generation: { epoch: 1, counter: 2 } }))
  expect(world.agent.status()).toMatchObject({
    generation: { epoch: 1, counter: 1 },
    refused: { error: { code: 'storage.full' } },
  })
  expect(world.host.live).toHaveLength(1)
})

test('a record that no message could carry is dropped and does not block those behind it', async () => {
  const { world } = await runningWorld()
  const attributes = Object.fromEntries(Array.from({ length: 2000 }, (_, index) => [`key${index}`, 'x'.repeat(100)]))
  world.host.live[0]?.output({ kind: 'event', name: 'huge', severity: 'info', attributes })
  world.host.live[0]?.output({ kind: 'event', name: 'small', severity: 'info', attributes: {} })
  await world.clock.pass(1000)
  expect(world.batches()[0]?.records).toMatchObject([{ name: 'small', sequence: 1 }])
  expect(world.lines.join()).toContain('too large')
})
