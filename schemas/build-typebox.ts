/** Bundles what Ocelli uses of TypeBox into one module; `npm install` runs it. */
import { join } from 'node:path'
import { build } from 'esbuild'

await build({
  entryPoints: [join(import.meta.dirname, 'src/typebox-modules.ts')],
  outfile: join(import.meta.dirname, 'dist/typebox.js'),
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  logLevel: 'warning',
})
