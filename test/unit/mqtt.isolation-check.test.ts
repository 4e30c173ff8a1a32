import { startIsolationCheck } from '@ocelli/server/mqtt/isolation-check'
import type { ProbeResult } from '@ocelli/server/mqtt/probe-isolation'
import { expect, test } from 'vitest'

const CLEAN: ProbeResult = { ok: true, breaches: [], unclear: [] }
const OPEN: ProbeResult = { ok: false, breaches: ['a device read x'], unclear: [] }
const AWAY: ProbeResult = { ok: false, breaches: [], unclear: ['refused'] }

function checked(answers: (ProbeResult | Error)[]) {
  const timers: { delayMs: number; fn: () => void }[] = []
  const heard: ProbeResult[] = []
  const clock = {
    setTimer(delayMs: number, fn: () => void) {
      timers.push({ delayMs, fn })
      return () => void timers.pop()
    },
  }
  const probe = async () => {
    const answer = answers.shift() ?? CLEAN
    if (answer instanceof Error) throw answer
    return answer
  }
  const check = startIsolationCheck(probe, clock, (result) => heard.push(result))
  const settle = () => new Promise((resolve) => setImmediate(resolve))
  const next = async () => {
    await settle()
    const timer = timers.shift()
    timer?.fn()
    await settle()
    return timer?.delayMs
  }
  return { check, next, settle, heard, timers }
}

test('not ready until the broker was asked and found clean', async () => {
  const { check, settle, next } = checked([AWAY, new Error('no route'), CLEAN])
  expect(await check.run()).toBe('not asked yet')
  await settle()
  expect(await check.run()).toBe('could not be asked')
  expect(await next()).toBe(10_000)
  expect(await check.run()).toBe('could not be asked')
  await next()
  expect(await check.run()).toBeUndefined()
  expect(await next()).toBe(3_600_000)
})

test('a breach is said until it is mended, also while the broker is away', async () => {
  const { check, settle, next, heard } = checked([OPEN, AWAY, CLEAN, AWAY])
  await settle()
  expect(await check.run()).toMatch(/a device read x/)
  expect(await next()).toBe(60_000)
  expect(await check.run()).toMatch(/a device read x/)
  await next()
  expect(await check.run()).toBeUndefined()
  await next()
  expect(await check.run()).toBeUndefined()
  expect(heard).toEqual([OPEN, AWAY, AWAY])
})

test('once stopped it asks no more', async () => {
  const { check, settle, timers } = checked([CLEAN])
  await settle()
  check.stop()
  expect(timers).toEqual([])
})
