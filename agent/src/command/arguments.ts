/** What was asked on the command line, read once. */
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { OcelliError } from '@ocelli/schemas/errors'
import { parseCamera } from '../imager/camera-source.ts'

export type Request =
  | { readonly do: 'help' }
  | { readonly do: 'version' }
  | {
      readonly do: 'join'
      readonly dataDir: string
      readonly token: string
      readonly name: string | undefined
      readonly labels: Readonly<Record<string, string>>
      readonly cameras: readonly string[]
    }
  | {
      readonly do: 'run'
      readonly dataDir: string
      readonly cameras: readonly string[]
      readonly verbose: boolean
      /** Most bytes of records held; the agent's default where absent. */
      readonly outboxBytes: number | undefined
      readonly nodeCommand: readonly string[] | undefined
    }
  | { readonly do: 'status'; readonly dataDir: string; readonly json: boolean }
  | { readonly do: 'reset'; readonly dataDir: string; readonly yes: boolean }

/** Room for a few records of usual size. */
const MIN_OUTBOX_BYTES = 4096

export const HELP = `ocelli-agent: runs what an Ocelli server places on this device

Usage:
  ocelli-agent join TOKEN [--name NAME] [--label KEY=VALUE]... [--camera CAMERA]...
                          make this machine a device; TOKEN comes from "ocelli enroll"
  ocelli-agent run        connect, and run what is placed here, until it is stopped
  ocelli-agent status     what this device runs (needs a running agent) [--json]
  ocelli-agent reset --yes
                          forget identity, components and undelivered records
  ocelli-agent version

Options:
  --data-dir DIR          where the device keeps everything (default: $OCELLI_AGENT_DATA,
                          $STATE_DIRECTORY, else ~/.local/share/ocelli-agent)
  --camera CAMERA         file:/path/recording.avi, rtsp://host/stream or /dev/video0; with "join" it is
                          kept in DIR/cameras.json, with "run" it counts for this run; again for more.
                          Cameras that the kernel announces (/dev/video*) are found without it.
  --outbox-bytes N        with "run": most bytes of records kept while the server cannot be reached
                          (default: 67108864, at least ${MIN_OUTBOX_BYTES}); above it the oldest go, measurements
                          first and events last, and a record says which
  --verbose               with "run": say more
  --help

Environment:
  OCELLI_AGENT_DATA       as --data-dir
  OCELLI_AGENT_NODE       words that start Node for the transpiler, where the agent itself is emulated

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 not joined or already joined, 4 the server was not believed
`

const OPTIONS = {
  'data-dir': { type: 'string' },
  name: { type: 'string' },
  label: { type: 'string', multiple: true },
  camera: { type: 'string', multiple: true },
  json: { type: 'boolean' },
  yes: { type: 'boolean' },
  'outbox-bytes': { type: 'string' },
  verbose: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
} as const

/** Throws `flag.invalid` where the command line is not understood. */
export function readArguments(argv: readonly string[], environment: NodeJS.ProcessEnv): Request {
  const { values, positionals } = parse(argv)
  const [command, ...rest] = positionals
  if (values.help || command === 'help') return { do: 'help' }
  if (values.version || command === 'version') return { do: 'version' }
  const dataDir = resolve(
    values['data-dir'] ?? environment.OCELLI_AGENT_DATA ?? environment.STATE_DIRECTORY ?? homeFolder(),
  )
  const cameras = values.camera ?? []
  for (const camera of cameras) parseCamera(camera)
  if (command === 'join') {
    const [token] = rest
    if (token === undefined || rest.length > 1) throw wrong('join takes one argument: the token from "ocelli enroll"')
    return { do: 'join', dataDir, token, name: values.name, labels: readLabels(values.label ?? []), cameras }
  }
  if (rest.length > 0) throw wrong(`"${rest.join(' ')}" is one argument too many`)
  if (command === 'run') {
    const nodeCommand = environment.OCELLI_AGENT_NODE?.split(' ')
    const outboxBytes = readOutboxBytes(values['outbox-bytes'])
    return { do: 'run', dataDir, cameras, verbose: values.verbose ?? false, outboxBytes, nodeCommand }
  }
  if (command === 'status') return { do: 'status', dataDir, json: values.json ?? false }
  if (command === 'reset') return { do: 'reset', dataDir, yes: values.yes ?? false }
  throw wrong(command === undefined ? 'a command is needed' : `there is no command "${command}"`)
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true })
  } catch (cause) {
    throw wrong(cause instanceof Error ? cause.message : String(cause))
  }
}

function readLabels(texts: readonly string[]): Record<string, string> {
  const labels: Record<string, string> = {}
  for (const text of texts) {
    const at = text.indexOf('=')
    if (at < 1) throw wrong(`--label ${text} is not of the form key=value`)
    labels[text.slice(0, at)] = text.slice(at + 1)
  }
  return labels
}

function readOutboxBytes(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const bytes = /^\d+$/.test(text) ? Number(text) : Number.NaN
  if (Number.isSafeInteger(bytes) && bytes >= MIN_OUTBOX_BYTES) return bytes
  throw wrong(`--outbox-bytes ${text} is no whole number from ${MIN_OUTBOX_BYTES} on`)
}

const homeFolder = (): string => join(homedir(), '.local', 'share', 'ocelli-agent')
const wrong = (message: string): OcelliError => new OcelliError('flag.invalid', message)
