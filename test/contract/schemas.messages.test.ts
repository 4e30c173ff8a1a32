import { createPublicKey, verify } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { preAuthEncoding } from '@ocelli/schemas/dsse'
import { ERRORS } from '@ocelli/schemas/errors'
import { readDesiredState } from '@ocelli/schemas/messages/desired'
import { MESSAGES } from '@ocelli/schemas/messages/index'
import { describe, expect, test } from 'vitest'

interface ExampleFile {
  readonly publicKey?: string
  readonly valid: readonly { readonly title: string; readonly value: unknown }[]
  readonly invalid: readonly { readonly title: string; readonly code: string; readonly value: unknown }[]
}

const folder = join(import.meta.dirname, '../../schemas/examples')
const readExamples = (name: string) => JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as ExampleFile
const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))

test('every message has examples, and no example file is left over', () => {
  expect(readdirSync(folder).sort()).toEqual(
    Object.keys(MESSAGES)
      .map((name) => `${name}.json`)
      .sort(),
  )
})

describe.each(Object.values(MESSAGES))('$name', (message) => {
  const examples = readExamples(message.name)

  test.each(examples.valid)('takes: $title', ({ value }) => {
    expect(message.parse(bytes(value))).toMatchObject({ ok: true })
  })

  test.each(examples.invalid)('refuses: $title', ({ value, code }) => {
    expect(message.parse(bytes(value))).toMatchObject({ ok: false, code })
    expect(ERRORS).toHaveProperty([code])
  })

  test('refuses text that is no JSON, bytes that are no UTF-8, and a payload above its limit', () => {
    expect(message.parse(new TextEncoder().encode('{"state":'))).toMatchObject({ ok: false, code: 'message.malformed' })
    expect(message.parse(new Uint8Array([0x22, 0xff, 0x22]))).toMatchObject({ ok: false, code: 'message.malformed' })
    expect(message.parse(new Uint8Array(message.maxBytes + 1))).toMatchObject({ ok: false, code: 'message.tooLarge' })
  })

  test('ignores unknown fields of a newer peer', () => {
    const value = { ...(examples.valid[0]?.value as Record<string, unknown>), introducedLater: { a: 1 } }
    expect(message.parse(bytes(value))).toMatchObject({ ok: true })
  })
})

test('unknown values of open enumerations arrive as unknown, also inside lists', () => {
  const [first] = readExamples('reported').valid
  const value = structuredClone(first?.value) as { instances: { state: string }[] }
  for (const instance of value.instances) instance.state = 'hibernating'
  const read = MESSAGES.reported.parse(bytes(value))
  expect(read.ok && read.value.instances[0]?.state).toBe('unknown')
})

test('the signed desired state of the examples verifies with its public key, and not with one bit changed', () => {
  const { publicKey = '', valid } = readExamples('desired')
  const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' })
  for (const { value } of valid) {
    const read = MESSAGES.desired.parse(bytes(value))
    if (!read.ok) throw new Error(read.message)
    const payload = Buffer.from(read.value.payload, 'base64')
    const signature = Buffer.from(read.value.signatures[0]?.sig ?? '', 'base64')
    expect(verify(null, preAuthEncoding(read.value.payloadType, payload), key, signature)).toBe(true)
    expect(readDesiredState(JSON.parse(payload.toString()))).toMatchObject({ ok: true })
    payload[20] = (payload[20] ?? 0) ^ 1
    expect(verify(null, preAuthEncoding(read.value.payloadType, payload), key, signature)).toBe(false)
    expect(verify(null, preAuthEncoding('application/other', payload), key, signature)).toBe(false)
  }
})
