/**
 * Writes `src/api/generated`: the types of the API client, from the OpenAPI document, and the manifest schemas that
 * the editor completes from. `--check` writes nothing and fails when a file there is stale.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import openapiTS, { astToString } from 'openapi-typescript'

const SCHEMAS = join(import.meta.dirname, '../../schemas/generated')
const FOLDER = join(import.meta.dirname, 'src/api/generated')
const KINDS = ['Fleet', 'Deployment', 'Alert']

const read = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'))

/** File name -> content. */
async function generatedFiles(): Promise<ReadonlyMap<string, string>> {
  const nodes = await openapiTS(readFileSync(join(SCHEMAS, 'openapi.json'), 'utf8'))
  const manifests = KINDS.map((kind) => [kind, read(join(SCHEMAS, 'json-schema', `${kind}Manifest.json`))] as const)
  return new Map([
    ['schema.ts', `/** Generated from the OpenAPI document by \`npm run generate\`. */\n${astToString(nodes)}`],
    ['manifests.json', `${JSON.stringify(Object.fromEntries(manifests))}\n`],
  ])
}

let stale = 0
for (const [name, text] of await generatedFiles()) {
  const file = join(FOLDER, name)
  if (existsSync(file) && readFileSync(file, 'utf8') === text) continue
  stale++
  if (process.argv.includes('--check')) console.error(`server/console/src/api/generated/${name} is stale`)
  else {
    mkdirSync(FOLDER, { recursive: true })
    writeFileSync(file, text)
  }
}
if (stale > 0 && process.argv.includes('--check')) {
  console.error('Run: npm run generate')
  process.exit(1)
}
