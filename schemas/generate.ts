/**
 * Writes `schemas/generated`: JSON Schemas, AsyncAPI 3 and OpenAPI 3.1. `--check` writes nothing and fails when a
 * file there is stale.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { asyncApi, type Examples } from './src/document/asyncapi.ts'
import { namedSchemas } from './src/document/json-schema.ts'
import { openApi } from './src/document/openapi.ts'

const root = import.meta.dirname
const version = (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version

/** Relative path -> content of every generated file. */
export function generatedFiles(): ReadonlyMap<string, string> {
  const files = new Map<string, string>()
  const put = (path: string, value: unknown) => files.set(path, `${JSON.stringify(value, null, 2)}\n`)
  for (const [name, schema] of Object.entries(namedSchemas())) {
    put(`json-schema/${name}.json`, { $schema: 'https://json-schema.org/draft/2020-12/schema', ...schema })
  }
  put('asyncapi.json', asyncApi(version, readExamples()))
  put('openapi.json', openApi(version))
  return files
}

/** Files that are missing, different or no longer generated, as relative paths. */
export function staleFiles(): readonly string[] {
  const wanted = generatedFiles()
  const folder = join(root, 'generated')
  const present = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
  const gone = present.filter((path) => !wanted.has(path))
  const changed = [...wanted].filter(([path, text]) => readText(join(folder, path)) !== text).map(([path]) => path)
  return [...gone, ...changed].sort()
}

function readExamples(): Examples {
  const folder = join(root, 'examples')
  const entries = readdirSync(folder).map((file) => {
    const content = JSON.parse(readFileSync(join(folder, file), 'utf8')) as { valid: Examples[string] }
    return [file.replace(/\.json$/, ''), content.valid] as const
  })
  return Object.fromEntries(entries)
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

if (import.meta.main) {
  if (process.argv.includes('--check')) {
    const stale = staleFiles()
    if (stale.length > 0) {
      console.error(`schemas/generated is stale: ${stale.join(', ')}. Run: npm run generate`)
      process.exit(1)
    }
  } else {
    for (const [path, text] of generatedFiles()) {
      const file = join(root, 'generated', path)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, text)
    }
  }
}
