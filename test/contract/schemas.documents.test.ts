import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { API_ROUTES } from '@ocelli/schemas/api/routes'
import { MESSAGES } from '@ocelli/schemas/messages/index'
import { Validator } from '@seriousme/openapi-schema-validator'
import { Ajv, type AnySchema } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import { staleFiles } from '../../schemas/generate.ts'

type Document = Record<string, Record<string, Record<string, unknown>>>

const folder = join(import.meta.dirname, '../../schemas/generated')
const read = (path: string) => JSON.parse(readFileSync(join(folder, path), 'utf8')) as Document

test('generated documents are fresh', () => {
  expect(staleFiles(), 'run: npm run generate').toEqual([])
})

test('the OpenAPI document is valid OpenAPI 3.1 and has every route', async () => {
  const document = read('openapi.json')
  const result = await new Validator().validate(document)
  expect(result.errors ?? [], JSON.stringify(result.errors)).toEqual([])
  const paths = (document.paths ?? {}) as Record<string, Record<string, { operationId: string }>>
  const ids = Object.values(paths).flatMap((item) => Object.values(item).map((operation) => operation.operationId))
  expect(ids.sort()).toEqual(API_ROUTES.map((route) => route.operationId).sort())
})

describe('the AsyncAPI document', () => {
  const document = read('asyncapi.json')

  test('is valid AsyncAPI 3 and has every message', () => {
    const require = createRequire(import.meta.url)
    const specification = require('@asyncapi/specs/schemas/3.0.0.json') as AnySchema
    const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true, meta: false, validateSchema: false })
    expect(ajv.validate(specification, document), ajv.errorsText(ajv.errors)).toBe(true)
    expect(Object.keys(document.channels ?? {}).sort()).toEqual([...Object.keys(MESSAGES), 'image'].sort())
  })

  test('carries schemas by which a stranger accepts every valid example and refuses every invalid one', () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false })
    for (const [name, message] of Object.entries(MESSAGES)) {
      const { $id } = message.schema as { $id?: string }
      const schema = (document.components?.schemas as Record<string, AnySchema> | undefined)?.[String($id)]
      if (schema === undefined) throw new Error(`no schema for ${name}`)
      const validate = ajv.compile(schema)
      const examples = JSON.parse(
        readFileSync(join(import.meta.dirname, `../../schemas/examples/${name}.json`), 'utf8'),
      ) as { valid: { title: string; value: unknown }[]; invalid: { title: string; value: unknown }[] }
      for (const { title, value } of examples.valid) expect(validate(value), `${name}: ${title}`).toBe(true)
      for (const { title, value } of examples.invalid) expect(validate(value), `${name}: ${title}`).toBe(false)
    }
  })
})
