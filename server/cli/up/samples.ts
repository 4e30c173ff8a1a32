/** What `ocelli up` brings along: sample components, signed with the development key, and deployments of them. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ApplyResponse } from '@ocelli/schemas/api/change'
import type { ComponentInfo } from '@ocelli/schemas/api/component'
import type { DeploymentSummary } from '@ocelli/schemas/api/deployment'
import { validator } from '@ocelli/schemas/message'
import { Type } from '@ocelli/schemas/typebox'
import type { Client } from '../client.ts'
import { privateKeyOf, pushComponent, signComponent } from '../commands/component.ts'
import { CliError } from '../exit.ts'

const COMPONENTS = join(import.meta.dirname, '../../../wit/components')
const DEPLOYMENTS = join(import.meta.dirname, 'samples')

const readManifest = validator(Type.Object({ name: Type.String(), version: Type.String() }))

/** Pushes the sample components that are not in the catalogue yet. Reports each by name. */
export async function pushSamples(
  client: Client,
  publisherKeyFile: string,
  report: (text: string) => void,
): Promise<void> {
  const { items } = await client.get<{ items: ComponentInfo[] }>('/components')
  const present = new Set(items.map((item) => `${item.name}@${item.version}`))
  const key = privateKeyOf(publisherKeyFile)
  for (const folder of readdirSync(COMPONENTS)) {
    const read = readManifest(JSON.parse(readFileSync(join(COMPONENTS, folder, 'component.json'), 'utf8')))
    if (!read.ok) throw new Error(`${folder}/component.json: ${read.message}`)
    const { name, version } = read.value
    if (present.has(`${name}@${version}`)) continue
    const file = join(COMPONENTS, folder, 'dist', `${name}.wasm`)
    if (!existsSync(file)) {
      throw new CliError('component.unknown', `${file} is not built`, { next: 'npm run build:components' })
    }
    const component = new Uint8Array(readFileSync(file))
    await pushComponent(client, component, await signComponent(client, component, name, version, key))
    report(`pushed ${name}@${version}`)
  }
}

/**
 * Applies each sample deployment once in the life of a data directory, so that an edited or deleted one stays as a
 * person left it. `noted` names those applied before; it is written after each, so a crash applies one again at most.
 */
export async function applySamples(client: Client, noted: string, report: (text: string) => void): Promise<void> {
  const { items } = await client.get<{ items: DeploymentSummary[] }>('/deployments')
  const done = new Set([...items.map((item) => item.name), ...readNames(noted)])
  for (const file of readdirSync(DEPLOYMENTS).sort()) {
    const name = file.replace(/\.yaml$/, '')
    if (done.has(name)) continue
    const manifests = readFileSync(join(DEPLOYMENTS, file), 'utf8')
    await client.post<ApplyResponse>('/apply', { body: { manifests } })
    done.add(name)
    writeFileSync(noted, `${[...done].join('\n')}\n`)
    report(`applied deployment ${name}`)
  }
}

function readNames(file: string): string[] {
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []
}
