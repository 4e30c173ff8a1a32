/**
 * Where the control plane is and which token is used: `OCELLI_URL` and `OCELLI_TOKEN`, else the current context of the
 * user's configuration folder, which only its owner can read.
 */
import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { validator } from '@ocelli/schemas/message'
import { type Static, Type } from '@ocelli/schemas/typebox'
import { CliError } from './exit.ts'

const Context = Type.Object({ url: Type.String(), token: Type.String() })
export type Context = Static<typeof Context>

const ContextFile = Type.Object({ current: Type.String(), contexts: Type.Record(Type.String(), Context) })
type ContextFile = Static<typeof ContextFile>
const readContextFile = validator(ContextFile)

export function contextPath(environment: NodeJS.ProcessEnv = process.env): string {
  const base = environment.XDG_CONFIG_HOME || join(homedir(), '.config')
  return join(base, 'ocelli', 'contexts.json')
}

/** Throws CliError `auth.missing` where nobody logged in yet. */
export function currentContext(environment: NodeJS.ProcessEnv = process.env): Context {
  const file = load(contextPath(environment))
  const chosen = file?.contexts[environment.OCELLI_CONTEXT || file.current]
  const url = environment.OCELLI_URL || chosen?.url
  const token = environment.OCELLI_TOKEN || chosen?.token
  if (!url || !token) {
    throw new CliError('auth.missing', 'no control plane is known here', {
      next: 'ocelli up   (starts one)   or   ocelli login http://HOST:7070 --token TOKEN',
    })
  }
  return { url, token }
}

/** Adds or replaces a context and makes it the current one. The file is replaced whole, so a crash leaves the old one. */
export function saveContext(name: string, context: Context, environment: NodeJS.ProcessEnv = process.env): string {
  const path = contextPath(environment)
  const file: ContextFile = load(path) ?? { current: name, contexts: {} }
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const next = `${path}.${process.pid}.new`
  const text = JSON.stringify({ current: name, contexts: { ...file.contexts, [name]: context } }, null, 2)
  writeFileSync(next, `${text}\n`, { mode: 0o600 })
  chmodSync(next, 0o600)
  renameSync(next, path)
  return path
}

function load(path: string): ContextFile | undefined {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
  try {
    const read = readContextFile(JSON.parse(text))
    if (read.ok) return read.value
    throw new Error(read.message)
  } catch (cause) {
    throw new CliError(
      'flag.invalid',
      `${path} is damaged: ${cause instanceof Error ? cause.message : String(cause)}`,
      {
        next: `remove ${path}, then: ocelli login`,
      },
    )
  }
}
