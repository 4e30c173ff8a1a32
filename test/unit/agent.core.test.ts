/** The agent as a whole on ports held by the test: what it runs, reports, refuses and remembers. */
import { OcelliError } from '@ocelli/schemas/errors'
import { parseCommandId } from '@ocelli/schemas/ids'
import { topics } from '@ocelli/schemas/topics'
import { expect, test, vi } from 'vitest'
import { DEVICE, imagerId, instance, makeKey } from '../support/agent-documents.ts'
import { World } from '../support/agent-world.ts'
import { ManualImager } from '../support/runtime-imager.ts'

/** A connected agent with one component on offer. */
async function connected() {
  const world = new World()
  const counter = world.authority.component('counter')
  world.source.offer(counter)
  await world.online()
  return { world, counter, authority: world.authority }
}

test('a connected agent introduces itself, with a last will', async () => {
  const { world } = await connected()
  expect(world.lastPresence()).toBe('online')
  expect(JSON.parse(Buffer.from(world.broker.options?.will.payload ?? []).toString())).toMatchObject({
    state: 'lost',
    session: { certificate: 1, start: 1 },
  })
  expect(world.lastInventory()).toMatchObject({ bootId: 'boot-1', imagers: [], clockSynchronised: true })
  expect(world.lastReport()).toMatchObject({ trustVersion: 1, instances: [] })
})

test('desired state is fetched, verified, prepared, started and reported', async () => {
  const { world, counter, authority } = await connected()
  await world.desire(authority.signedDesired([instance(counter)]))
  expect(world.host.live).toHaveLength(1)
  await world.clock.pass(1000)
  expect(world.lastReport()).toMatchObject({
    generation: { epoch: 1, counter: 1 },
    instances: [{ state: 'running', healthy: false, restarts: 0, digest: counter.component.digest }],
  })
  await world.clock.pass(11_000)
  expect(world.lastReport().instances[0]).toMatchObject({ state: 'running', healthy: true })
})

test('a repeated desired state changes nothing', async () => {
  const { world, counter, authority } = await connected()
  const envelope = authority.signedDesired([instance(counter)])
  await world.desire(envelope)
  await world.desire(envelope)
  await world.clock.pass(1000)
  expect(world.host.started).toHaveLength(1)
})

test('an instance that is no longer desired is stopped and its values are forgotten', async () => {
  const { world, counter, authority } = await connected()
  await world.desire(authority.signedDesired([instance(counter)]))
  world.host.live[0]?.spec.state.set('count', new Uint8Array([7]))
  await world.clock.pass(1000)
  expect(world.disk.state.size).toBe(1)
  await world.desire(authority.signedDesired([], { generation: { epoch: 1, counter: 2 } }))
  expect(world.host.live).toHaveLength(0)
  expect(world.disk.state.size).toBe(0)
  expect(world.host.keep).toEqual(new Set())
  expect(world.agent.status().instances).toEqual([])
})

test('values of an instance outlive a crash of the agent once a commit has passed', async () => {
  const { world, counter, authority } = await connected()
  await world.desire(authority.signedDesired([instance(counter)]))
  world.host.live[0]?.spec.state.set('kept', new Uint8Array([1]))
  await world.clock.pass(1000)
  world.host.live[0]?.spec.state.set('not yet', new Uint8Array([2]))
  world.host.started.length = 0
  await world.boot().start()
  await world.clock.pass(0)
  expect(world.host.live[0]?.spec.state.keys()).toEqual(['kept'])
})

test('after a restart without network the last desired state runs again', async () => {
  const { world, counter, authority } = await connected()
  await world.desire(authority.signedDesired([instance(counter)]))
  await world.agent.stop()
  expect(world.lastPresence()).toBe('offline')
  world.source.isDown = true
  await world.boot().start()
  await world.clock.pass(0)
  expect(world.host.live).toHaveLength(1)
  expect(world.agent.status()).toMatchObject({ start: 2, link: 'down', generation: { epoch: 1, counter: 1 } })
})

test('a revision that changes nothing an instance can see is taken over without a restart', async () => {
  const { world, counter, authority } = await connected()
  await world.desire(authority.signedDesired([instance(counter)]))
  const next = instance(counter, { revision: 2, role: 'shadow' })
  await world.desire(authority.signedDesired([next], { generation: { epoch: 1, counter: 2 } }))
  expect(world.host.started).toHaveLength(1)
  expect(world.only()).toMatchObject({ revision: 2, state: 'running' })
  world.host.live[0]?.output({ kind: 'measurement', name: 'n', unit: '1', value: 1 })
  await world.clock.pass(1000)
  expect(world.batches()[0]?.records[0]).toMatchObject({ revision: 2, role: 'shadow' })
})

test('a change of configuration starts the instance anew, only when its successor is ready', async () => {
  const { world, counter, authority } = await connected()
  await world.desire(authority.signedDesired([instance(counter)]))
  const successor = authority.component('counter', '2.0.0')
  world.source.isDown = true
  const next = instance(successor, { revision: 2 })
  await world.desire(authority.signedDesired([next], { generation: { epoch: 1, counter: 2 } }))
  expect(world.only()).toMatchObject({ revision: 2, state: 'fetching', error: { code: 'artifact.unavailable' } })
  expect(world.host.live).toHaveLength(1)
  world.source.isDown = false
  world.source.offer(successor)
  await world.clock.pass(2000)
  expect(world.host.started).toHaveLength(2)
  expect(world.host.live).toHaveLength(1)
  expect(world.only()).toMatchObject({ revision: 2, state: 'running', restarts: 0 })
})

test('a failing instance backs off, doubling, and is given up after its attempts', async () => {
  const { world, counter, authority } = await connected()
  await world.desire(authority.signedDesired([instance(counter)]))
  const trap = { kind: 'failed', error: { code: 'instance.trap', message: 'unreachable' } } as const
  world.host.live[0]?.end(trap)
  expect(world.only()).toMatchObject({ state: 'backoff', error: { code: 'instance.trap' } })
  await world.clock.pass(990)
  expect(world.host.started).toHaveLength(1)
  await world.clock.pass(20)
  expect(world.host.started).toHaveLength(2)
  world.host.live[0]?.end(trap)
  await world.clock.pass(1990)
  expect(world.host.started).toHaveLength(2)
  await world.clock.pass(20)
  expect(world.host.started).toHaveLength(3)
  expect(world.only()).toMatchObject({ state: 'running', restarts: 2 })
  world.host.live[0]?.end(trap)
  expect(world.only()).toMatchObject({ state: 'crashLoop', error: { code: 'instance.crashLoop' } })
  await world.clock.pass(600_000)
  expect(world.host.started).toHaveLength(3)
})

test('a healthy run clears the failures before it', async () => {
  const { world, counter, authority } = await connected()
  await world.desire(authority.signedDesired([instance(counter)]))
  for (let round = 0; round < 5; round++) {
    await world.clock.pass(12_000)
    world.host.live[0]?.end({ kind: 'failed', error: { code: 'instance.trap', message: 'unreachable' } })
    await world.clock.pass(1100)
    expect(world.only()?.state).toBe('running')
  }
})

test('a start that was refused for good is not tried again', async () => {
  const { world, counter, authority } = await connected()
  world.host.failStart = () => new OcelliError('grant.missing', 'events was not granted')
  await world.desire(authority.signedDesired([instance(counter)]))
  expect(world.only()).toMatchObject({ state: 'refused', error: { code: 'grant.missing' } })
  world.host.failStart = () => undefined
  await world.clock.pass(600_000)
  expect(world.host.started).toHaveLength(0)
})

test('a task that ended well is reported, recorded and not run again after a restart', async () => {
  const { world, counter, authority } = await connected()
  const task = instance(counter, { restart: { ...instance(counter).restart, policy: 'onFailure' } })
  await world.desire(authority.signedDesired([task]))
  world.host.live[0]?.end({ kind: 'completed', exitCode: 0 })
  expect(world.only()).toMatchObject({ state: 'completed', exitCode: 0 })
  await world.clock.pass(1000)
  expect(world.batches()[0]?.records).toMatchObject([{ kind: 'task', exitCode: 0, sequence: 1 }])
  await world.agent.stop()
  await world.boot().start()
  await world.clock.pass(1000)
  expect(world.host.started).toHaveLength(1)
  expect(world.only()).toMatchObject({ state: 'completed', exitCode: 0 })
})

test('an instance waits for its imager, follows hot-plug, and others are none the worse', async () => {
  const { world, counter, authority } = await connected()
  const eye = instance(counter, { imager: imagerId('cam0') }, 'b')
  await world.desire(authority.signedDesired([instance(counter), eye]))
  expect(world.agent.status().instances).toMatchObject([
    { state: 'running' },
    { state: 'waiting', error: { code: 'imager.missing' } },
  ])
  world.imagers.set('cam0')
  await world.clock.pass(0)
  expect(world.agent.status().instances).toMatchObject([{ state: 'running' }, { state: 'running' }])
  expect(world.lastInventory().interfaces).toContainEqual({ name: 'ocelli:sensing/frames@0.1.0', imagers: ['cam0'] })
  world.imagers.set()
  await world.clock.pass(0)
  expect(world.agent.status().instances).toMatchObject([{ state: 'running' }, { state: 'waiting' }])
  expect(world.lastInventory().imagers).toEqual([])
  world.imagers.set('cam0')
  await world.clock.pass(0)
  expect(world.agent.status().instances).toMatchObject([{ state: 'running' }, { state: 'running', restarts: 1 }])
})

test('an instance that requires a feature this agent lacks is refused alone', async () => {
  const { world, counter, authority } = await connected()
  const strict = instance(counter, { features: ['teleport'] }, 'b')
  await world.desire(authority.signedDesired([instance(counter), strict]))
  expect(world.agent.status().instances).toMatchObject([
    { state: 'running' },
    { state: 'refused', error: { code: 'feature.missing' } },
  ])
})

test('a desired state signed by another key, for another device, or older, is refused and reported', async () => {
  const { world, counter, authority } = await connected()
  const generation = { epoch: 2, counter: 5 }
  await world.desire(authority.signedDesired([instance(counter)], { generation }))
  const cases = [
    { envelope: authority.signedDesired([], { generation: { epoch: 1, counter: 9 } }), code: 'trust.rollback' },
    {
      envelope: authority.signedDesired([], { generation, device: 'd-bbbbbbbbbbbbbbbb' as never }),
      code: 'trust.mismatch',
    },
    { envelope: authority.signedDesired([], { generation }, makeKey()), code: 'trust.unknownPublisher' },
    {
      envelope: { ...authority.signedDesired([], { generation }), payload: btoa('{"tampered":true}') },
      code: 'trust.signature',
    },
    { envelope: authority.signedTrust(), code: 'trust.mismatch' },
    { envelope: { payloadType: 'x' } as never, code: 'message.invalid' },
  ]
  for (const { envelope, code } of cases) {
    await world.desire(envelope)
    await world.clock.pass(1000)
    expect(world.lastReport().refused?.error.code).toBe(code)
    expect(world.lastReport()).toMatchObject({ generation, instances: [{ state: 'running' }] })
  }
})

test('a payload with anything but base64 in it is refused, even where the signature holds over the rest', async () => {
  const { world, counter, authority } = await connected()
  const good = authority.signedDesired([instance(counter)])
  for (const payload of [`!${good.payload}`, `${good.payload}=`]) {
    await world.desire({ ...good, payload })
    expect(world.agent.status().refused?.error).toMatchObject({ code: 'trust.signature' })
  }
  expect(world.host.started).toHaveLength(0)
})

test('the newest generation is remembered over a restart', async () => {
  const { world, authority } = await connected()
  await world.desire(authority.signedDesired([], { generation: { epoch: 1, counter: 7 } }))
  world.boot()
  await world.online()
  await world.desire(authority.signedDesired([], { generation: { epoch: 1, counter: 6 } }))
  expect(world.agent.status()).toMatchObject({
    generation: { epoch: 1, counter: 7 },
    refused: { generation: { epoch: 1, counter: 6 }, error: { code: 'trust.rollback' } },
  })
})

test('an unknown server key makes the agent fetch a newer trust document, then accept', async () => {
  const { world, counter, authority } = await connected()
  const key = makeKey()
  world.source.trust = authority.signedTrust({ version: 2, servers: [{ keyId: key.keyId, publicKey: key.publicKey }] })
  await world.desire(authority.signedDesired([instance(counter)], { trustVersion: 2 }, key))
  expect(world.agent.status()).toMatchObject({ trustVersion: 2, refused: undefined, instances: [{ state: 'running' }] })
  expect(world.source.trustAsked).toBe(1)
})

test('unknown keys fetch the trust document at a bounded rate, and only the operator can change it', async () => {
  const { world, authority } = await connected()
  world.source.trust = authority.signedTrust({ version: 9 }, makeKey())
  for (let round = 0; round < 20; round++) {
    await world.desire(authority.signedDesired([], {}, makeKey()))
    await world.clock.pass(100)
  }
  await world.clock.pass(20_000)
  expect(world.source.trustAsked).toBeLessThanOrEqual(3)
  expect(world.agent.status().trustVersion).toBe(1)
})

test('a publisher that is no longer trusted loses its running instances', async () => {
  const { world, counter, authority } = await connected()
  await world.desire(authority.signedDesired([instance(counter)]))
  world.source.trust = authority.signedTrust({ version: 2, publishers: [] })
  await world.desire(
    authority.signedDesired([instance(counter)], { trustVersion: 2, generation: { epoch: 1, counter: 2 } }),
  )
  expect(world.host.live).toHaveLength(0)
  expect(world.only()).toMatchObject({ state: 'refused', error: { code: 'trust.unknownPublisher' } })
})

test('a component is refused on the device for each way of being signed wrongly', async () => {
  const { world, authority, counter } = await connected()
  const other = authority.component('other')
  const swap = (change: object) => ({ component: { ...counter.component, ...change } })
  const badlySigned = authority.component('bad', '1.0.0', {}, { ...makeKey(), keyId: authority.publisher.keyId })
  const stranger = authority.component('strange', '1.0.0', {}, makeKey())
  world.source.offer(other, badlySigned, stranger)
  const cases = [
    { artifact: badlySigned, code: 'trust.signature' },
    { artifact: stranger, code: 'trust.unknownPublisher' },
    { artifact: swap({ name: 'renamed' }), code: 'trust.mismatch' },
    { artifact: swap({ version: '9.0.0' }), code: 'trust.mismatch' },
    { artifact: swap({ signature: other.component.signature }), code: 'trust.mismatch' },
    // The bytes in place of the envelope: unsigned.
    { artifact: swap({ signature: other.component.digest }), code: 'trust.signature' },
  ]
  let round = 1
  for (const { artifact, code } of cases) {
    const generation = { epoch: 1, counter: round++ }
    await world.desire(authority.signedDesired([instance(artifact), instance(counter, {}, 'b')], { generation }))
    expect(world.agent.status().instances).toMatchObject([{ state: 'refused', error: { code } }, { state: 'running' }])
  }
  expect(world.host.started).toHaveLength(1)
})

test('a publisher may publish only the names that it is trusted for', async () => {
  const { world, counter, authority } = await connected()
  const { keyId, publicKey } = authority.publisher
  world.identity = {
    ...world.identity,
    trust: authority.signedTrust({ publishers: [{ id: 'm', keyId, publicKey, names: ['people-*'] }] }),
  }
  world.boot()
  await world.online()
  await world.desire(authority.signedDesired([instance(counter)]))
  expect(world.only()).toMatchObject({ state: 'refused', error: { code: 'trust.unknownPublisher' } })
})

test('bytes that do not have the digest are thrown away and fetched again', async () => {
  const { world, counter, authority } = await connected()
  world.source.files.set(counter.component.digest, Buffer.alloc(counter.bytes.byteLength))
  await world.desire(authority.signedDesired([instance(counter)]))
  expect(world.only()).toMatchObject({ state: 'fetching', error: { code: 'artifact.digest' } })
  world.source.offer(counter)
  await world.clock.pass(2000)
  expect(world.only()?.state).toBe('running')
})

test('an interrupted fetch goes on where it stopped, also after a crash', async () => {
  const { world, counter, authority } = await connected()
  world.artifacts.appendPartial(counter.component.digest, counter.bytes.subarray(0, 5))
  await world.desire(authority.signedDesired([instance(counter)]))
  expect(world.only()?.state).toBe('running')
  expect(world.artifacts.partialBytes(counter.component.digest)).toBe(0)
})

test('records are committed together, sent in one batch, and forgotten when the server has them', async () => {
  const { world, counter, authority } = await connected()
  await world.desire(authority.signedDesired([instance(counter, { imager: imagerId('cam0') })]))
  world.imagers.set('cam0')
  await world.clock.pass(0)
  const stamp = { imager: imagerId('cam0'), frame: 3, captureMicros: 42 }
  world.host.live[0]?.output({ kind: 'measurement', name: 'people', unit: '1', value: 2, stamp })
  world.host.live[0]?.output({ kind: 'event', name: 'crowd', severity: 'warning', attributes: { n: 2 } })
  expect(world.agent.status().outbox).toMatchObject({ offered: 2, accepted: 0, held: 0 })
  expect(world.batches()).toEqual([])
  await world.clock.pass(1000)
  expect(world.agent.status().outbox).toMatchObject({ offered: 2, accepted: 2, held: 2 })
  const [batch] = world.batches()
  expect(batch).toMatchObject({
    first: 1,
    last: 2,
    oldestHeld: 1,
    records: [
      { kind: 'measurement', sequence: 1, value: 2, imager: 'cam0', frame: 3, captureMicros: 42, boot: 'boot-1' },
      { kind: 'event', sequence: 2, revision: 1, role: 'live', synchronised: true },
    ],
  })
  world.broker.send(topics.ack(DEVICE), { stream: batch?.stream, committed: 2 })
  expect(world.agent.status().outbox).toMatchObject({ held: 0, heldBytes: 0 })
})

test('a clock before the last signed desired state is not called synchronised', async () => {
  const { world, authority } = await connected()
  const issuedAtMs = world.clock.wallMs() + 1000
  await world.desire(authority.signedDesired([], { issuedAtMs }))
  world.broker.down()
  world.broker.up()
  await world.clock.pass(0)
  expect(world.lastInventory().clockSynchronised).toBe(false)
})

test('a command is done once, answered again when repeated, and ignored from another start', async () => {
  const { world, counter, authority } = await connected()
  await world.desire(authority.signedDesired([instance(counter)]))
  const id = parseCommandId('c-aaaaaaaaaaaaaaaa')
  const other = parseCommandId('c-bbbbbbbbbbbbbbbb')
  if (!id || !other) throw new Error('ids')
  let calls = 0
  const [live] = world.host.live
  if (live) {
    live.answer = async (name) => {
      calls++
      return `done ${name}`
    }
  }
  const command = { start: 1, timeoutMs: 1000, action: 'call', instance: instance(counter).id, name: 'go', input: '' }
  world.broker.send(topics.command(DEVICE, other), { ...command, start: 7 })
  world.broker.send(topics.command(DEVICE, id), command)
  world.broker.send(topics.command(DEVICE, id), command)
  await world.clock.pass(0)
  world.broker.send(topics.command(DEVICE, id), command)
  await world.clock.pass(0)
  expect(calls).toBe(1)
  const results = world.broker.published.filter(({ topic }) => topic.includes('/result/'))
  expect(results.map(({ topic }) => topic)).toEqual([topics.result(DEVICE, id), topics.result(DEVICE, id)])
  expect(world.broker.on('result')[0]).toEqual({ outcome: 'done', output: 'done go' })
})

test('a restart command restarts, and every failure is answered with a code', async () => {
  const { world, counter, authority } = await connected()
  await world.desire(authority.signedDesired([instance(counter)]))
  const ids = ['a', 'b', 'c', 'd'].map((letter) => parseCommandId(`c-${letter.repeat(16)}`))
  const send = async (index: number, body: object) => {
    const id = ids[index]
    if (id) world.broker.send(topics.command(DEVICE, id), { start: 1, timeoutMs: 9, ...body })
    await world.clock.pass(0)
    return world.broker.on('result').at(-1)
  }
  expect(await send(0, { action: 'restart', instance: instance(counter).id })).toEqual({ outcome: 'done' })
  expect(world.host.started).toHaveLength(2)
  expect(world.only()).toMatchObject({ state: 'running', restarts: 1 })
  expect(await send(1, { action: 'restart', instance: 'i-zzzzzzzzzzzzzzzz' })).toMatchObject({
    error: { code: 'request.notFound' },
  })
  expect(await send(2, { action: 'dance', instance: instance(counter).id })).toMatchObject({
    error: { code: 'command.unsupported' },
  })
  expect(await send(3, { action: 'call' })).toMatchObject({ outcome: 'refused', error: { code: 'message.invalid' } })
})

test('images leave on their own topic at QoS 0, and only under a safe name', async () => {
  const { world, counter, authority } = await connected()
  await world.desire(authority.signedDesired([instance(counter)]))
  world.host.live[0]?.output({ kind: 'image', name: 'snap', jpeg: new Uint8Array([0xff]) })
  world.host.live[0]?.output({ kind: 'image', name: '../#', jpeg: new Uint8Array([0xff]) })
  const images = world.broker.published.filter(({ topic }) => topic.includes('/image/'))
  expect(images).toMatchObject([{ topic: topics.image(DEVICE, instance(counter).id, 'snap'), qos: 0, retained: false }])
})

test('the certificate is renewed at two thirds of its life, and the next session names it in its last will', async () => {
  const { world } = await connected()
  await world.clock.pass(19.9 * 86_400_000)
  expect(world.renewals).toBe(0)
  await world.clock.pass(0.2 * 86_400_000)
  expect(world.renewals).toBe(1)
  expect(world.broker.opened).toBe(2)
  expect(JSON.parse(Buffer.from(world.broker.options?.will.payload ?? []).toString())).toMatchObject({
    session: { certificate: 2, start: 1 },
  })
})

test('an agent that was stopped leaves no timer behind', async () => {
  const { world, counter, authority } = await connected()
  await world.desire(authority.signedDesired([instance(counter)]))
  world.host.live[0]?.output({ kind: 'measurement', name: 'n', unit: '1', value: 1 })
  await world.agent.stop()
  expect(world.disk.records).toHaveLength(1)
  expect(world.clock.pending).toBe(0)
})

test('log lines that were cut are reported, also those of earlier runs', async () => {
  const { world, counter, authority } = await connected()
  await world.desire(authority.signedDesired([instance(counter)]))
  const [first] = world.host.live
  if (first) first.counted = { logLinesCut: 7 }
  first?.end({ kind: 'failed', error: { code: 'instance.trap', message: 'unreachable' } })
  await world.clock.pass(1001)
  const [second] = world.host.live
  if (second) second.counted = { logLinesCut: 2 }
  expect(world.only()).toMatchObject({ restarts: 1, logLinesCut: 9 })
})

test('what the broker did not acknowledge is said again within seconds, as it is then', async () => {
  const world = new World()
  for (const topic of ['presence', 'inventory', 'reported']) world.broker.deafTo.add(topic)
  await world.online()
  world.imagers.set('cam0')
  await world.clock.pass(1000)
  world.broker.deafTo.clear()
  await world.clock.pass(10_000)
  expect(world.lastPresence()).toBe('online')
  expect(world.lastInventory().imagers).toHaveLength(1)
  expect(world.lastReport().instances).toEqual([])
  const said = world.broker.on('presence').length
  await world.clock.pass(30_000)
  expect(world.broker.on('presence')).toHaveLength(said)
})

test('numbers alone are reported within half a minute after they changed, and not again and again', async () => {
  const { world, counter, authority } = await connected()
  await world.desire(authority.signedDesired([instance(counter)]))
  await world.clock.pass(61_000)
  const reports = () => world.broker.on('reported').length
  const before = reports()
  const [live] = world.host.live
  if (live) live.counted = { memoryBytes: 131_072, logLinesCut: 3 }
  await world.clock.pass(30_000)
  expect(reports()).toBe(before + 1)
  expect(world.lastReport().instances[0]).toMatchObject({ memoryBytes: 131_072, logLinesCut: 3 })
  // Frames alone travel with the next report, whatever makes it.
  if (live) live.counted = { ...live.counted, framesHandled: 99 }
  await world.clock.pass(28_000)
  expect(reports()).toBe(before + 1)
})

test('a server that says again what is wanted is answered again', async () => {
  const { world, counter, authority } = await connected()
  const envelope = authority.signedDesired([instance(counter)])
  await world.desire(envelope)
  await world.clock.pass(20_000)
  const before = world.broker.on('reported').length
  await world.desire(envelope)
  await world.clock.pass(1001)
  expect(world.broker.on('reported')).toHaveLength(before + 1)
})

test('a snapshot is the next frame of the imager as an image of the instance, where that was granted images', async () => {
  const { world, counter, authority } = await connected()
  const imager = new ManualImager(64, 48)
  world.imagers.list = () => [imager]
  const images = 'ocelli:sensing/images@0.1.0'
  const at = { imager: imager.facts.id, frames: { widthPixels: 64 } }
  await world.desire(
    authority.signedDesired([
      instance(counter, { ...at, grants: [images] }, 'a'),
      instance(counter, at, 'b'),
      instance(counter, { ...at, grants: [images], role: 'shadow' }, 'c'),
      instance(counter, { grants: [images] }, 'd'),
    ]),
  )
  const answer = async (letter: string, of: string, more: object = {}, act = () => {}) => {
    const id = parseCommandId(`c-${letter.repeat(16)}`)
    if (!id) throw new Error('a command id')
    const command = { start: 1, timeoutMs: 5000, action: 'snapshot', instance: `i-${of.repeat(16)}`, ...more }
    world.broker.send(topics.command(DEVICE, id), command)
    await vi.waitFor(async () => {
      act()
      await world.clock.pass(0)
      expect(world.broker.published.some(({ topic }) => topic === topics.result(DEVICE, id))).toBe(true)
    }, 60_000)
    return world.broker.on(`result/${id}`).at(-1)
  }
  const emit = () => void imager.emit(() => 200)
  expect(await answer('a', 'a', { name: 'now' }, emit)).toEqual({ outcome: 'done', output: 'now' })
  const [image] = world.broker.published.filter(({ topic }) => topic.includes('/image/'))
  expect(image?.topic).toBe(topics.image(DEVICE, instance(counter).id, 'now'))
  const jpeg = Buffer.from(image?.payload ?? [])
  expect(jpeg.subarray(0, 2)).toEqual(Buffer.from([0xff, 0xd8]))
  // Start of frame (ITU-T T.81, B.2.2): height and width follow length and precision.
  const frame = jpeg.indexOf(Buffer.from([0xff, 0xc0]))
  expect([jpeg.readUInt16BE(frame + 7), jpeg.readUInt16BE(frame + 5)]).toEqual([64, 48])
  expect([imager.held, imager.subscribers]).toEqual([0, 0])
  expect(await answer('b', 'b')).toMatchObject({ outcome: 'refused', error: { code: 'grant.missing' } })
  expect(await answer('c', 'c')).toMatchObject({ outcome: 'refused', error: { code: 'grant.missing' } })
  expect(await answer('d', 'd')).toMatchObject({ outcome: 'refused', error: { code: 'imager.missing' } })
  expect(await answer('e', 'z')).toMatchObject({ outcome: 'refused', error: { code: 'request.notFound' } })
  expect(await answer('f', 'a', { name: '../x' })).toMatchObject({ outcome: 'refused' })
  const pulled = () => imager.interrupt('pulled')
  expect(await answer('g', 'a', {}, pulled)).toMatchObject({ outcome: 'failed', error: { code: 'imager.interrupted' } })
})
