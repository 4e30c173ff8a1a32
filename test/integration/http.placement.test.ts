/** What operators steer and ask about placement, over HTTP: taints, pins, what-if, and why. */
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PlanRequest } from '@ocelli/schemas/api/change'
import { RECORDING_TYPE } from '@ocelli/schemas/api/recording'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { componentRow, deploymentManifest, MOTION, PROJECT, ServerWorld } from '../support/server-world.ts'
import { component, imager, inventory, motion, SENSING } from '../support/snapshot-builders.ts'

let world: ServerWorld
beforeEach(async () => {
  world = await ServerWorld.start()
})
afterEach(() => world.stop())

const AUDIT = { atMs: 1, project: PROJECT, actor: 'test', action: 'furnish', subject: '', detail: {} }
const apply = (body: object) => world.admin.ok('applyChange', { body })
const plan = (body: PlanRequest) => world.admin.ok('planChange', { body })
const revisions = async () => (await world.store.placements(PROJECT)).map(({ device, revision }) => [device, revision])

describe('a person steers', () => {
  test('a drained device is left by everything, and used again once it is undrained', async () => {
    const yard = await world.device({ name: 'yard' })
    await apply({ manifests: MOTION })
    const shown = await plan({ taints: [{ device: 'yard', taints: { drain: '' } }] })
    expect(shown.touched.map(({ name, stop }) => [name, stop.length])).toEqual([['yard', 1]])
    expect((await world.store.device(yard))?.taints).toBeUndefined()
    const done = await apply({ taints: [{ device: 'yard', taints: { drain: '' } }] })
    expect(done.changes).toMatchObject([{ kind: 'editTaints', name: 'yard', outcome: 'applied' }])
    expect(await revisions()).toEqual([])
    const why = await world.admin.ok('explainDeployment', { params: { name: 'moves' } })
    expect(why.decisions[0]?.reasons[0]?.code).toBe('placement.taint')
    await apply({ taints: [{ device: yard, taints: { drain: null } }] })
    expect(await revisions()).toEqual([[yard, 1]])
    expect((await world.store.audit(PROJECT, { limit: 1 }))[0]).toMatchObject({
      action: 'device.taints',
      subject: yard,
    })
  })

  test('a pinned device keeps its revision when the deployment moves on', async () => {
    const [yard, hall] = [await world.device({ name: 'yard' }), await world.device({ name: 'hall' })]
    await apply({ manifests: MOTION })
    await apply({ pins: [{ deployment: 'moves', device: 'yard', revision: 1 }] })
    await apply({ manifests: `${MOTION}  config: { level: 2 }\n` })
    expect(await revisions()).toEqual(
      expect.arrayContaining([
        [yard, 1],
        [hall, 2],
      ]),
    )
    await apply({ pins: [{ deployment: 'moves', device: 'yard', revision: null }] })
    expect(await revisions()).toEqual(
      expect.arrayContaining([
        [yard, 2],
        [hall, 2],
      ]),
    )
    const wrong = { pins: [{ deployment: 'moves', device: 'yard', revision: 7 }] }
    expect((await world.admin.refused('applyChange', { body: wrong })).detail).toContain('moves has no revision 7')
  })
})

describe('what if', () => {
  test('any set of changes at once answers with what all of them do, and a check that apply demands', async () => {
    await world.device({ name: 'yard', labels: { floor: '1' }, imagers: [imager(), imager({ id: 'cam1' })] })
    await world.device({ name: 'hall', labels: { floor: '2' } })
    await apply({ manifests: MOTION })
    const intent = {
      manifests: `${MOTION}  target: { selector: 'device.labels.floor == "1"' }\n`,
      labels: [{ device: 'hall', labels: { floor: '1' } }],
      taints: [{ device: 'yard', taints: { drain: '' } }],
    }
    const more: PlanRequest = {
      ...intent,
      withoutImagers: [{ device: 'yard', imager: 'cam1' as never }],
      addDevices: [{ name: 'roof', labels: { floor: '1' }, inventory: inventory() }],
    }
    const assumed = await plan(more)
    expect(assumed.changes.map(({ kind, name }) => [kind, name])).toEqual([
      ['assume', 'with roof, without yard/cam1'],
      ['editLabels', 'hall'],
      ['editTaints', 'yard'],
      ['applyDeployment', 'moves'],
    ])
    const steps = assumed.touched.map(({ name, start, change, stop }) => [
      name,
      start.length,
      change.length,
      stop.length,
    ])
    expect(steps.sort()).toEqual([
      ['hall', 0, 1, 0],
      ['roof', 1, 0, 0],
      ['yard', 0, 0, 2],
    ])
    expect((await world.store.devices(PROJECT)).map(({ name }) => name)).toEqual(['yard', 'hall'])
    const body = { ...more, ifPlan: assumed.check }
    expect((await world.admin.refused('applyChange', { body })).code).toBe('request.invalid')

    const { check } = await plan(intent)
    await apply({ labels: [{ device: 'yard', labels: { floor: '3' } }] })
    await apply({ taints: [{ device: 'hall', taints: { wet: '' } }] })
    const moved = await world.admin.refused('applyChange', { body: { ...intent, ifPlan: check } })
    expect(moved.code).toBe('change.planMoved')
    const now = await plan(intent)
    await apply({ ...intent, ifPlan: now.check })
    expect((await plan(intent)).touched).toEqual([])
  })

  test('another version of a component says what it newly asks for and which devices that loses', async () => {
    await world.device({ name: 'wide' })
    await world.device({ name: 'narrow', imagers: [imager({ widthPixels: 320 })] })
    const motion2 = component('motion', {
      ...motion,
      version: '2.0.0',
      imports: [...motion.imports, SENSING('events')],
      needs: { imager: { minWidthPixels: 640 } },
    })
    await world.store.addComponent(componentRow(motion2), AUDIT)
    await apply({ manifests: MOTION })
    const next = deploymentManifest(
      'moves',
      'realisations: [{ name: main, component: motion@2.0.0 }]\ngrants: [frames, measurements, events]',
    )
    const { changes } = await plan({ manifests: next })
    expect(changes[0]?.upgrades).toEqual([
      {
        component: 'motion',
        from: '1.0.0',
        to: '2.0.0',
        newImports: [SENSING('events')],
        droppedImports: [],
        newNeeds: ['minWidthPixels 640'],
        loses: [
          {
            device: expect.any(String),
            name: 'narrow',
            why: 'would run if imager cam0 delivered a width of 640 instead of 320 pixels',
          },
        ],
      },
    ])
  })

  test('what is assumed of nothing is refused', async () => {
    await world.device({ name: 'yard' })
    const refused = async (body: object) => (await world.admin.refused('planChange', { body })).detail
    expect(await refused({ withoutImagers: [{ device: 'yard', imager: 'cam7' }] })).toContain('cam7')
    expect(await refused({ withoutImagers: [{ device: 'attic', imager: 'cam0' }] })).toContain('attic')
    expect(await refused({ addDevices: [{ name: 'yard', inventory: inventory() }] })).toContain('already')
    expect(await refused({ addDevices: [{ name: 'roof', inventory: { imagers: 'none' } }] })).toContain('addDevices')
  })
})

describe('why', () => {
  const cli = async (...words: string[]) => {
    const env = { ...process.env, OCELLI_URL: world.url, OCELLI_TOKEN: world.admin.token ?? '' }
    const main = new URL('../../server/cli/main.ts', import.meta.url).pathname
    return new Promise<{ code: number; out: string; err: string }>((resolve) => {
      execFile(process.execPath, [main, ...words], { env, timeout: 60_000 }, (error, out, err) =>
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err }),
      )
    })
  }

  test('a decision is told with the time in which it held', async () => {
    const yard = await world.device({ name: 'yard' })
    await apply({ manifests: MOTION })
    await apply({ taints: [{ device: 'yard', taints: { wet: '' } }] })
    const explain = (query: Record<string, string | number>) =>
      world.admin.ok('explainDeployment', { params: { name: 'moves' }, query: { device: yard, ...query } })
    const now = await explain({})
    expect(now.decisions[0]?.outcome).toBe('refused')
    const changedMs = now.held[0]?.sinceMs ?? 0
    const before = await explain({ atMs: changedMs - 1 })
    expect(before.decisions[0]?.outcome).toBe('placed')
    expect(before.held[0]?.untilMs).toBe(changedMs)
    expect((await explain({ atMs: 1 })).decisions).toEqual([])
    const shown = await cli(
      'explain',
      'deployment',
      'moves',
      '--device',
      'yard',
      '--at',
      new Date(changedMs - 1).toISOString(),
    )
    expect(shown.out).toContain('placed on 1 device')
    expect(shown.out).toContain(`held until ${new Date(changedMs).toISOString()}`)
    expect(shown.code).toBe(0)
    expect((await cli('explain', 'moves', '--device', 'yard')).code).toBe(2)
  })

  test('recorded inputs give the same plan byte for byte, whatever is true later', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'ocelli-recording-')), 'inputs.json')
    await world.device({ name: 'yard' })
    await world.device({ name: 'hall', imagers: [] })
    await apply({ manifests: MOTION })
    const recorded = await cli('explain', 'moves', '--record', file)
    await apply({ remove: [{ kind: 'Deployment', name: 'moves' }] })
    const replayed = await cli('explain', 'moves', '--replay', file)
    expect(replayed.err).toContain('The same plan, byte for byte')
    expect(replayed.code).toBe(0)
    expect(replayed.out).toContain('hall')
    expect(replayed.out.split('\n').sort()).toEqual(recorded.out.split('\n').sort())

    const changed = readFileSync(file, 'utf8').replace('"name":"hall"', '"name":"cellar"')
    writeFileSync(file, changed)
    const other = await cli('explain', 'moves', '--replay', file)
    expect(other.err).toContain('NOT the plan that was recorded')
    expect(other.code).toBe(1)
    rmSync(join(file, '..'), { recursive: true })
    const bytes = Buffer.from('{"recording": 2}')
    const headers = { 'content-type': RECORDING_TYPE }
    expect((await world.admin.refused('replayInputs', { bytes, headers })).code).toBe('request.invalid')
  })
})
