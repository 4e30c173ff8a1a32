/** An agent that goes back by itself to the last revision that was healthy. */
import { choose, MAX_TRIAL_RUNS } from '@ocelli/agent/plan/fallback'
import type { DesiredInstance } from '@ocelli/schemas/messages/desired'
import { expect, test } from 'vitest'
import { instance } from '../support/agent-documents.ts'
import { World } from '../support/agent-world.ts'

const WITHIN_MS = 30_000
const trap = { kind: 'failed', error: { code: 'instance.trap', message: 'unreachable' } } as const

/** A connected agent whose first revision is healthy, and a second one on offer. */
async function settled(options: { healthy?: boolean } = {}) {
  const world = new World()
  const { authority } = world
  const first = authority.component('counter', '1.0.0')
  const second = authority.component('counter', '2.0.0')
  world.source.offer(first, second)
  await world.online()
  let counter = 0
  const desire = (...instances: DesiredInstance[]) =>
    world.desire(authority.signedDesired(instances, { generation: { epoch: 1, counter: ++counter } }))
  const old = instance(first)
  const next = instance(second, { revision: 2, fallback: { withinMs: WITHIN_MS }, features: ['fallback'] })
  await desire(old)
  if (options.healthy !== false) await world.clock.pass(old.restart.healthyForMs + 1000)
  return { world, authority, first, second, old, next, desire }
}

/** Digest of what runs now. */
const running = (world: World) => world.host.live.map(({ spec }) => spec.components[0]?.prepared.digest)

/** Lets the newest instance fail until nothing is started any more. */
async function crash(world: World, digest: string) {
  for (let tries = 0; tries < 20; tries++) {
    const live = world.host.live.find(({ spec }) => spec.components[0]?.prepared.digest === digest)
    live?.output({ kind: 'log', level: 'error', context: 'stderr', message: `try ${tries}` })
    live?.end(trap)
    await world.clock.pass(8000)
  }
}

test('a revision that is not healthy in time is stopped, the last healthy one runs again, and the report says why', async () => {
  const { world, first, second, old, next, desire } = await settled()
  world.source.offer(second)
  await desire(next)
  expect(running(world)).toEqual([second.component.digest])
  // It ends again and again, each time before it counts as healthy, and is never given up within the time.
  for (let run = 0; run < 3; run++) {
    await world.clock.pass(9000)
    world.host.live[0]?.output({ kind: 'log', level: 'warn', context: 'main', message: `run ${run}` })
    world.host.live[0]?.end({ kind: 'completed', exitCode: 0 })
    await world.clock.pass(1001)
  }
  await world.clock.pass(2000)
  expect(running(world)).toEqual([first.component.digest])
  expect(world.lastReport().instances[0]).toMatchObject({
    revision: 1,
    digest: first.component.digest,
    state: 'running',
    restarts: 0,
    fellBack: {
      revision: 2,
      error: { code: 'instance.notHealthy', message: `revision 2 was not healthy within ${WITHIN_MS} ms` },
      logs: ['warn main: run 0', 'warn main: run 1', 'warn main: run 2'],
    },
  })
  expect(old.revision).toBe(1)
  expect(world.lastReport().generation).toEqual({ epoch: 1, counter: 2 })
})

test('a revision that is given up is gone back from; it is tried again only once something else is wanted', async () => {
  const { world, authority, first, second, next, desire } = await settled()
  await desire(next)
  await crash(world, second.component.digest)
  const startsOfSecond = () =>
    world.host.started.filter(({ spec }) => spec.components[0]?.prepared.digest === second.component.digest).length
  expect(startsOfSecond()).toBe(next.restart.maxAttempts)
  expect(running(world)).toEqual([first.component.digest])
  expect(world.lastReport().instances[0]?.fellBack).toMatchObject({
    revision: 2,
    error: { code: 'instance.crashLoop' },
    logs: ['error stderr: try 0', 'error stderr: try 1', 'error stderr: try 2'],
  })
  // A new generation with the same revision is no reason, nor is another name of its deployment.
  await desire(next)
  await desire({ ...next, deployment: { ...next.deployment, name: 'renamed' } })
  expect(startsOfSecond()).toBe(next.restart.maxAttempts)
  expect(world.lastReport().instances[0]?.fellBack).toMatchObject({ revision: 2 })
  // Another configuration is.
  await desire({ ...next, config: { values: { level: '2' } } })
  expect(running(world)).toEqual([second.component.digest])
  await world.clock.pass(2000)
  expect(world.lastReport().instances[0]?.fellBack).toBeUndefined()
  // What is healthy now is what is gone back to from the next one.
  await world.clock.pass(12_000)
  const third = authority.component('counter', '3.0.0')
  world.source.offer(third)
  await desire({ ...next, revision: 3, components: [third.component] })
  await crash(world, third.component.digest)
  expect(running(world)).toEqual([second.component.digest])
})

test('what was gone back from stays so over a crash of the agent, without network, with artifacts kept', async () => {
  const { world, first, second, next, desire } = await settled()
  await desire(next)
  await crash(world, second.component.digest)
  expect(running(world)).toEqual([first.component.digest])
  world.broker.down()
  world.host.started.length = 0
  world.source.isDown = true
  world.source.asked.length = 0
  await world.boot().start()
  await world.clock.pass(1000)
  expect(running(world)).toEqual([first.component.digest])
  expect(world.source.asked).toEqual([])
  expect(world.only()).toMatchObject({ revision: 1, state: 'running', fellBack: { revision: 2 } })
})

test('a revision that takes the whole agent down with it is gone back from after a few runs', async () => {
  const { world, first, second, next, desire } = await settled()
  await desire(next)
  for (let run = 1; run < MAX_TRIAL_RUNS; run++) {
    world.host.started.length = 0
    await world.boot().start()
    await world.clock.pass(1000)
    expect(running(world)).toEqual([second.component.digest])
  }
  world.host.started.length = 0
  await world.boot().start()
  await world.clock.pass(1000)
  expect(running(world)).toEqual([first.component.digest])
  expect(world.only()?.fellBack).toMatchObject({ revision: 2, error: { code: 'instance.notHealthy' } })
})

test('a revision that this agent refuses does not end the one that runs, where it may go back', async () => {
  const { world, authority, first, next, desire } = await settled()
  const stranger = authority.component('counter', '2.0.0', {}, authority.server)
  world.source.offer(stranger)
  await desire({ ...next, components: [stranger.component] })
  await world.clock.pass(2000)
  expect(running(world)).toEqual([first.component.digest])
  expect(world.host.started).toHaveLength(1)
  expect(world.lastReport().instances[0]).toMatchObject({ revision: 1, healthy: true, fellBack: { revision: 2 } })
})

test('an agent restarted while a successor is still to be fetched runs the last healthy one until it has it', async () => {
  const { world, first, second, next, desire } = await settled()
  world.source.isDown = true
  await desire(next)
  expect(world.only()).toMatchObject({ revision: 2, state: 'fetching' })
  await world.agent.stop()
  world.host.started.length = 0
  await world.boot().start()
  await world.clock.pass(1000)
  expect(running(world)).toEqual([first.component.digest])
  expect(world.only()).toMatchObject({ revision: 2, state: 'fetching' })
  world.source.isDown = false
  await world.clock.pass(5000)
  expect(running(world)).toEqual([second.component.digest])
  expect(world.only()).toMatchObject({ revision: 2, state: 'running' })
  expect(world.only()?.fellBack).toBeUndefined()
})

test('without leave to go back, or with nothing healthy to go back to, a crash loop stays one, with its last lines', async () => {
  const plain = await settled()
  const { fallback: _, ...stubborn } = plain.next
  await plain.desire({ ...stubborn, features: [] })
  await crash(plain.world, plain.second.component.digest)
  expect(plain.world.lastReport().instances[0]).toMatchObject({
    revision: 2,
    state: 'crashLoop',
    logs: ['error stderr: try 0', 'error stderr: try 1', 'error stderr: try 2'],
  })
  const young = await settled({ healthy: false })
  await young.desire(young.next)
  await crash(young.world, young.second.component.digest)
  expect(young.world.only()).toMatchObject({ revision: 2, state: 'crashLoop' })
})

test('time without its imager does not count against a trial', async () => {
  const { world, second, next, desire } = await settled()
  world.imagers.set('cam0')
  const seeing = { ...next, imager: world.imagers.list()[0]?.facts.id }
  await desire(seeing as DesiredInstance)
  world.imagers.set()
  await world.clock.pass(2 * WITHIN_MS)
  expect(world.only()).toMatchObject({ revision: 2, state: 'waiting' })
  world.imagers.set('cam0')
  await world.clock.pass(12_000)
  expect(running(world)).toEqual([second.component.digest])
  expect(world.only()).toMatchObject({ revision: 2, state: 'running', healthy: true })
})

test('nothing is remembered of an instance that is no longer desired, nor of a shadow', async () => {
  const { world, old, desire } = await settled()
  const remembered = () => [...world.disk.values.keys()].filter((key) => key.startsWith('fallback '))
  expect(remembered()).toHaveLength(1)
  await desire(old, { ...old, id: `i-${'b'.repeat(16)}` as DesiredInstance['id'], role: 'shadow' })
  await world.clock.pass(12_000)
  expect(remembered()).toHaveLength(1)
  await desire()
  expect(remembered()).toEqual([])
})

test('a report of many devices that went back fits its message', async () => {
  const { world, old, desire } = await settled()
  const letters = [...'abcdefgh']
  const id = (a: string, b: string) => `i-${a}${b.repeat(15)}` as DesiredInstance['id']
  await desire(...letters.flatMap((a) => letters.map((b) => ({ ...old, id: id(a, b) }))))
  for (const live of world.host.live) {
    for (let line = 0; line < 10; line++) {
      live.output({ kind: 'log', level: 'error', context: 'stderr', message: 'x'.repeat(300) })
    }
    live.end({ kind: 'failed', error: { code: 'link.missing', message: 'y'.repeat(2048) } })
  }
  await world.clock.pass(2000)
  expect(world.lastReport().instances).toHaveLength(64)
})

test('the choice is the wanted one where both are the same to the instance', () => {
  const wanted = instance({ component: instanceComponent() }, { revision: 2, fallback: { withinMs: 1 } })
  const good = { key: 'one', spec: { ...wanted, revision: 1 } }
  const facts = { wanted, wantedKey: 'two', inTheWay: undefined, triedSinceMs: 0, nowMs: 10 }
  const slot = { key: 'two', phase: 'running', outcome: undefined, lastError: undefined } as const
  expect(choose({ ...facts, remembered: { good }, slot })).toEqual({ run: 'wanted' })
  const other = { ...good, spec: { ...good.spec, intervalMs: 7 } }
  expect(choose({ ...facts, remembered: { good: other }, slot })).toMatchObject({ run: 'giveUp' })
})

function instanceComponent() {
  return new World().authority.component('counter').component
}
