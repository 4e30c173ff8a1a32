import { createHash } from 'node:crypto'
import { idText, parseInstanceId } from '@ocelli/schemas/ids'
import { expect, test } from 'vitest'
import { createInstanceIds, instanceId } from '../../server/src/domain/instance-id.ts'
import { sha256, sha256Hex } from '../../server/src/domain/sha256.ts'
import { deploymentId, deviceId } from '../support/snapshot-builders.ts'

test('the pure SHA-256 is the real one, over every length of a few blocks', () => {
  for (let length = 0; length < 260; length++) {
    const text = 'aé'.repeat(length).slice(0, length)
    expect(sha256Hex(text)).toBe(createHash('sha256').update(text).digest('hex'))
  }
  expect([...sha256('abc')]).toEqual([...createHash('sha256').update('abc').digest()])
})

test('an instance id is a function of deployment, device and slot, and of nothing else', () => {
  const [deployment, device] = [deploymentId(3), deviceId(7)]
  const ids = createInstanceIds()
  for (const slot of ['device', 'cam0', 'x'.repeat(64)]) {
    const id = ids(deployment, device, slot)
    const digest = createHash('sha256').update(`${deployment}/${device}/${slot}`).digest()
    expect(id).toBe(`i-${idText(digest)}`)
    expect(parseInstanceId(id)).toBe(id)
    expect(instanceId(deployment, device, slot)).toBe(id)
  }
  expect(new Set([0, 1, 2].flatMap((n) => ['a', 'b'].map((slot) => ids(deployment, deviceId(n), slot)))).size).toBe(6)
})
