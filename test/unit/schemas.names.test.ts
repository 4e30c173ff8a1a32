import { decodeEnrolmentToken, encodeEnrolmentToken } from '@ocelli/schemas/enrolment'
import { idText, parseDeviceId } from '@ocelli/schemas/ids'
import { importIsMet } from '@ocelli/schemas/interface-name'
import { deviceMayPublish, deviceMaySubscribe, parseTopic, topics } from '@ocelli/schemas/topics'
import { nameIsCovered } from '@ocelli/schemas/trust'
import { describe, expect, test } from 'vitest'

const parsed = parseDeviceId(`d-${idText(new Uint8Array(10).fill(9))}`)
if (!parsed) throw new Error('an id made from bytes must parse')
const device = parsed

describe('an import is met', () => {
  test.each([
    ['a:b/c@0.1.0', 'a:b/c@0.1.0', true],
    ['a:b/c@0.1.0', 'a:b/c@0.1.7', true],
    ['a:b/c@0.1.7', 'a:b/c@0.1.0', false],
    ['a:b/c@0.1.0', 'a:b/c@0.2.0', false],
    ['a:b/c@0.0.3', 'a:b/c@0.0.3', true],
    ['a:b/c@0.0.3', 'a:b/c@0.0.4', false],
    ['a:b/c@1.2.3', 'a:b/c@1.3.0', true],
    ['a:b/c@1.3.0', 'a:b/c@1.2.9', false],
    ['a:b/c@1.0.0', 'a:b/c@2.0.0', false],
    ['a:b/c@0.2.0-draft', 'a:b/c@0.2.0-draft', true],
    ['a:b/c@0.2.0-draft', 'a:b/c@0.2.0', false],
    ['a:b/c@0.2.0', 'a:b/c@0.2.0-draft', false],
    ['a:b/c@0.1.0', 'a:b/d@0.1.0', false],
    ['a:b/c', 'a:b/c@0.1.0', false],
  ])('%s by %s: %s', (wanted, offered, met) => {
    expect(importIsMet(wanted, offered)).toBe(met)
  })
})

describe('topics', () => {
  test('a device writes and reads exactly what the design lists', () => {
    const other = topics.reported(parseDeviceId('d-aaaaaaaaaaaaaaaa') ?? device)
    for (const level of ['presence', 'inventory', 'reported', 'telemetry', 'image/i/x', 'result/c']) {
      expect(deviceMayPublish(device, `ocelli/v1/${device}/${level}`), level).toBe(true)
    }
    for (const level of ['desired', 'ack', 'command/c', 'image', 'image/', 'presence/x', 'presence/', '']) {
      expect(deviceMayPublish(device, `ocelli/v1/${device}/${level}`), level).toBe(false)
    }
    expect(deviceMayPublish(device, other)).toBe(false)
    for (const filter of ['desired', 'ack', 'command/#', 'command/+']) {
      expect(deviceMaySubscribe(device, `ocelli/v1/${device}/${filter}`), filter).toBe(true)
    }
    for (const filter of ['#', '+', 'presence', 'desired/#', 'telemetry']) {
      expect(deviceMaySubscribe(device, `ocelli/v1/${device}/${filter}`), filter).toBe(false)
    }
    for (const filter of ['#', 'ocelli/#', 'ocelli/v1/+/desired', `$share/g/ocelli/v1/${device}/desired`, '$SYS/#']) {
      expect(deviceMaySubscribe(device, filter), filter).toBe(false)
    }
  })

  test('read back what is built, and refuse what is not ours', () => {
    expect(parseTopic(topics.image(device, 'i-1', 'door'))).toMatchObject({ kind: 'image', rest: ['i-1', 'door'] })
    for (const topic of [
      'ocelli/v1/x/desired',
      `ocelli/v2/${device}/ack`,
      `ocelli/v1/${device}/toString`,
      `ocelli/v1/${device}/result/x`,
    ]) {
      expect(parseTopic(topic), topic).toBeUndefined()
    }
  })
})

test('an enrolment token survives copying with white space, and a cut one is none', () => {
  const token = { url: 'https://host:7443', id: 't1', secret: 's', rootSha256: 'ab'.repeat(32) }
  const text = encodeEnrolmentToken(token)
  expect(decodeEnrolmentToken(`  ${text}\n`)).toEqual(token)
  expect(decodeEnrolmentToken(text.slice(0, -9))).toBeUndefined()
  expect(decodeEnrolmentToken(text.slice(3))).toBeUndefined()
  expect(decodeEnrolmentToken('ocelli1.%%%')).toBeUndefined()
})

test("a publisher's pattern covers its names alone", () => {
  expect(nameIsCovered('people-*', 'people-count')).toBe(true)
  expect(nameIsCovered('people-*', 'peoplecount')).toBe(false)
  expect(nameIsCovered('motion', 'motion')).toBe(true)
  expect(nameIsCovered('motion', 'motion-2')).toBe(false)
})
