/** What every store keeps, whatever it is made of. */
import type { DeviceDecision } from '@ocelli/schemas/api/plan'
import type { DeviceId, ProjectId } from '@ocelli/schemas/ids'
import type { Presence } from '@ocelli/schemas/messages/presence'
import type { LostRecord, OtherRecord } from '@ocelli/schemas/messages/telemetry'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { DECISIONS_KEPT_MS } from '../../server/src/store/decision-rule.ts'
import type { RecordQuery, Store } from '../../server/src/store/store.ts'
import { eventually, storeAdapters } from '../support/store-adapters.ts'
import {
  accessToken,
  auditRow,
  batchOf,
  commitNow,
  componentRow,
  decisionOn,
  deploymentId,
  desiredInstance,
  deviceDecision,
  deviceId,
  digestOf,
  enrolDevices,
  enrolment,
  enrolmentToken,
  instanceId,
  inventory,
  measurement,
  NOON_MS,
  PROJECT,
  placement,
  putDeployment,
  recordInventory,
  recordPresence,
  recordReported,
  reported,
  streamId,
  theDevice,
} from '../support/store-rows.ts'

const OTHER = 'other' as ProjectId

for (const adapter of storeAdapters()) {
  describe(`store on ${adapter.name}`, () => {
    let store: Store

    beforeAll(() => adapter.start())
    afterAll(() => adapter.stop())
    beforeEach(async () => {
      const [fresh] = await adapter.open(1)
      if (fresh) store = fresh
    })
    afterEach(() => store.close())

    /** A record may stay out of sight for a moment, while a transaction runs elsewhere in the server. */
    const recordsOf = (count: number, query: Partial<RecordQuery> = {}) =>
      eventually(
        () => store.records({ project: PROJECT, end: 'oldest', limit: 10_000, ...query }),
        (rows) => rows.length >= count,
      )

    describe('identity', () => {
      it('starts at epoch 1 with the default project', async () => {
        expect(await store.epoch()).toBe(1)
        expect(await store.projects()).toEqual([PROJECT])
      })

      it('keeps the first of two secrets of one name', async () => {
        expect(await store.putSealedOnce({ name: 'root', sealed: Uint8Array.of(1, 0, 255) })).toBe(true)
        expect(await store.putSealedOnce({ name: 'root', sealed: Uint8Array.of(2) })).toBe(false)
        expect([...((await store.sealed('root'))?.sealed ?? [])]).toEqual([1, 0, 255])
        expect(await store.sealed('nothing')).toBeUndefined()
      })

      it('gives a device what the token says, and counts its uses', async () => {
        await store.addEnrolmentToken(enrolmentToken({ usesLeft: 2, project: OTHER }), auditRow())
        const answer = await store.enrol(enrolment(1))
        expect(answer).toMatchObject({
          ok: true,
          device: { id: deviceId(1), project: OTHER, name: 'device1', labels: { floor: '1' }, presence: 'unknown' },
          certificate: { device: deviceId(1), number: 1, serial: '1a' },
        })
        expect((await store.enrolmentToken('t1'))?.usesLeft).toBe(1)
        expect(await store.projects()).toEqual([PROJECT, OTHER])
        expect(await store.audit(OTHER, { limit: 10 })).toMatchObject([{ action: 'enrol', subject: deviceId(1) }])
      })

      it('refuses a token that is unknown, wrong, expired, revoked or used up', async () => {
        await store.addEnrolmentToken(enrolmentToken({ usesLeft: 1 }), auditRow())
        await store.addEnrolmentToken(enrolmentToken({ id: 't2' }), auditRow())
        expect(await store.revokeEnrolmentToken('t2', auditRow())).toBe(true)
        expect(await store.revokeEnrolmentToken('t3', auditRow())).toBe(false)
        const refused = { ok: false }
        expect(await store.enrol(enrolment(1, { token: 't3' }))).toEqual(refused)
        expect(await store.enrol(enrolment(1, { token: 't2' }))).toEqual(refused)
        expect(await store.enrol(enrolment(1, { secretSha256: 'no' }))).toEqual(refused)
        expect(await store.enrol(enrolment(1, { atMs: enrolmentToken().expiresAtMs }))).toEqual(refused)
        expect(await store.enrol(enrolment(1))).toMatchObject({ ok: true })
        expect(await store.enrol(enrolment(2))).toEqual(refused)
        expect(await store.device(deviceId(2))).toBeUndefined()
      })

      it('lets no more devices in at once than the token has uses', async () => {
        await store.addEnrolmentToken(enrolmentToken({ usesLeft: 3 }), auditRow())
        const answers = await Promise.all([1, 2, 3, 4, 5].map((number) => store.enrol(enrolment(number))))
        expect(answers.filter((answer) => answer.ok)).toHaveLength(3)
      })

      it('makes names unique by a suffix', async () => {
        await store.addEnrolmentToken(enrolmentToken(), auditRow())
        const names: (string | undefined)[] = []
        for (const [number, name] of ['hall', 'hall', 'hall%', 'hall-2', 'hall'].entries()) {
          const answer = await store.enrol(enrolment(number + 1, { name }))
          names.push(answer.ok ? answer.device.name : undefined)
        }
        expect(names).toEqual(['hall', 'hall-2', 'hall%', 'hall-2-2', 'hall-3'])
        expect((await store.deviceByName(PROJECT, 'hall-3'))?.id).toBe(deviceId(5))
        expect(await store.deviceByName(OTHER, 'hall')).toBeUndefined()
      })

      it('numbers the certificates of a device and revokes them together', async () => {
        const [device] = await enrolDevices(store, 2)
        if (device === undefined) return expect.unreachable()
        const row = { serial: 'ff', issuedAtMs: NOON_MS, expiresAtMs: NOON_MS + 5 }
        expect(await store.addCertificate(device, row)).toEqual({ ...row, device, number: 2 })
        expect(await store.addCertificate(deviceId(99), { ...row, serial: 'fe' })).toBeUndefined()
        expect((await store.certificate('ff'))?.number).toBe(2)
        expect(await store.revokeCertificates(device, NOON_MS + 1, auditRow())).toEqual(['1a', 'ff'])
        expect(await store.revokeCertificates(device, NOON_MS + 2, auditRow())).toEqual([])
        expect((await store.certificates(device)).map((one) => one.revokedAtMs)).toEqual([NOON_MS + 1, NOON_MS + 1])
        expect((await store.revokedCertificates(NOON_MS)).map((one) => one.serial)).toEqual(['1a', 'ff'])
        expect((await store.revokedCertificates(NOON_MS + 5)).map((one) => one.serial)).toEqual(['1a'])
      })

      it('numbers a certificate above the one that a device speaks with', async () => {
        const [device] = await enrolDevices(store, 1)
        if (device === undefined) return expect.unreachable()
        await recordPresence(store, device, { state: 'online', session: { certificate: 7, start: 1 } }, 1)
        const row = { serial: 'ff', issuedAtMs: NOON_MS, expiresAtMs: NOON_MS + 5 }
        expect((await store.addCertificate(device, row))?.number).toBe(8)
      })

      it('counts the devices whose newest certificate comes from a root', async () => {
        const [first, second, third] = await enrolDevices(store, 4)
        if (first === undefined || second === undefined || third === undefined) return expect.unreachable()
        const row = { serial: 'ff', issuedAtMs: NOON_MS, expiresAtMs: NOON_MS + 5, root: 'b'.repeat(64) }
        expect(await store.addCertificate(first, row)).toEqual({ ...row, device: first, number: 2 })
        await store.addCertificate(second, { ...row, serial: 'fe', root: 'a'.repeat(64) })
        // Whoever has no certificate left cannot renew, and nobody waits for it.
        await store.revokeCertificates(third, NOON_MS, auditRow())
        expect(await store.rootHolders('b'.repeat(64), NOON_MS)).toEqual({
          devices: 3,
          waiting: [
            { project: PROJECT, name: 'device2' },
            { project: PROJECT, name: 'device4' },
          ],
        })
        expect(await store.rootHolders('b'.repeat(64), NOON_MS + 2_000_000)).toEqual({ devices: 0, waiting: [] })
      })

      it('lets new hardware take the place of a device once', async () => {
        const [device, other] = await enrolDevices(store, 2)
        if (device === undefined || other === undefined) return expect.unreachable()
        await recordPresence(store, device, { state: 'online', session: { certificate: 1, start: 40 } }, 1)
        await recordReported(store, device, reported({ session: { certificate: 1, start: 40 } }), 1)
        await store.addEnrolmentToken(enrolmentToken({ id: 't2', device, uses: 1, usesLeft: 1 }), auditRow())
        expect((await store.enrolmentToken('t2'))?.device).toBe(device)
        const certificate = { serial: 'ff', issuedAtMs: NOON_MS, expiresAtMs: NOON_MS + 5 }
        const request = { token: 't2', secretSha256: 'ab'.repeat(32), device, certificate, atMs: NOON_MS + 1 }
        const refused = { ok: false }
        // Neither token does what the other is for.
        expect(await store.enrol(enrolment(3, { token: 't2' }))).toEqual(refused)
        expect(await store.replaceDevice({ ...request, token: 't1' })).toEqual(refused)
        expect(await store.replaceDevice({ ...request, device: other })).toEqual(refused)
        expect(await store.replaceDevice({ ...request, secretSha256: 'no' })).toEqual(refused)
        expect(await store.replaceDevice({ ...request, atMs: enrolmentToken().expiresAtMs })).toEqual(refused)
        expect(await store.replaceDevice(request)).toEqual({
          ok: true,
          device: { id: device, name: 'device1', project: PROJECT },
          certificate: { ...certificate, device, number: 2 },
        })
        expect(await store.replaceDevice(request)).toEqual(refused)
        expect((await store.certificates(device)).map((one) => one.revokedAtMs)).toEqual([NOON_MS + 1, undefined])
        const row = await theDevice(store, device)
        expect(row).toMatchObject({ name: 'device1', labels: { floor: '1' }, presence: 'unknown' })
        expect(row.reported).toBeUndefined()
        // The last will of the old hardware comes late; the new one begins to count its starts anew.
        expect(await recordPresence(store, device, { state: 'online', session: { certificate: 2, start: 1 } }, 2)).toBe(
          true,
        )
        expect(await recordPresence(store, device, { state: 'lost', session: { certificate: 1, start: 40 } }, 3)).toBe(
          false,
        )
        const audit = await store.audit(PROJECT, { limit: 1 })
        expect(audit).toMatchObject([
          { action: 'device.replace', subject: 'device1', detail: { device, revoked: ['1a'] } },
        ])
      })

      it('replaces a secret only where it is still the one that was read, and remembers no restore', async () => {
        const first = Uint8Array.of(1, 2)
        await store.putSealedOnce({ name: 'root', sealed: first })
        const row = { name: 'root', sealed: Uint8Array.of(3) }
        expect(await store.replaceSealed(row, Uint8Array.of(1), auditRow())).toBe(false)
        expect(await store.replaceSealed({ ...row, name: 'other' }, first, auditRow())).toBe(false)
        expect(await store.audit(PROJECT, { limit: 5 })).toEqual([])
        expect(await store.replaceSealed(row, first, auditRow())).toBe(true)
        expect([...((await store.sealed('root'))?.sealed ?? [])]).toEqual([3])
        expect(await store.audit(PROJECT, { limit: 5 })).toHaveLength(1)
        expect(await store.restored()).toBeUndefined()
      })

      it('keeps access tokens by project', async () => {
        await store.addAccessToken(accessToken(), auditRow())
        await store.addAccessToken(accessToken({ id: 'a2', expiresAtMs: 5, createdAtMs: 1 }), auditRow())
        await store.addAccessToken(accessToken({ id: 'a3', project: OTHER }), auditRow())
        expect((await store.accessTokens(PROJECT)).map((row) => row.id)).toEqual(['a2', 'a1'])
        expect(await store.accessToken('a2')).toEqual(accessToken({ id: 'a2', expiresAtMs: 5, createdAtMs: 1 }))
        expect(await store.revokeAccessToken('a2', auditRow())).toBe(true)
        expect((await store.accessToken('a2'))?.revoked).toBe(true)
        expect(await store.accessToken('a4')).toBeUndefined()
      })

      it('takes only newer trust documents, and every device hears of one', async () => {
        const [device] = await enrolDevices(store, 1)
        if (device === undefined) return expect.unreachable()
        await commitNow(store, { desired: [{ device, instances: [] }] })
        const envelope = { payloadType: 'trust', payload: 'e30=', signatures: [] }
        expect(await store.trust()).toBeUndefined()
        expect(await store.putTrust({ version: 2, envelope }, auditRow({ atMs: NOON_MS + 7 }))).toBe(true)
        expect(await store.putTrust({ version: 2, envelope }, auditRow())).toBe(false)
        expect(await store.trust()).toEqual({ version: 2, envelope })
        expect(await store.desired(device)).toMatchObject({
          generation: { epoch: 1, counter: 2 },
          trustVersion: 2,
          issuedAtMs: NOON_MS + 7,
        })
      })

      it('answers the newest entries of the audit log first', async () => {
        for (const id of ['x', 'y', 'z']) {
          await store.addAccessToken(accessToken({ id }), auditRow({ subject: id, detail: { odd: '\u0000' } }))
        }
        const rows = await store.audit(PROJECT, { limit: 2 })
        expect(rows.map((row) => row.subject)).toEqual(['z', 'y'])
        expect(await store.audit(OTHER, { limit: 2 })).toEqual([])
        const found = async (filter: { actor?: string; text?: string }) =>
          (await store.audit(PROJECT, { limit: 9, ...filter })).length
        const [newest] = rows
        expect(await found({ actor: 'nobody' })).toBe(0)
        expect(await found({ actor: newest?.actor ?? '' })).toBeGreaterThan(0)
        expect(await found({ text: newest?.action.toUpperCase() ?? '' })).toBeGreaterThan(0)
        expect(await found({ text: '%' })).toBe(0)
      })
    })

    describe('devices', () => {
      it('answers them by id', async () => {
        await enrolDevices(store, 3)
        expect((await store.devices(PROJECT)).map((row) => row.id)).toEqual([deviceId(1), deviceId(2), deviceId(3)])
        expect(await store.devices(OTHER)).toEqual([])
      })

      it('ignores presence of an older session', async () => {
        const [device] = await enrolDevices(store, 1)
        if (device === undefined) return expect.unreachable()
        const now = { certificate: 2, start: 5 }
        expect(await recordPresence(store, device, { state: 'online', session: now }, 1)).toBe(true)
        for (const old of [
          { certificate: 2, start: 4 },
          { certificate: 1, start: 9 },
        ]) {
          expect(await recordPresence(store, device, { state: 'lost', session: old }, 2)).toBe(false)
        }
        expect(await theDevice(store, device)).toMatchObject({ presence: 'online', presenceAtMs: 1, session: now })
        expect(await recordPresence(store, deviceId(99), { state: 'online', session: now }, 1)).toBe(false)
      })

      it('tells whether a presence is news or said again', async () => {
        const [device] = await enrolDevices(store, 1)
        if (device === undefined) return expect.unreachable()
        const say = async (state: Presence['state'], start: number) =>
          (await store.recordPresence([{ device, message: { state, session: { certificate: 1, start } } }], 1)).get(
            device,
          )
        expect(await say('online', 1)).toEqual({ changed: true })
        expect(await say('online', 1)).toEqual({ changed: false })
        expect(await say('lost', 1)).toEqual({ changed: true })
        expect(await say('online', 1)).toEqual({ changed: true })
        // It was restarted faster than its loss was heard of.
        expect(await say('online', 2)).toEqual({ changed: true })
        expect(await say('online', 1)).toBeUndefined()
        await store.forgetPresence(2)
        expect(await say('online', 2)).toEqual({ changed: true })
      })

      it('forgets the presence of all but those that said goodbye', async () => {
        const states = ['online', 'offline', 'lost'] as const
        const ids = await enrolDevices(store, 3)
        for (const [index, device] of ids.entries()) {
          const state = states[index] ?? 'online'
          await recordPresence(store, device, { state, session: { certificate: 1, start: 1 } }, 1)
        }
        await store.forgetPresence(9)
        const rows = await store.devices(PROJECT)
        expect(rows.map((row) => [row.presence, row.presenceAtMs])).toEqual([
          ['unknown', 9],
          ['offline', 1],
          ['unknown', 9],
        ])
      })

      it('tells whether an inventory changes what the scheduler reads', async () => {
        const [device] = await enrolDevices(store, 1)
        if (device === undefined) return expect.unreachable()
        const changed = { accepted: true, changed: true }
        expect(await recordInventory(store, device, inventory(), 1)).toEqual(changed)
        const again = inventory({ bootId: 'next', atMs: 5, session: { certificate: 1, start: 2 } })
        expect(await recordInventory(store, device, again, 2)).toEqual({ accepted: true, changed: false })
        expect(await theDevice(store, device)).toMatchObject({ inventory: again, inventoryAtMs: 2 })
        const { platform } = again
        const reordered = { ...again, platform: Object.fromEntries(Object.entries(platform).reverse()) }
        expect(await recordInventory(store, device, reordered as typeof again, 3)).toMatchObject({ changed: false })
        const more = { ...again, interfaces: [...again.interfaces, { name: 'ocelli:sensing/detector@0.1.0' }] }
        expect(await recordInventory(store, device, more, 4)).toEqual(changed)
        const stale = { accepted: false, changed: false }
        expect(await recordInventory(store, device, inventory(), 5)).toEqual(stale)
        expect(await recordInventory(store, deviceId(99), inventory(), 5)).toEqual(stale)
      })

      it('keeps what a device reported, odd characters and all', async () => {
        const [device] = await enrolDevices(store, 1)
        if (device === undefined) return expect.unreachable()
        const text = 'a\u0000b\ud800c\\u0000'
        const odd = reported({ refused: { error: { code: 'instance.trap', message: text, atMs: 1 } as never } })
        expect(await recordReported(store, device, odd, 1)).toBe(true)
        const row = await theDevice(store, device)
        expect(row.reported?.refused?.error.message).toBe('a\ufffdb\ufffdc\\u0000')
        expect(row.reportedAtMs).toBe(1)
        await recordPresence(store, device, { state: 'online', session: { certificate: 1, start: 2 } }, 2)
        expect(await recordReported(store, device, reported(), 3)).toBe(false)
        expect(await recordReported(store, deviceId(99), reported(), 3)).toBe(false)
      })
    })

    describe('catalogue', () => {
      it('keeps bytes by digest', async () => {
        const bytes = Uint8Array.from({ length: 100_000 }, (_, index) => index % 251)
        await store.putArtifact(digestOf('a'), bytes)
        await store.putArtifact(digestOf('a'), bytes)
        expect(await store.artifact(digestOf('a'))).toEqual(bytes)
        expect(await store.artifact(digestOf('b'))).toBeUndefined()
      })

      it('never changes a component version', async () => {
        const row = componentRow()
        expect(await store.addComponent(row, auditRow())).toBe('added')
        expect(await store.addComponent(row, auditRow())).toBe('same')
        expect(await store.addComponent(componentRow({ digest: digestOf('c') }), auditRow())).toBe('exists')
        expect(await store.addComponent(componentRow({ version: '0.2.0' }), auditRow())).toBe('added')
        expect(await store.component(PROJECT, 'people-count', '0.1.0')).toEqual(row)
        expect(await store.component(OTHER, 'people-count', '0.1.0')).toBeUndefined()
        expect((await store.components(PROJECT)).map((one) => one.version)).toEqual(['0.1.0', '0.2.0'])
        expect(await store.audit(PROJECT, { limit: 9 })).toHaveLength(2)
      })
    })

    describe('intent', () => {
      it('commits a decision whole and answers a snapshot of it', async () => {
        const [first, second] = await enrolDevices(store, 2)
        if (first === undefined || second === undefined) return expect.unreachable()
        await recordInventory(store, first, inventory(), 1)
        const fleet = {
          apiVersion: 'ocelli/v1',
          kind: 'Fleet',
          metadata: { name: 'lobby' },
          spec: { members: ['device1'] },
        } as const
        const placed = placement(1, first)
        const answer = await store.commit(
          decisionOn(0, {
            intent: [
              putDeployment(1),
              { kind: 'putFleet', name: 'lobby', manifest: fleet as never },
              { kind: 'setLabels', device: second, labels: { floor: '2' } },
            ],
            put: [placed],
            decisions: [{ deployment: deploymentId(1), decisions: [deviceDecision(second), deviceDecision(first)] }],
            desired: [{ device: first, instances: [desiredInstance(1)] }],
            audit: [auditRow({ action: 'apply' })],
          }),
        )
        const row = {
          device: first,
          generation: { epoch: 1, counter: 1 },
          instances: [desiredInstance(1)],
          issuedAtMs: NOON_MS,
          trustVersion: 0,
        }
        expect(answer).toEqual({ kind: 'committed', desired: [row] })
        expect(await store.snapshot(PROJECT)).toEqual({
          project: PROJECT,
          version: 1,
          devices: [
            {
              id: first,
              name: 'device1',
              labels: { floor: '1' },
              presence: 'unknown',
              presenceAtMs: NOON_MS,
              inventory: inventory(),
            },
            { id: second, name: 'device2', labels: { floor: '2' }, presence: 'unknown', presenceAtMs: NOON_MS },
          ],
          fleets: [fleet],
          deployments: [
            {
              id: deploymentId(1),
              name: 'deployment1',
              revision: 1,
              spec: expect.objectContaining({ grants: ['measurements'] }),
              components: expect.objectContaining({ 'people-count@0.1.0': expect.anything() }),
            },
          ],
          placements: [placed],
        })
        expect((await theDevice(store, first)).desired).toEqual(row)
        expect((await store.decisions(deploymentId(1))).map((one) => one.device)).toEqual([first, second])
        expect(await store.decision(deploymentId(1), second)).toEqual(deviceDecision(second))
        expect((await store.audit(PROJECT, { limit: 1 }))[0]?.action).toBe('apply')
      })

      it('refuses a decision on what has changed since, and writes nothing of it', async () => {
        const [device] = await enrolDevices(store, 1)
        if (device === undefined) return expect.unreachable()
        await commitNow(store)
        const late = decisionOn(0, {
          intent: [putDeployment(1)],
          put: [placement(1, device)],
          desired: [{ device, instances: [] }],
          audit: [auditRow({ action: 'late' })],
        })
        expect(await store.commit(late)).toEqual({ kind: 'stale' })
        expect(await store.snapshot(PROJECT)).toMatchObject({ version: 1, deployments: [], placements: [] })
        expect(await store.desiredKeys('all')).toEqual([])
        expect((await store.audit(PROJECT, { limit: 9 })).map((row) => row.action)).not.toContain('late')
      })

      it('commits one of two decisions on the same snapshot', async () => {
        const answers = await Promise.all([1, 2].map(() => store.commit(decisionOn(0))))
        expect(answers.map((answer) => answer.kind).sort()).toEqual(['committed', 'stale'])
      })

      it('raises the counter of a desired state with each change', async () => {
        const [first, second] = await enrolDevices(store, 2)
        if (first === undefined || second === undefined) return expect.unreachable()
        await commitNow(store, { desired: [{ device: first, instances: [] }] })
        const change = {
          desired: [
            { device: second, instances: [] },
            { device: first, instances: [desiredInstance(1)] },
            { device: deviceId(99), instances: [] },
          ],
        }
        const { desired } = await commitNow(store, change)
        expect(desired.map((row) => [row.device, row.generation.counter])).toEqual([
          [first, 2],
          [second, 1],
        ])
        expect((await store.desired(first))?.instances).toEqual([desiredInstance(1)])
        expect((await store.desiredKeys('all')).map((row) => row.device)).toEqual([first, second])
      })

      it('lists desired states until they are reported', async () => {
        const [first, second] = await enrolDevices(store, 2)
        if (first === undefined || second === undefined) return expect.unreachable()
        await commitNow(store, { desired: [first, second].map((device) => ({ device, instances: [] })) })
        await recordReported(store, first, reported({ generation: { epoch: 1, counter: 1 } }), 1)
        await recordReported(store, second, reported({ generation: { epoch: 0, counter: 1 } }), 1)
        expect((await store.desiredKeys('unreported')).map((row) => row.device)).toEqual([second])
        await store.putTrust(
          { version: 1, envelope: { payloadType: 't', payload: '', signatures: [] } },
          auditRow({ atMs: 5 }),
        )
        const held = { epoch: 1, counter: 2 }
        await recordReported(store, first, reported({ generation: held, trustVersion: 0 }), 2)
        await recordReported(store, second, reported({ generation: held, trustVersion: 1 }), 2)
        expect((await store.desiredKeys('unreported')).map((row) => row.device)).toEqual([first])
      })

      it('lists nothing of before a decision whose rest is due, though the clock was set back', async () => {
        const [first, second] = await enrolDevices(store, 2)
        if (first === undefined || second === undefined) return expect.unreachable()
        const both = [first, second].map((device) => ({ device, instances: [] }))
        await commitNow(store, { desired: both, atMs: NOON_MS })
        expect(await store.restDue()).toEqual([])
        expect((await store.snapshot(PROJECT)).restDue).toBeUndefined()
        const part = [{ device: second, instances: [desiredInstance(1)] }]
        const { desired } = await commitNow(store, { desired: part, atMs: NOON_MS - 60_000, rest: 'due' })
        expect(desired.map(({ issuedAtMs }) => issuedAtMs > NOON_MS)).toEqual([true])
        expect(await store.restDue()).toEqual([PROJECT])
        expect((await store.moment(PROJECT)).snapshot.restDue).toBe(true)
        for (const which of ['all', 'unreported'] as const) {
          expect((await store.desiredKeys(which)).map(({ device }) => device)).toEqual([second])
        }
        expect((await store.desiredOf([first, second])).map(({ device }) => device)).toEqual([second])
        // They are only not told: what is kept is shown as it is.
        expect((await store.devices(PROJECT)).every(({ desired: row }) => row !== undefined)).toBe(true)
        // Who changes something else meanwhile leaves the rest due.
        await commitNow(store, { audit: [auditRow({ action: 'other' })] })
        expect(await store.restDue()).toEqual([PROJECT])
        await commitNow(store, { rest: 'done', atMs: NOON_MS })
        expect(await store.restDue()).toEqual([])
        expect((await store.desiredKeys('all')).map(({ device }) => device)).toEqual([first, second])
        expect(await store.desiredOf([first, second])).toHaveLength(2)
      })

      it('replaces and removes placements', async () => {
        const [device] = await enrolDevices(store, 1)
        if (device === undefined) return expect.unreachable()
        await commitNow(store, { put: [placement(2, device), placement(1, device), placement(3, device)] })
        await commitNow(store, { put: [placement(1, device, { revision: 2 })], remove: [instanceId(3)] })
        const rows = await store.placements(PROJECT)
        expect(rows.map((row) => [row.instance, row.revision])).toEqual([
          [instanceId(1), 2],
          [instanceId(2), 1],
        ])
      })

      it('keeps every revision as it was made', async () => {
        await commitNow(store, { intent: [putDeployment(1)] })
        await commitNow(store, { intent: [putDeployment(1, { revision: 2, actor: 'else' })], atMs: NOON_MS + 5 })
        await commitNow(store, { intent: [putDeployment(1, { revision: 2, actor: 'later' })], atMs: NOON_MS + 6 })
        const rows = await store.revisions(deploymentId(1))
        expect(rows.map((row) => [row.revision, row.actor, row.createdAtMs])).toEqual([
          [1, 'operator', NOON_MS],
          [2, 'else', NOON_MS + 5],
        ])
        expect(await store.deployments(PROJECT)).toMatchObject([
          { revision: 2, createdAtMs: NOON_MS, updatedAtMs: NOON_MS + 6 },
        ])
      })

      it('takes all that belongs to a deleted deployment or device with it, and keeps history', async () => {
        const [first, second] = await enrolDevices(store, 2)
        if (first === undefined || second === undefined) return expect.unreachable()
        await commitNow(store, {
          intent: [putDeployment(1), putDeployment(2)],
          put: [
            placement(1, first),
            placement(2, second),
            placement(3, first, { deployment: deploymentId(2), instance: instanceId(3) }),
          ],
          decisions: [1, 2].map((number) => ({
            deployment: deploymentId(number),
            decisions: [deviceDecision(first), deviceDecision(second)],
          })),
          desired: [first, second].map((device) => ({ device, instances: [] })),
        })
        await store.commitTelemetry(batchOf(first, 1, 1))
        await commitNow(store, { intent: [{ kind: 'deleteDevice', device: second }] })
        expect(await store.device(second)).toBeUndefined()
        expect(await store.desired(second)).toBeUndefined()
        expect((await store.certificates(second)).map((row) => row.revokedAtMs)).toEqual([NOON_MS])
        expect((await store.placements(PROJECT)).map((row) => row.instance)).toEqual([instanceId(1), instanceId(3)])
        expect((await store.decisions(deploymentId(1))).map((row) => row.device)).toEqual([first])
        expect(await store.commitTelemetry(batchOf(second, 1, 1))).toBeUndefined()

        await commitNow(store, { intent: [{ kind: 'deleteDeployment', id: deploymentId(1) }] })
        expect((await store.deployments(PROJECT)).map((row) => row.id)).toEqual([deploymentId(2)])
        expect((await store.placements(PROJECT)).map((row) => row.instance)).toEqual([instanceId(3)])
        expect(await store.decisions(deploymentId(1))).toEqual([])
        expect(await store.lastValues(PROJECT, {})).toEqual([])
        expect(await store.revisions(deploymentId(1))).toHaveLength(1)
        expect(await recordsOf(1, { deployment: deploymentId(1) })).toHaveLength(1)
      })

      it('changes nothing of another project', async () => {
        const [device] = await enrolDevices(store, 1)
        if (device === undefined) return expect.unreachable()
        await commitNow(store, { intent: [putDeployment(1)], put: [placement(1, device)] })
        await commitNow(store, {
          project: OTHER,
          intent: [
            { kind: 'deleteDevice', device },
            { kind: 'deleteDeployment', id: deploymentId(1) },
            { kind: 'setLabels', device, labels: {} },
          ],
          remove: [instanceId(1)],
          desired: [{ device, instances: [] }],
        })
        const kept = await store.snapshot(PROJECT)
        expect(kept.devices).toMatchObject([{ labels: { floor: '1' } }])
        expect(kept.deployments).toHaveLength(1)
        expect(kept.placements).toHaveLength(1)
        expect(await store.desiredKeys('all')).toEqual([])
        expect((await store.snapshot(OTHER)).version).toBe(1)
      })

      it('keeps taints and pins, and forgets them with what they belong to', async () => {
        const [first, second] = await enrolDevices(store, 2)
        if (first === undefined || second === undefined) return expect.unreachable()
        const pin = (device: DeviceId, revision: number | undefined) =>
          ({ kind: 'setPin', deployment: deploymentId(1), device, revision }) as const
        await commitNow(store, {
          intent: [putDeployment(1), { kind: 'setTaints', device: first, taints: { drain: '' } }],
        })
        await commitNow(store, { intent: [putDeployment(1, { revision: 2 }), pin(first, 1), pin(second, 2)] })
        const held = await store.snapshot(PROJECT)
        expect(held.devices.map((one) => one.taints)).toEqual([{ drain: '' }, undefined])
        expect((await store.device(first))?.taints).toEqual({ drain: '' })
        const pins = held.deployments[0]?.pins ?? {}
        expect(Object.entries(pins).map(([device, one]) => [device, one.revision])).toEqual([
          [first, 1],
          [second, 2],
        ])
        expect(pins[first]?.spec).toEqual(held.deployments[0]?.spec)
        await commitNow(store, { intent: [pin(first, undefined), { kind: 'setTaints', device: first, taints: {} }] })
        await commitNow(store, { project: OTHER, intent: [pin(second, 1)] })
        const next = await store.snapshot(PROJECT)
        expect(next.devices[0]?.taints).toBeUndefined()
        expect(Object.keys(next.deployments[0]?.pins ?? {})).toEqual([second])
        await commitNow(store, { intent: [{ kind: 'deleteDevice', device: second }] })
        expect((await store.snapshot(PROJECT)).deployments[0]?.pins).toBeUndefined()
      })

      it('tells what was decided at any time', async () => {
        const [device, other] = await enrolDevices(store, 2)
        if (device === undefined || other === undefined) return expect.unreachable()
        const decide = (atMs: number, ...decisions: DeviceDecision[]) =>
          commitNow(store, { atMs, decisions: [{ deployment: deploymentId(1), decisions }] })
        const placed: DeviceDecision = { ...deviceDecision(device), outcome: 'placed' }
        const refused: DeviceDecision = { ...placed, outcome: 'refused' }
        await commitNow(store, { intent: [putDeployment(1)] })
        await decide(NOON_MS, placed, deviceDecision(other))
        await decide(NOON_MS + 1000, refused)
        await decide(NOON_MS + 2000, placed)
        const at = async (ms: number) =>
          (await store.decidedAt(deploymentId(1), NOON_MS + ms, device)).map(({ decision, sinceMs, untilMs }) => [
            decision.outcome,
            sinceMs - NOON_MS,
            untilMs && untilMs - NOON_MS,
          ])
        expect(await at(-1)).toEqual([])
        expect(await at(999)).toEqual([['placed', 0, 1000]])
        expect(await at(1000)).toEqual([['refused', 1000, 2000]])
        expect(await at(5000)).toEqual([['placed', 2000, undefined]])
        expect(await store.decidedAt(deploymentId(1), NOON_MS + 1500)).toHaveLength(2)
        await decide(NOON_MS + 2000 + DECISIONS_KEPT_MS, refused)
        expect(await at(999)).toEqual([])
        expect(await at(2000)).toEqual([['placed', 2000, 2000 + DECISIONS_KEPT_MS]])
        await commitNow(store, { intent: [{ kind: 'deleteDeployment', id: deploymentId(1) }] })
        expect(await at(5000)).toEqual([])
      })

      it('answers what is there now, however often it was asked before', async () => {
        const [first, second] = (await enrolDevices(store, 2)) as [DeviceId, DeviceId]
        const seen = async () => {
          const [snapshot, rows] = [await store.snapshot(PROJECT), await store.devices(PROJECT)]
          expect(snapshot.devices.map(({ id }) => id)).toEqual(rows.map(({ id }) => id))
          return {
            presence: rows.map(({ presence }) => presence),
            labels: snapshot.devices.map(({ labels }) => labels.floor),
            model: snapshot.devices.map((device) => device.inventory?.platform.model),
            told: rows.map(({ desired }) => desired?.generation.counter),
            generation: rows.map(({ reported: report }) => report?.generation?.counter),
            placed: snapshot.placements.map(({ device, revision }) => [device, revision]),
          }
        }
        await seen()
        await recordPresence(store, second, { state: 'online', session: { certificate: 1, start: 1 } }, 1)
        expect(await seen()).toMatchObject({ presence: ['unknown', 'online'] })
        await recordInventory(store, first, inventory(), 2)
        await commitNow(store, {
          intent: [putDeployment(1), { kind: 'setLabels', device: second, labels: { floor: '7' } }],
          put: [placement(1, first)],
          desired: [{ device: first, instances: [] }],
        })
        expect(await seen()).toMatchObject({
          labels: ['1', '7'],
          model: ['Raspberry Pi 5', undefined],
          told: [1, undefined],
          placed: [[first, 1]],
        })
        const again = { ...inventory().platform, model: 'Raspberry Pi 4' }
        await recordInventory(store, first, inventory({ platform: again }), 2)
        expect(await seen()).toMatchObject({ model: ['Raspberry Pi 4', undefined], told: [1, undefined] })
        await recordReported(store, first, reported({ generation: { epoch: 1, counter: 1 } }), 3)
        expect(await seen()).toMatchObject({ model: ['Raspberry Pi 4', undefined], generation: [1, undefined] })
        await commitNow(store, {
          put: [placement(1, first, { revision: 2 })],
          desired: [{ device: first, instances: [] }],
        })
        expect(await seen()).toMatchObject({ told: [2, undefined], generation: [1, undefined], placed: [[first, 2]] })
        await commitNow(store, { intent: [{ kind: 'deleteDevice', device: first }], remove: [instanceId(1)] })
        expect(await seen()).toMatchObject({ presence: ['online'], labels: ['7'], placed: [] })
      })

      it('removes fleets', async () => {
        const manifest = { apiVersion: 'ocelli/v1', kind: 'Fleet', metadata: { name: 'lobby' }, spec: {} } as never
        await commitNow(store, { intent: [{ kind: 'putFleet', name: 'lobby', manifest }] })
        expect(await store.fleets(PROJECT)).toHaveLength(1)
        expect(await store.fleets(OTHER)).toEqual([])
        await commitNow(store, { intent: [{ kind: 'deleteFleet', name: 'lobby' }] })
        expect(await store.fleets(PROJECT)).toEqual([])
      })

      it('keeps changes that wait for a person until they are done or removed', async () => {
        const row = (id: string, createdAtMs: number) => ({
          id,
          project: PROJECT,
          change: { kind: 'replan' } as const,
          plan: { check: 'c', deployments: [], touched: [], maxTouched: 1, needsApproval: true },
          actor: 'operator',
          createdAtMs,
        })
        await store.putPending(row('b', 1))
        await store.putPending(row('a', 2))
        await store.putPending(row('a', 3))
        expect(await store.pending(PROJECT)).toEqual([row('b', 1), row('a', 3)])
        await commitNow(store, { pendingDone: 'b' })
        expect((await store.pending(PROJECT)).map((one) => one.id)).toEqual(['a'])
        expect(await store.removePending('a', auditRow())).toBe(true)
        expect(await store.removePending('a', auditRow())).toBe(false)
      })

      it('commits ten thousand placements with their reasons at once', async () => {
        const [device] = await enrolDevices(store, 1)
        if (device === undefined) return expect.unreachable()
        const numbers = Array.from({ length: 10_000 }, (_, index) => index + 1)
        await commitNow(store, {
          put: numbers.map((number) => placement(number, device)),
          decisions: [
            { deployment: deploymentId(1), decisions: numbers.map((number) => deviceDecision(deviceId(number))) },
          ],
        })
        expect(await store.placements(PROJECT)).toHaveLength(10_000)
        expect(await store.decisions(deploymentId(1))).toHaveLength(10_000)
        await commitNow(store, { remove: numbers.map(instanceId) })
        expect(await store.placements(PROJECT)).toEqual([])
      })

      it('wakes who waits for intent', async () => {
        let woken = 0
        const end = store.onIntent(() => woken++)
        await commitNow(store)
        await eventually(
          () => woken,
          (count) => count > 0,
        )
        end()
      })
    })

    describe('telemetry', () => {
      it('commits a batch that joins on, and skips what it has', async () => {
        const [device] = await enrolDevices(store, 1)
        if (device === undefined) return expect.unreachable()
        expect(await store.position(device, streamId(1))).toBe(0)
        expect(await store.commitTelemetry(batchOf(device, 1, 3))).toEqual({ committed: 3, added: 3 })
        expect(await store.commitTelemetry(batchOf(device, 1, 3))).toEqual({ committed: 3, added: 0 })
        expect(await store.commitTelemetry(batchOf(device, 2, 5))).toEqual({ committed: 5, added: 2 })
        expect(await store.position(device, streamId(1))).toBe(5)
        expect((await recordsOf(5)).map((row) => row.record.sequence)).toEqual([1, 2, 3, 4, 5])
      })

      it('answers its position to a batch that does not join on', async () => {
        const [device] = await enrolDevices(store, 1)
        if (device === undefined) return expect.unreachable()
        await store.commitTelemetry(batchOf(device, 1, 3))
        expect(await store.commitTelemetry(batchOf(device, 5, 6))).toEqual({ committed: 3, added: 0 })
        expect(await store.commitTelemetry(batchOf(device, 4, 2))).toEqual({ committed: 3, added: 0 })
        expect(await store.commitTelemetry(batchOf(deviceId(99), 1, 1))).toBeUndefined()
        expect(await store.position(device, streamId(1))).toBe(3)
      })

      it('records a gap as lost where the device holds nothing older', async () => {
        const [device] = await enrolDevices(store, 1)
        if (device === undefined) return expect.unreachable()
        await store.commitTelemetry(batchOf(device, 1, 3))
        expect(await store.commitTelemetry(batchOf(device, 8, 9, { oldestHeld: 8 }))).toEqual({
          committed: 9,
          added: 3,
        })
        const rows = await recordsOf(6)
        expect(rows.map((row) => row.record.sequence)).toEqual([1, 2, 3, 7, 8, 9])
        expect(rows[3]?.record as LostRecord).toMatchObject({ kind: 'lost', from: 4, to: 7, count: 4 })
        expect(rows[3]?.observedAtMs).toBe(NOON_MS + 100_000)
      })

      it('moves on over sequences that carry no record', async () => {
        const [device] = await enrolDevices(store, 1)
        if (device === undefined) return expect.unreachable()
        const batch = batchOf(device, 1, 10, { records: [measurement(4), measurement(9)] })
        expect(await store.commitTelemetry(batch)).toEqual({ committed: 10, added: 2 })
        expect(await store.commitTelemetry(batchOf(device, 11, 12, { records: [] }))).toEqual({
          committed: 12,
          added: 0,
        })
      })

      it('takes no record twice or from outside of its batch', async () => {
        const [device] = await enrolDevices(store, 1)
        if (device === undefined) return expect.unreachable()
        const records = [3, 1, 3, 2, 9, 5].map((sequence) => measurement(sequence))
        await store.commitTelemetry(batchOf(device, 1, 5, { records }))
        expect((await recordsOf(4)).map((row) => row.record.sequence)).toEqual([1, 2, 3, 5])
      })

      it('keeps streams apart', async () => {
        const [first, second] = await enrolDevices(store, 2)
        if (first === undefined || second === undefined) return expect.unreachable()
        await store.commitTelemetry(batchOf(first, 1, 2))
        await store.commitTelemetry(batchOf(first, 1, 1, { stream: streamId(2) }))
        await store.commitTelemetry(batchOf(second, 1, 4))
        expect(await store.position(first, streamId(1))).toBe(2)
        expect(await store.position(first, streamId(2))).toBe(1)
        expect(await store.position(second, streamId(1))).toBe(4)
        expect(await recordsOf(3, { device: first })).toHaveLength(3)
      })

      it('believes a clock only where it is synchronised and not ahead', async () => {
        const [device] = await enrolDevices(store, 1)
        if (device === undefined) return expect.unreachable()
        const receivedAtMs = NOON_MS
        const records = [
          measurement(1, { atMs: receivedAtMs - 60_000 }),
          measurement(2, { atMs: receivedAtMs - 60_000, synchronised: false }),
          measurement(3, { atMs: receivedAtMs + 1_000 }),
          measurement(4, { atMs: receivedAtMs + 3_600_000 }),
        ]
        await store.commitTelemetry(batchOf(device, 1, 4, { records, receivedAtMs }))
        const rows = await recordsOf(4)
        expect(rows.map((row) => row.observedAtMs - receivedAtMs)).toEqual([-60_000, 0, 1_000, 0])
        expect(rows.every((row) => row.receivedAtMs === receivedAtMs)).toBe(true)
      })

      it('takes records of any kind, and characters that a database does not', async () => {
        const [device] = await enrolDevices(store, 1)
        if (device === undefined) return expect.unreachable()
        const other = { kind: 'spectrum', sequence: 1, atMs: 5, synchronised: true, boot: 'b', bins: [1, 2] }
        const odd = measurement(2, { name: 'a\u0000', unit: '\udfff', labels: { '\u0000': 'x\u0000' } })
        const records = [other as unknown as OtherRecord, odd]
        expect(await store.commitTelemetry(batchOf(device, 1, 2, { records }))).toMatchObject({ added: 2 })
        const rows = await recordsOf(2)
        expect(rows[0]?.record).toEqual(other)
        expect(rows[1]?.record).toMatchObject({ name: 'a\ufffd', unit: '\ufffd', labels: { '\ufffd': 'x\ufffd' } })
        expect(await recordsOf(1, { name: 'a\u0000' })).toHaveLength(1)
        expect(await store.lastValues(PROJECT, {})).toMatchObject([{ name: 'a\ufffd', unit: '\ufffd', value: 2 }])
      })

      it('names the deployment of an instance, if it is one of that device', async () => {
        const [first, second] = await enrolDevices(store, 2)
        if (first === undefined || second === undefined) return expect.unreachable()
        await commitNow(store, { intent: [putDeployment(1)], put: [placement(1, first)] })
        await commitNow(store, { remove: [instanceId(1)] })
        await store.commitTelemetry(batchOf(first, 1, 1))
        await store.commitTelemetry(batchOf(second, 1, 1))
        const rows = await recordsOf(2)
        expect(rows.map((row) => row.deployment)).toEqual([deploymentId(1), undefined])
        expect(await store.lastValues(PROJECT, { deployment: deploymentId(1) })).toMatchObject([{ device: first }])
      })

      it('names the deployment of an instance while it is placed, placed anew, and after its deployment is deleted', async () => {
        const [device] = await enrolDevices(store, 1)
        if (device === undefined) return expect.unreachable()
        await commitNow(store, { intent: [putDeployment(1)], put: [placement(1, device)] })
        await store.commitTelemetry(batchOf(device, 1, 1))
        await commitNow(store, { put: [placement(1, device, { revision: 2 })] })
        await store.commitTelemetry(batchOf(device, 2, 2))
        await commitNow(store, { intent: [{ kind: 'deleteDeployment', id: deploymentId(1) }] })
        await store.commitTelemetry(batchOf(device, 3, 3))
        const rows = await recordsOf(3)
        expect(rows.map((row) => row.deployment)).toEqual([deploymentId(1), deploymentId(1), deploymentId(1)])
        expect(await store.placements(PROJECT)).toEqual([])
      })

      it('keeps the last live value of each name', async () => {
        const [device] = await enrolDevices(store, 1)
        if (device === undefined) return expect.unreachable()
        await store.commitTelemetry(batchOf(device, 1, 5))
        const records = [
          measurement(6, { value: 60, atMs: 1 }),
          measurement(7, { value: 70, role: 'shadow' }),
          measurement(8, { value: 80, name: 'groups' }),
          measurement(9, { value: 90, instance: instanceId(2) }),
        ]
        await store.commitTelemetry(batchOf(device, 6, 9, { records }))
        await store.commitTelemetry(batchOf(device, 1, 5))
        const values = await store.lastValues(PROJECT, { device })
        expect(values.map((row) => [row.instance, row.name, row.value])).toEqual([
          [instanceId(1), 'groups', 80],
          [instanceId(1), 'people', 60],
          [instanceId(2), 'people', 90],
        ])
        expect(await store.lastValues(OTHER, {})).toEqual([])
        expect(await store.lastValues(PROJECT, { device: deviceId(2) })).toEqual([])
      })

      it('finds records by each of their traits', async () => {
        const [first, second] = await enrolDevices(store, 2)
        if (first === undefined || second === undefined) return expect.unreachable()
        const event = {
          ...measurement(3),
          kind: 'event' as const,
          name: 'crowded',
          severity: 'warning' as const,
          attributes: {},
        }
        const records = [measurement(1), measurement(2, { name: 'groups', instance: instanceId(2) }), event]
        await store.commitTelemetry(batchOf(first, 1, 3, { records }))
        await store.commitTelemetry(batchOf(second, 1, 2))
        await recordsOf(5)
        const found = async (query: Partial<RecordQuery>) =>
          (await store.records({ project: PROJECT, end: 'oldest', limit: 100, ...query })).map(
            (row) => `${row.device === first ? 'a' : 'b'}${row.record.sequence}`,
          )
        expect(await found({})).toEqual(['a1', 'a2', 'a3', 'b1', 'b2'])
        expect(await found({ end: 'newest', limit: 2 })).toEqual(['b1', 'b2'])
        expect(await found({ end: 'oldest', limit: 2 })).toEqual(['a1', 'a2'])
        expect(await found({ kinds: ['event', 'log'] })).toEqual(['a3'])
        expect(await found({ kinds: [] })).toEqual([])
        expect(await found({ device: second })).toEqual(['b1', 'b2'])
        expect(await found({ instance: instanceId(2) })).toEqual(['a2'])
        expect(await found({ name: 'people' })).toEqual(['a1', 'b1', 'b2'])
        expect(await found({ name: 'crowded' })).toEqual(['a3'])
        expect(await found({ fromMs: NOON_MS + 2, toMs: NOON_MS + 3 })).toEqual(['a2', 'b2'])
        expect(await found({ project: OTHER })).toEqual([])
      })

      it('goes on after a cursor, and refuses what is none', async () => {
        const [device] = await enrolDevices(store, 1)
        if (device === undefined) return expect.unreachable()
        const start = await store.head()
        await store.commitTelemetry(batchOf(device, 1, 3))
        await recordsOf(3)
        const middle = await store.head()
        await store.commitTelemetry(batchOf(device, 4, 6))
        const rows = await recordsOf(6, { after: start })
        const sequences = async (after: string | undefined, end: 'oldest' | 'newest' = 'oldest') =>
          (await store.records({ project: PROJECT, end, limit: 100, ...(after && { after }) })).map(
            (row) => row.record.sequence,
          )
        expect(await sequences(middle)).toEqual([4, 5, 6])
        expect(await sequences(rows[1]?.cursor)).toEqual([3, 4, 5, 6])
        expect(await sequences(rows[4]?.cursor, 'newest')).toEqual([6])
        expect(await sequences(await store.head())).toEqual([])
        await expect(sequences("1' OR 1=1")).rejects.toMatchObject({ code: 'request.invalid' })
      })

      it('answers each of many batches that come at once, and wakes who waits for records', async () => {
        const devices = await enrolDevices(store, 10)
        let woken = 0
        const end = store.onRecords(() => woken++)
        const batches = devices.flatMap((device) => [
          batchOf(device, 1, 10),
          batchOf(device, 11, 20),
          batchOf(device, 5, 12),
          batchOf(device, 40, 50),
        ])
        const answers = await Promise.all(batches.map((batch) => store.commitTelemetry(batch)))
        for (const [index] of devices.entries()) {
          expect(answers.slice(index * 4, index * 4 + 4)).toEqual([
            { committed: 10, added: 10 },
            { committed: 20, added: 10 },
            { committed: 20, added: 0 },
            { committed: 20, added: 0 },
          ])
        }
        expect(await recordsOf(200)).toHaveLength(200)
        await eventually(
          () => woken,
          (count) => count > 0,
        )
        end()
      })

      it('fails a batch that cannot be stored alone, and none of its neighbours', async () => {
        const devices = await enrolDevices(store, 3)
        const [first, bad, last] = devices
        if (first === undefined || bad === undefined || last === undefined) return expect.unreachable()
        const broken = batchOf(bad, 1, 1, { receivedAtMs: Number.NaN })
        const results = await Promise.allSettled(
          [batchOf(first, 1, 2), broken, batchOf(last, 1, 2)].map((batch) => store.commitTelemetry(batch)),
        )
        expect(results[0]).toEqual({ status: 'fulfilled', value: { committed: 2, added: 2 } })
        expect(results[2]).toEqual({ status: 'fulfilled', value: { committed: 2, added: 2 } })
        const stored = results[1]?.status === 'fulfilled' ? 1 : 0
        expect(await store.position(bad, streamId(1))).toBe(stored)
      })
    })

    it('leads until it resigns or closes', async () => {
      expect(await store.lead()).toBe(true)
      expect(await store.lead()).toBe(true)
      await store.resign()
      expect(await store.lead()).toBe(true)
    })
  })
}
