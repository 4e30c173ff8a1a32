/** Sample components and deployments in an installation, brought there by the CLI as a user would. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Installation } from './installation.ts'
import { buildSample } from './wit-build.ts'

const MANIFESTS = join(import.meta.dirname, '../../server/cli/up/samples')

/** Pushes components, signed with the installation's development publisher, and applies deployments by name. */
export async function pushAndApplySamples(
  installation: Installation,
  components: readonly string[],
  deployments: readonly string[],
): Promise<void> {
  for (const name of components) await pushSample(installation, name)
  for (const name of deployments) {
    const done = await installation.cli('apply', '-f', join(MANIFESTS, `${name}.yaml`))
    // Without a device it is placed nowhere: exit code 2 says so.
    if (done.code !== 0 && done.code !== 2) throw new Error(`apply ${name}: ${done.stderr}`)
  }
}

export async function pushSample(installation: Installation, name: string): Promise<void> {
  const built = await buildSample(name)
  const key = join(installation.dataDir, 'keys/publisher.key')
  const done = await installation.cli('push', built.file, '--as', `${name}@${built.manifest.version}`, '--key', key)
  if (done.code !== 0) throw new Error(`push ${name}: ${done.stderr}`)
}

export const sampleManifest = (name: string): string => readFileSync(join(MANIFESTS, `${name}.yaml`), 'utf8')
