/** The command of a component's author: new, build, sign, show, keygen. */

import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { keyIdOf, readPrivateKey } from '@ocelli/schemas/signing'
import { buildComponent } from './build-component.ts'
import { interfacesOfComponent } from './interfaces.ts'
import { readNeeds, signStatement, stateComponent } from './sign.ts'

const TEMPLATES = join(import.meta.dirname, '..', 'templates')

const USAGE = `Usage: node wit/toolchain/component.ts <command>

  new <language> <folder>     copy a template; language: ${templates().join(', ')}
  build <folder>              compile, make a component, write the needs section
      --sign <key.pem>        sign it with an Ed25519 private key: <name>.wasm.sig.json
      --publisher <key id>    fail unless the key has this id
      --force                 compile even where no source changed
  show <file.wasm>            imports, exports and needs as JSON
  keygen <key.pem>            make an Ed25519 private key; prints its key id
`

/** A mistake of the person who typed: told in one line, exit code 2. */
class UsageError extends Error {}

async function main(argv: readonly string[]): Promise<void> {
  const { command, args, options } = parse(argv)
  switch (command) {
    case 'new':
      return makeNew(required(args[0], 'a language'), required(args[1], 'a folder'))
    case 'build':
      return build(required(args[0], 'a folder'), options)
    case 'show':
      return show(required(args[0], 'a file'))
    case 'keygen':
      return makeKey(required(args[0], 'a file'))
    case 'help':
      return void process.stdout.write(USAGE)
    default:
      throw new UsageError(command === undefined ? 'no command' : `unknown command ${command}`)
  }
}

interface Options {
  readonly sign?: string
  readonly publisher?: string
  readonly force?: boolean
}

function parse(argv: readonly string[]): { command: string | undefined; args: string[]; options: Options } {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        sign: { type: 'string' },
        publisher: { type: 'string' },
        force: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    })
    return { command: values.help === true ? 'help' : positionals[0], args: positionals.slice(1), options: values }
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

async function build(folder: string, options: Options): Promise<void> {
  // The key is read first: a wrong one must not cost a compilation.
  const key = options.sign === undefined ? undefined : readKeyFile(options.sign)
  if (options.publisher !== undefined && key === undefined) throw new UsageError('--publisher needs --sign')
  if (key !== undefined && options.publisher !== undefined && keyIdOf(key) !== options.publisher)
    throw new Error(`${options.sign} is the key ${keyIdOf(key)}, not ${options.publisher}`)
  const built = await buildComponent(folder, options)
  process.stderr.write(`${built.file} ${built.component.byteLength} bytes${built.rebuilt ? '' : ' (unchanged)'}\n`)
  if (key === undefined) return
  const statement = stateComponent(built.manifest.name, built.manifest.version, built.component)
  const signature = `${built.file}.sig.json`
  writeFileSync(signature, `${JSON.stringify(signStatement(statement, key), null, 2)}\n`)
  process.stderr.write(`${signature} by ${keyIdOf(key)}\n`)
}

function show(file: string): void {
  const component = readFileSync(file)
  const { imports, typeImports, exports } = interfacesOfComponent(component)
  const needs = readNeeds(component)
  process.stdout.write(`${JSON.stringify({ imports, typeImports, exports, needs }, null, 2)}\n`)
}

function makeKey(file: string): void {
  if (existsSync(file)) throw new Error(`${file} exists; a key is never overwritten`)
  const { privateKey } = generateKeyPairSync('ed25519')
  writeFileSync(file, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600, flag: 'wx' })
  process.stdout.write(`${keyIdOf(privateKey)}\n`)
}

function makeNew(language: string, folder: string): void {
  if (!templates().includes(language))
    throw new UsageError(`no template for ${language}; there are ${templates().join(', ')}`)
  if (existsSync(folder)) throw new Error(`${folder} exists already`)
  cpSync(join(TEMPLATES, language), folder, { recursive: true })
  const manifest = join(folder, 'component.json')
  const text = readFileSync(manifest, 'utf8')
  writeFileSync(manifest, text.replace(/"name": "[^"]*"/, `"name": ${JSON.stringify(basename(resolve(folder)))}`))
  process.stderr.write(`${folder} is there; next: node wit/toolchain/component.ts build ${folder}\n`)
}

function templates(): string[] {
  return readdirSync(TEMPLATES).sort()
}

function readKeyFile(file: string): KeyObject {
  try {
    return readPrivateKey(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new Error(`${file} is no Ed25519 private key in PEM: ${reason(error)}`, { cause: error })
  }
}

function required(value: string | undefined, what: string): string {
  if (value === undefined) throw new UsageError(`${what} is missing`)
  return value
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

try {
  await main(process.argv.slice(2))
} catch (error) {
  process.stderr.write(`component: ${reason(error)}\n`)
  if (error instanceof UsageError) process.stderr.write(`\n${USAGE}`)
  process.exitCode = error instanceof UsageError ? 2 : 1
}
