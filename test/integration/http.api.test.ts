import { generateKeyPairSync } from 'node:crypto'
import { API_ROUTES } from '@ocelli/schemas/api/routes'
import type { InstanceId } from '@ocelli/schemas/ids'
import { topics } from '@ocelli/schemas/topics'
import { publicKeyText } from '@ocelli/server/identity/keys'
import { firstTrust, publisher as publisherOf, signTrust, withPublisher } from '@ocelli/server/identity/trust'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ApiClient, problemOf } from '../support/server-client.ts'
import { deploymentManifest, MOTION, ServerWorld } from '../support/server-world.ts'
import { inventory } from '../support/snapshot-builders.ts'
import { waitUntil } from '../support/wait-until.ts'

let world: ServerWorld
beforeEach(async () => {
  world = await ServerWorld.start()
})
afterEach(() => world.stop())

describe('who may ask', () => {
  test('no route but the probes answers without a token', async () => {
    const nobody = new ApiClient(world.url)
    for (const { method, path, role } of API_ROUTES) {
      const { status, body } = await nobody.send(method, path.replace(/\{\w+\}/g, 'x'))
      if (role === 'open') expect(status).toBeLessThan(400)
      else
        expect(problemOf(body, status)).toMatchObject({ code: 'auth.missing', instance: path.replace(/\{\w+\}/g, 'x') })
    }
  })

  test('each role may do what the table says and nothing else', async () => {
    const clients = {
      viewer: await world.client('viewer'),
      operator: await world.client('operator'),
      publisher: await world.client('publisher'),
    }
    const may = { viewer: ['any', 'viewer'], operator: ['any', 'viewer', 'operator'], publisher: ['any', 'publisher'] }
    for (const { method, path, role, operationId } of API_ROUTES) {
      if (role === 'open' || operationId === 'streamRecords') continue
      for (const [held, client] of Object.entries(clients)) {
        const { status, body } = await client.send(method, path.replace(/\{\w+\}/g, 'x'))
        const allowed = may[held as keyof typeof may].includes(role)
        if (!allowed) expect(problemOf(body, status).code, `${held} ${operationId}`).toBe('auth.forbidden')
        else if (status >= 400) expect(problemOf(body, status).code, `${held} ${operationId}`).not.toMatch(/^auth\./)
      }
    }
  })

  test('a revoked, expired or foreign token is refused, and the secret is never shown again', async () => {
    const made = await world.admin.ok('createAccessToken', { body: { name: 'laptop', role: 'viewer' } })
    const laptop = new ApiClient(world.url, made.token)
    expect(await laptop.ok('whoAmI')).toMatchObject({ name: 'laptop', role: 'viewer', project: 'default' })
    await world.admin.ok('revokeAccessToken', { params: { id: made.id } })
    expect((await laptop.refused('whoAmI')).code).toBe('auth.invalid')
    expect((await new ApiClient(world.url, 'ocelli_nonsense').refused('whoAmI')).code).toBe('auth.invalid')
    expect(JSON.stringify(await world.admin.ok('listAccessTokens'))).not.toContain(made.token.split('_')[2])
    expect((await world.admin.refused('revokeAccessToken', { params: { id: 'nobody' } })).code).toBe('request.notFound')
  })
})

describe('bad requests', () => {
  test('malformed, oversized and unknown things get a problem with a stable code', async () => {
    const { admin } = world
    const sent = async (method: string, path: string, request: Parameters<ApiClient['send']>[2] = {}) => {
      const { status, body } = await admin.send(method, path, request)
      return problemOf(body, status)
    }
    const json = { 'content-type': 'application/json' }
    expect((await sent('GET', '/api/v1/nowhere')).code).toBe('request.notFound')
    expect((await sent('GET', '/api/v1/devices', { query: { limit: 'many' } })).detail).toContain('/limit')
    expect((await sent('GET', '/api/v1/devices', { query: { colour: 'red' } })).code).toBe('request.invalid')
    expect((await sent('GET', '/api/v1/whoami', { query: { a: 'b' } })).detail).toContain('"a"')
    const bytes = Buffer.from('{"name": ')
    expect((await sent('POST', '/api/v1/access-tokens', { bytes, headers: json })).code).toBe('request.invalid')
    const wrong = await sent('POST', '/api/v1/access-tokens', { body: { name: 'x', role: 'king', more: 1 } })
    expect(wrong.code).toBe('request.invalid')
    const big = Buffer.alloc(5 * 1024 * 1024, 32)
    expect((await sent('POST', '/api/v1/plan', { bytes: big, headers: json })).code).toBe('request.tooLarge')
    expect((await sent('POST', '/api/v1/inspect', { body: {} })).code).toBe('request.invalid')
    expect((await sent('GET', '/api/v1/devices/nobody')).detail).toContain('nobody')
    expect((await sent('GET', '/api/v1/components/motion/9.9.9')).code).toBe('component.unknown')
  })

  test('records are read by pages without a gap and without doubles', async () => {
    const yard = await world.device()
    const stamp = { atMs: 1, synchronised: true, boot: 'b', instance: 'i-aaaaaaaaaaaaaaaa', revision: 1, role: 'live' }
    const records = Array.from({ length: 25 }, (_, index) => ({
      ...{
        kind: 'measurement',
        sequence: index + 1,
        ...stamp,
        name: index % 5 === 0 ? 'five' : 'other',
        unit: '1',
        value: index,
      },
    }))
    world.bus.say(topics.telemetry(yard), { stream: 's-aaaaaaaaaaaaaaaa', first: 1, last: 25, oldestHeld: 1, records })
    await waitUntil(() => world.bus.on(topics.ack(yard)).length === 1, 'all are committed')
    const seen: number[] = []
    let after = '0'
    for (let page = 0; page < 6; page++) {
      const { items, cursor } = await world.admin.ok('listRecords', {
        query: { end: 'oldest', limit: 2, name: 'five', after },
      })
      seen.push(...items.map(({ record }) => record.sequence))
      after = cursor
    }
    expect(seen).toEqual([1, 6, 11, 16, 21])
    const newest = await world.admin.ok('listRecords', { query: { limit: 3 } })
    expect(newest.items.map(({ record }) => record.sequence)).toEqual([23, 24, 25])
    expect((await world.admin.ok('listRecords', { query: { after: newest.cursor } })).items).toEqual([])
  })

  test('what the server fails on is logged and not told', async () => {
    world.store.findDevices = () => Promise.reject(new Error('secret of the database'))
    const problem = await world.admin.refused('listDevices')
    expect(problem).toMatchObject({ code: 'server.internal', status: 500 })
    expect(JSON.stringify(problem)).not.toContain('secret')
  })

  test('the bodies of a wrong push are refused before they are read', async () => {
    const push = (headers: Record<string, string>) =>
      world.admin.refused('pushComponent', {
        params: { name: 'a', version: '1.0.0' },
        bytes: new Uint8Array(8),
        headers,
      })
    expect((await push({})).code).toBe('request.invalid')
    const envelope = { payloadType: 'x', payload: '', signatures: [{ keyid: `ed25519:${'a'.repeat(32)}`, sig: '' }] }
    const signature = Buffer.from(JSON.stringify(envelope)).toString('base64')
    expect((await push({ 'ocelli-signature': signature })).code).toMatch(/^trust\./)
  })
})

describe('intent', () => {
  test('what plan shows is what apply does, and nothing was changed before', async () => {
    const [yard, gate] = [await world.device({ name: 'yard' }), await world.device({ name: 'gate', imagers: [] })]
    const planned = await world.admin.ok('planChange', { body: { manifests: MOTION } })
    expect((await world.admin.ok('listDeployments')).items).toEqual([])
    const applied = await world.admin.ok('applyChange', { body: { manifests: MOTION, ifPlan: planned.check } })
    const { kind, name, plan, rollout } = planned.changes[0] ?? {}
    expect(applied.changes).toEqual([{ kind, name, plan, outcome: 'applied' }])
    expect(rollout).toMatchObject({ revision: 1, staged: false, waves: [{ living: 1 }] })
    await waitUntil(() => world.desired(yard)?.instances.length === 1, 'the device is told')
    expect(world.desired(yard)?.instances[0]?.grants).toContain('ocelli:sensing/frames@0.1.0')
    const { decisions } = await world.admin.ok('explainDeployment', {
      params: { name: 'moves' },
      query: { device: 'gate' },
    })
    expect(decisions).toMatchObject([{ device: gate, outcome: 'refused' }])
    expect(decisions[0]?.candidates[0]?.reasons.map(({ code }) => code)).toContain('placement.noImager')
    const again = await world.admin.ok('applyChange', { body: { manifests: MOTION } })
    expect(again.changes[0]?.outcome).toBe('unchanged')
    expect((await world.admin.ok('listRevisions', { params: { name: 'moves' } })).items).toHaveLength(1)
  })

  test('a plan that is no longer true is refused', async () => {
    await world.device()
    const { check } = await world.admin.ok('planChange', { body: { manifests: MOTION } })
    await world.device()
    const problem = await world.admin.refused('applyChange', { body: { manifests: MOTION, ifPlan: check } })
    expect(problem.code).toBe('change.planMoved')
    expect((await world.admin.ok('listDeployments')).items).toEqual([])
  })

  test('a component that nobody pushed is refused with the versions that there are', async () => {
    const manifests = MOTION.replace('motion@1.0.0', 'motion@2.0.0')
    const problem = await world.admin.refused('applyChange', { body: { manifests } })
    expect(problem).toMatchObject({ code: 'component.unknown', details: { versions: ['1.0.0'] } })
    expect(problem.detail).toContain('motion has the versions 1.0.0')
  })

  test('what the manifest does not grant is planned and not applied', async () => {
    const manifests = MOTION.replace('frames, ', '')
    const planned = await world.admin.ok('planChange', { body: { manifests } })
    const problem = await world.admin.refused('applyChange', { body: { manifests } })
    expect(problem.code).toBe('grant.missing')
    expect(problem.details?.missing).toEqual(planned.changes[0]?.plan.deployments[0]?.grants.missing)
  })

  test('wrong manifests are refused as a whole, with line and field', async () => {
    const two = `${MOTION}---\n${deploymentManifest('other', 'realisation: []')}`
    const problem = await world.admin.refused('applyChange', { body: { manifests: two } })
    expect(problem.code).toBe('manifest.invalid')
    expect(problem.detail).toMatch(/line \d+/)
    expect((await world.admin.refused('planChange', { body: { manifests: 'a: [' } })).code).toBe('manifest.malformed')
    expect((await world.admin.refused('planChange', { body: {} })).code).toBe('request.invalid')
    expect((await world.admin.ok('listDeployments')).items).toEqual([])
  })

  test('several manifests are planned on one another, fleets first', async () => {
    await world.device({ name: 'yard', labels: { floor: '1' } })
    await world.device({ name: 'gate', labels: { floor: '2' } })
    const fleet = `apiVersion: ocelli/v1\nkind: Fleet\nmetadata: { name: ground }\nspec: { selector: 'device.labels.floor == "1"' }\n`
    const manifests = `${deploymentManifest('moves', `target: { fleet: ground }\nrealisations: [{ name: main, component: motion@1.0.0 }]\ngrants: [frames, measurements]`)}---\n${fleet}`
    const planned = await world.admin.ok('planChange', { body: { manifests } })
    expect(planned.changes.map(({ kind }) => kind)).toEqual(['applyFleet', 'applyDeployment'])
    expect(planned.changes[1]?.plan.touched.map(({ name }) => name)).toEqual(['yard'])
    const applied = await world.admin.ok('applyChange', { body: { manifests, ifPlan: planned.check } })
    expect(applied.changes.map(({ outcome }) => outcome)).toEqual(['applied', 'applied'])
    expect((await world.admin.ok('getFleet', { params: { name: 'ground' } })).members).toMatchObject([{ name: 'yard' }])
    expect((await world.admin.ok('listDevices', { query: { fleet: 'ground' } })).items.map(({ name }) => name)).toEqual(
      ['yard'],
    )
  })

  test('deleting a deployment stops its instances, and its name begins a new life', async () => {
    const yard = await world.device()
    const first = await world.admin.ok('applyChange', { body: { manifests: MOTION } })
    await world.admin.ok('deleteDeployment', { params: { name: 'moves' } })
    await waitUntil(() => world.desired(yard)?.instances.length === 0, 'the instance stops')
    expect((await world.admin.refused('getDeployment', { params: { name: 'moves' } })).code).toBe('request.notFound')
    const second = await world.admin.ok('applyChange', { body: { manifests: MOTION } })
    const id = (answer: typeof first) => answer.changes[0]?.plan?.deployments[0]?.deployment
    expect(id(second)).not.toBe(id(first))
    expect((await world.admin.ok('listRevisions', { params: { name: 'moves' } })).items).toHaveLength(1)
  })

  test('a change that touches too many devices waits for a person', async () => {
    const devices = [await world.device(), await world.device(), await world.device()]
    const operator = await world.client('operator', 'olga')
    const manifests = `${MOTION.trimEnd()}\n  rollout: { maxTouched: 2 }\n`
    const { status, body } = await operator.answer('applyChange', { body: { manifests } })
    expect(status).toBe(202)
    expect(body).toMatchObject({ changes: [{ outcome: 'pending' }] })
    await operator.ok('applyChange', { body: { manifests } })
    const waiting = (await operator.ok('listChanges')).items
    expect(waiting).toMatchObject([{ actor: 'olga', name: 'moves', touched: 3, maxTouched: 2 }])
    expect((await operator.ok('listDeployments')).items).toEqual([])
    const id = waiting[0]?.id ?? ''

    await world.device()
    expect((await operator.refused('approveChange', { params: { id } })).code).toBe('change.planMoved')
    await operator.ok('rejectChange', { params: { id } })
    expect((await operator.ok('listChanges')).items).toEqual([])

    const asked = await operator.ok('applyChange', { body: { manifests } })
    await operator.ok('approveChange', { params: { id: asked.changes[0]?.pending ?? '' } })
    for (const device of devices) await waitUntil(() => world.desired(device)?.instances.length === 1, 'all are told')
    expect((await operator.ok('listChanges')).items).toEqual([])
    expect((await operator.refused('approveChange', { params: { id } })).code).toBe('request.notFound')
  })

  test('an edit of labels moves placements, and one that reaches too far waits', async () => {
    const yard = await world.device({ name: 'yard' })
    await world.device({ name: 'gate' })
    const manifests = MOTION.replace(
      'spec:',
      `spec:\n  target: { selector: 'device.labels.live == "yes"' }\n  rollout: { maxTouched: 1 }`,
    )
    await world.admin.ok('applyChange', { body: { manifests } })
    await world.admin.ok('editDeviceLabels', { params: { device: 'yard' }, body: { labels: { live: 'yes' } } })
    await waitUntil(() => world.desired(yard)?.instances.length === 1, 'the label brings an instance')
    expect((await world.admin.ok('getDevice', { params: { device: 'yard' } })).labels).toEqual({ live: 'yes' })
    const labels = [
      { device: 'yard', labels: { live: null } },
      { device: 'gate', labels: { live: 'yes' } },
    ]
    const { status } = await world.admin.answer('applyChange', { body: { labels } })
    expect(status).toBe(202)
    expect((await world.admin.ok('getDevice', { params: { device: 'gate' } })).labels).toEqual({})
    expect(
      (await world.admin.refused('editDeviceLabels', { params: { device: 'x' }, body: { labels: { a: '1' } } })).code,
    ).toBe('request.notFound')
  })

  test('many changes at once are all made, one after the other', async () => {
    const names = ['a', 'b', 'c', 'd', 'e']
    for (const name of names) await world.device({ name })
    const edits = Array.from({ length: 60 }, (_, index) => ({
      device: names[index % 5] ?? '',
      labels: { [`l${index}`]: '1' },
    }))
    await Promise.all(
      edits.map(({ device, labels }) => world.admin.ok('editDeviceLabels', { params: { device }, body: { labels } })),
    )
    const { items } = await world.admin.ok('listDevices')
    expect(items.map(({ labels }) => Object.keys(labels).length)).toEqual([12, 12, 12, 12, 12])
  })

  test('every change is in the audit log with who made it', async () => {
    const operator = await world.client('operator', 'olga')
    await world.device({ name: 'yard' })
    await operator.ok('applyChange', { body: { manifests: MOTION } })
    await operator.ok('deleteDeployment', { params: { name: 'moves' } })
    await operator.ok('deleteDevice', { params: { device: 'yard' } })
    const { items } = await operator.ok('listAudit')
    const seen = items.map(({ actor, action, subject }) => `${actor} ${action} ${subject}`)
    expect(seen.slice(0, 3)).toEqual([
      'olga device.delete yard',
      'olga deployment.delete moves',
      'olga deployment.apply moves',
    ])
    expect(seen.some((entry) => entry.startsWith('root accessToken.create'))).toBe(true)
  })
})

describe('devices', () => {
  test('a deleted device is thrown out, and nothing of it is retained', async () => {
    const yard = await world.device({ name: 'yard' })
    await world.admin.ok('deleteDevice', { params: { device: 'yard' } })
    expect(world.bus.disconnected).toEqual([yard])
    const cleared = world.bus.published.filter(({ retained, payload }) => retained && payload.byteLength === 0)
    expect(cleared.map(({ topic }) => topic)).toContain(topics.desired(yard))
    expect((await world.admin.refused('getDevice', { params: { device: yard } })).code).toBe('request.notFound')
  })

  test('lists are filtered and go on where they ended', async () => {
    for (const floor of ['1', '2', '1']) await world.device({ labels: { floor } })
    const first = await world.admin.ok('listDevices', { query: { limit: 2 } })
    expect(first.items).toHaveLength(2)
    const rest = await world.admin.ok('listDevices', { query: { limit: 2, after: first.next ?? '' } })
    expect(rest.items).toHaveLength(1)
    expect(rest.next).toBeUndefined()
    expect((await world.admin.ok('listDevices', { query: { label: 'floor=1' } })).items).toHaveLength(2)
    expect((await world.admin.ok('listDevices', { query: { label: ['floor', 'floor=2'] } })).items).toHaveLength(1)
    expect((await world.admin.ok('listDevices', { query: { presence: 'lost' } })).items).toEqual([])
  })

  test('a command goes to the running session and its result comes back', async () => {
    const yard = await world.device({ name: 'yard' })
    const applied = await world.admin.ok('applyChange', { body: { manifests: MOTION } })
    const instance = applied.changes[0]?.plan?.touched[0]?.start[0]?.instance as InstanceId
    const params = { device: 'yard' }
    const sent = await world.admin.ok('sendCommand', {
      params,
      body: { instance, action: 'call', name: 'reset', timeoutMs: 5000 },
    })
    const topic = world.bus.published.find(({ topic }) => topic.includes('/command/'))?.topic
    expect(topic).toBe(topics.command(yard, sent.id))
    expect(world.bus.on(topic ?? '')).toMatchObject([{ start: 1, action: 'call', name: 'reset', instance }])
    const waiting = world.admin.ok('getCommand', {
      params: { device: 'yard', command: sent.id },
      query: { waitMs: 5000 },
    })
    world.bus.say(topics.result(yard, sent.id), { outcome: 'done', output: 'ok' })
    expect(await waiting).toMatchObject({ state: 'done', output: 'ok' })

    const late = await world.admin.ok('sendCommand', { params, body: { instance, action: 'restart', timeoutMs: 100 } })
    const end = await world.admin.ok('getCommand', {
      params: { device: 'yard', command: late.id },
      query: { waitMs: 10_000 },
    })
    expect(end.state).toBe('expired')
    const nobody = { instance: 'i-aaaaaaaaaaaaaaaa', action: 'call' }
    expect((await world.admin.refused('sendCommand', { params, body: nobody })).code).toBe('request.notFound')
    world.bus.say(topics.presence(yard), { state: 'lost', session: { certificate: 1, start: 1 } })
    await waitUntil(async () => (await world.store.device(yard))?.presence === 'lost', 'the device is lost')
    expect((await world.admin.refused('sendCommand', { params, body: { instance, action: 'call' } })).code).toBe(
      'request.conflict',
    )
  }, 120_000)

  test('who could run a component is told for each device', async () => {
    await world.device({ name: 'yard' })
    await world.device({ name: 'gate', imagers: [] })
    const { requirements, decisions } = await world.admin.ok('getComponentFit', {
      params: { name: 'people-count', version: '1.0.0' },
    })
    const detector = requirements.find(({ grant }) => grant === 'detector')
    expect(detector).toMatchObject({ devices: 0, providers: ['blob-detector@1.0.0'] })
    expect(decisions.map(({ name, outcome }) => `${name} ${outcome}`).sort()).toEqual(['gate refused', 'yard placed'])
  })
})

describe('trust', () => {
  test('a newer document by the operator comes into force and every device is told', async () => {
    const yard = await world.device()
    await waitUntil(() => world.desired(yard)?.trustVersion === 1, 'told of the first')
    const publisher = generateKeyPairSync('ed25519').publicKey
    const { document } = await world.admin.ok('getTrust')
    const next = withPublisher(document, publisherOf('acme', publicKeyText(publisher), ['acme-*']), 2)
    const envelope = signTrust(next, world.operatorKey)
    expect((await world.admin.ok('putTrust', { body: envelope })).document.publishers).toMatchObject([{ id: 'acme' }])
    await waitUntil(() => world.desired(yard)?.trustVersion === 2, 'told of the second')
    expect((await world.admin.refused('putTrust', { body: envelope })).code).toBe('trust.rollback')
    expect((await world.admin.ok('listAudit')).items[0]).toMatchObject({ actor: 'root', action: 'trust.adopt' })
  })

  test('one that somebody else signed, or that would lock all devices out, is refused and nothing changes', async () => {
    const { document } = await world.admin.ok('getTrust')
    const stranger = generateKeyPairSync('ed25519')
    const next = { ...document, version: 2 }
    expect((await world.admin.refused('putTrust', { body: signTrust(next, stranger.privateKey) })).code).toBe(
      'trust.signature',
    )
    const [server] = firstTrust({
      project: document.project,
      issuedAtMs: 1,
      development: true,
      servers: [stranger.publicKey],
      publishers: [],
    }).servers
    const without = signTrust({ ...next, servers: server ? [server] : [] }, world.operatorKey)
    expect((await world.admin.refused('putTrust', { body: without })).code).toBe('trust.mismatch')
    expect((await world.admin.ok('getTrust')).document.version).toBe(1)
  })
})

test('the last picture of a name is kept, and what is none is refused', async () => {
  const yard = await world.device({ name: 'yard' })
  const instance = 'i-aaaaaaaaaaaaaaaa'
  const params = { device: 'yard', instance, name: 'door' }
  const put = (bytes: readonly number[]) =>
    world.bus.handlers?.onMessage({
      topic: topics.image(yard, instance, 'door'),
      payload: Uint8Array.from(bytes),
      retained: false,
    })
  expect((await world.admin.refused('getImage', { params })).code).toBe('request.notFound')
  put([0xff, 0xd8, 0xff, 1])
  put([0xff, 0xd8, 0xff, 2])
  put([0x47, 0x49, 0x46])
  const { status, body, headers } = await world.admin.answer('getImage', { params })
  expect(status).toBe(200)
  expect(headers.get('content-type')).toBe('image/jpeg')
  expect([...(body as Uint8Array)]).toEqual([0xff, 0xd8, 0xff, 2])
  expect((await world.admin.ok('listImages', { params })).items).toMatchObject([
    { instance, name: 'door', sizeBytes: 4 },
  ])
  const { problems } = await world.admin.ok('getDevice', { params })
  expect(problems).toMatchObject([{ code: 'message.invalid', topic: 'image' }])
  for (let index = 0; index < 40; index++) {
    const topic = topics.image(yard, instance, `name${index}`)
    world.bus.handlers?.onMessage({ topic, payload: Uint8Array.of(0xff, 0xd8, 0xff), retained: false })
  }
  expect((await world.admin.ok('listImages', { params })).items).toHaveLength(16)
})

describe('probes', () => {
  test('readiness follows the broker', async () => {
    const nobody = new ApiClient(world.url)
    expect((await nobody.send('GET', '/readyz')).status).toBe(200)
    world.bus.handlers?.onDown('gone')
    const { status, body } = await nobody.send('GET', '/readyz')
    expect(status).toBe(503)
    expect(body).toMatchObject({ status: 'failing' })
    expect((await nobody.send('GET', '/healthz')).status).toBe(200)
  })

  test('metrics count what was committed and refused', async () => {
    const yard = await world.device()
    world.bus.say(topics.telemetry(yard), 'nonsense')
    const { body } = await world.admin.send('GET', '/metrics')
    expect(body).toMatch(/ocelli_devices\{project="default",presence="online"\} 1/)
    expect(body).toMatch(/ocelli_refused_total\{code="message.malformed",fault="caller"\} 1/)
  })
})

test('a hot-plug moves a device to refused and back', async () => {
  const yard = await world.device({ name: 'yard' })
  await world.admin.ok('applyChange', { body: { manifests: MOTION } })
  const outcome = async () =>
    (await world.admin.ok('explainDeployment', { params: { name: 'moves' } })).decisions[0]?.outcome
  await waitUntil(() => world.desired(yard)?.instances.length === 1, 'placed')
  world.hello(yard, inventory({ imagers: [] }))
  await waitUntil(
    async () => (await outcome()) === 'refused' && world.desired(yard)?.instances.length === 0,
    'refused',
    30_000,
  )
  world.hello(yard, inventory())
  await waitUntil(
    async () => (await outcome()) === 'placed' && world.desired(yard)?.instances.length === 1,
    'back',
    30_000,
  )
})
