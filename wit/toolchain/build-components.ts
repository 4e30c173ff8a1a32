/** Builds every sample component that changed: `npm run build:components`. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { buildComponent } from './build-component.ts'

/** Where the sample components lie. */
export const COMPONENTS_FOLDER = join(import.meta.dirname, '..', 'components')

/** The folders of all sample components. */
export function sampleFolders(): string[] {
  return readdirSync(COMPONENTS_FOLDER, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(COMPONENTS_FOLDER, entry.name))
    .sort()
}

if (import.meta.main) {
  try {
    for (const folder of sampleFolders()) {
      const { manifest, component, rebuilt } = await buildComponent(folder)
      const size = `${(component.byteLength / 1024).toFixed(1)} KiB`
      process.stderr.write(`${manifest.name}@${manifest.version} ${size}${rebuilt ? '' : ' (unchanged)'}\n`)
    }
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 1
  }
}
