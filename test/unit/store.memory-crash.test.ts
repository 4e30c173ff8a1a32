/** The model of crashes: a transaction is kept whole or lost whole, and nobody hears of what may be lost. */
import { describe, expect, it } from 'vitest'
import { createMemoryStore, MemoryDisk } from '../../server/src/store/memory.ts'
import { batchOf, commitNow, enrolDevices, PROJECT, placement, putDeployment, streamId } from '../support/store-rows.ts'

/** A latency that waits until the test lets it pass. */
function gate() {
  const waiting: (() => void)[] = []
  let open = true
  return {
    latency: () => (open ? Promise.resolve() : new Promise<void>((resolve) => waiting.push(resolve))),
    shut: () => {
      open = false
    },
    /** Lets the first `count` that wait go on. */
    pass: async (count: number) => {
      for (const resolve of waiting.splice(0, count)) resolve()
      await turns()
    },
  }
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve()
}

describe('a crash of the memory store', () => {
  it.each([true, false])('keeps an unsynced transaction whole or loses it whole (kept: %s)', async (kept) => {
    const disk = new MemoryDisk()
    const { latency, shut } = gate()
    const store = createMemoryStore({ disk, latency })
    const [device] = await enrolDevices(store, 1)
    if (device === undefined) return expect.unreachable()
    shut()
    let answered = false
    const { version } = disk.inspect((state) => ({ version: state.projects.get(PROJECT) ?? 0 }))
    void store
      .commit({
        project: PROJECT,
        basedOn: version,
        atMs: 1,
        intent: [putDeployment(1)],
        put: [placement(1, device)],
        remove: [],
        decisions: [],
        desired: [{ device, instances: [] }],
        audit: [],
      })
      .then(() => {
        answered = true
      })
    await turns()
    disk.crash(() => kept)
    await turns()
    expect(answered).toBe(false)

    const next = createMemoryStore({ disk })
    const snapshot = await next.snapshot(PROJECT)
    const held = [snapshot.version, snapshot.deployments.length, snapshot.placements.length]
    expect(held).toEqual(kept ? [1, 1, 1] : [0, 0, 0])
    expect(await next.desiredKeys('all')).toHaveLength(kept ? 1 : 0)
  })

  it('never loses what it answered', async () => {
    const disk = new MemoryDisk()
    const store = createMemoryStore({ disk })
    const [device] = await enrolDevices(store, 1)
    if (device === undefined) return expect.unreachable()
    await store.commitTelemetry(batchOf(device, 1, 5))
    disk.crash(() => false)
    expect(await createMemoryStore({ disk }).position(device, streamId(1))).toBe(5)
  })

  it('shows nobody a write that may still be lost', async () => {
    const disk = new MemoryDisk()
    const { latency, shut, pass } = gate()
    const writer = createMemoryStore({ disk, latency })
    const reader = createMemoryStore({ disk })
    const [device] = await enrolDevices(writer, 1)
    if (device === undefined) return expect.unreachable()
    shut()
    const answer = writer.commitTelemetry(batchOf(device, 1, 5))
    await turns()
    expect(await reader.position(device, streamId(1))).toBe(0)
    await pass(1)
    expect(await reader.position(device, streamId(1))).toBe(5)
    await pass(1)
    expect(await answer).toEqual({ committed: 5, added: 5 })
  })

  it('runs nothing of a dead process any more, and frees its lead', async () => {
    const disk = new MemoryDisk()
    const store = createMemoryStore({ disk })
    expect(await store.lead()).toBe(true)
    let woken = 0
    store.onIntent(() => woken++)
    disk.crash(() => true)
    let answered = false
    void store.projects().then(() => {
      answered = true
    })
    const next = createMemoryStore({ disk })
    expect(await next.lead()).toBe(true)
    await commitNow(next)
    await turns()
    expect([answered, woken]).toEqual([false, 0])
  })

  it('hands out pictures that later writes do not change', async () => {
    const store = createMemoryStore()
    const [device] = await enrolDevices(store, 1)
    if (device === undefined) return expect.unreachable()
    const labels = { floor: '7' }
    await commitNow(store, { intent: [{ kind: 'setLabels', device, labels }] })
    const before = await store.snapshot(PROJECT)
    labels.floor = '8'
    await commitNow(store, { intent: [{ kind: 'setLabels', device, labels: { floor: '9' } }] })
    expect(before.devices[0]?.labels).toEqual({ floor: '7' })
  })
})
