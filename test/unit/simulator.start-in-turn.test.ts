import type { ComponentHost, InstanceListener, InstanceSpec, RunningInstance } from '@ocelli/agent/runtime/host'
import { startInTurn } from '@ocelli/simulator/fleet/start-in-turn'
import { expect, test } from 'vitest'

test('so many start at a time, in the order they came, and one that fails holds up nobody', async () => {
  const started: string[] = []
  const settle = new Map<string, PromiseWithResolvers<RunningInstance>>()
  const start = ({ id }: InstanceSpec) => {
    started.push(id)
    const promise = Promise.withResolvers<RunningInstance>()
    settle.set(id, promise)
    return promise.promise
  }
  const host = startInTurn({ start } as Pick<ComponentHost, 'start'> as ComponentHost, 2)
  const starts = ['a', 'b', 'c', 'd', 'e'].map((id) => host.start({ id } as InstanceSpec, {} as InstanceListener))
  const outcomes = Promise.allSettled(starts)
  const turns = () => new Promise((resolve) => setImmediate(resolve))
  await turns()
  expect(started).toEqual(['a', 'b'])
  settle.get('b')?.reject(new Error('it would not'))
  await turns()
  expect(started).toEqual(['a', 'b', 'c'])
  for (const id of ['a', 'c']) settle.get(id)?.resolve({} as RunningInstance)
  await turns()
  expect(started).toEqual(['a', 'b', 'c', 'd', 'e'])
  for (const id of ['d', 'e']) settle.get(id)?.resolve({} as RunningInstance)
  expect((await outcomes).map(({ status }) => status)).toEqual([
    'fulfilled',
    'rejected',
    'fulfilled',
    'fulfilled',
    'fulfilled',
  ])
})
