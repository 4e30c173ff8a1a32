/** `inspect` and `push`: what a component asks for, and bringing it into the catalogue. */
import type { KeyObject } from 'node:crypto'
import { existsSync } from 'node:fs'
import { type Inspection, type PushedComponent, SIGNATURE_HEADER } from '@ocelli/schemas/api/component'
import { type ComponentStatement, readComponentStatement } from '@ocelli/schemas/component'
import { Envelope, PAYLOAD_TYPES } from '@ocelli/schemas/dsse'
import { validator } from '@ocelli/schemas/message'
import { readPrivateKey, signEnvelope } from '@ocelli/schemas/signing'
import type { Command } from 'commander'
import { readInput } from '../arguments.ts'
import { Client } from '../client.ts'
import { CliError, usageError } from '../exit.ts'
import { type Format, formatOption, print, printOne } from '../format/output.ts'
import { decisionLines } from '../format/plan.ts'
import { table } from '../format/table.ts'
import { bytes, plural } from '../format/text.ts'

export function addComponent(program: Command): void {
  program
    .command('inspect')
    .summary('show what a component needs and who could run it; nothing is stored')
    .argument('<file>', 'a component, .wasm')
    .option('--wit', 'print its world as WIT')
    .addOption(formatOption())
    .action(async (file: string, options: { wit?: boolean; output: Format }) => {
      const body = new Uint8Array(readInput(file))
      const found = await Client.fromEnvironment().post<Inspection>('/inspect', { body })
      if (options.wit) print(found.wit)
      else printOne(options.output, found, found.digest, inspectionText)
    })

  program
    .command('push')
    .summary('add a component version to the catalogue')
    .description(
      'Takes the signature from FILE.sig.json where it exists (written by the component toolchain); otherwise signs here with --key. Devices check the same signature again.',
    )
    .argument('<file>', 'a component, .wasm')
    .option('--as <name@version>', 'name and version to sign')
    .option('--key <file>', "the publisher's private key (Ed25519, PEM)")
    .addOption(formatOption())
    .action(async (file: string, options: { as?: string; key?: string; output: Format }) => {
      const client = Client.fromEnvironment()
      const component = new Uint8Array(readInput(file))
      const signed = await signatureOf(client, file, component, options)
      const pushed = await pushComponent(client, component, signed)
      const name = `${pushed.component.name}@${pushed.component.version}`
      printOne(options.output, pushed, name, () =>
        pushed.outcome === 'same'
          ? `${name} was there already, with the same bytes`
          : `${name} (${bytes(pushed.component.sizeBytes)}) by ${pushed.component.publisher}`,
      )
    })
}

export interface SignedStatement {
  readonly statement: ComponentStatement
  readonly envelope: Envelope
}

export function pushComponent(
  client: Client,
  component: Uint8Array,
  signed: SignedStatement,
): Promise<PushedComponent> {
  const { name, version } = signed.statement
  return client.put<PushedComponent>(`/components/${name}/${version}`, {
    body: component,
    headers: { [SIGNATURE_HEADER]: Buffer.from(JSON.stringify(signed.envelope)).toString('base64') },
  })
}

/** Asks the server what the component imports, so that the statement says what admission will read. */
export async function signComponent(
  client: Client,
  component: Uint8Array,
  name: string,
  version: string,
  key: KeyObject,
): Promise<SignedStatement> {
  const read = await client.post<Inspection>('/inspect', { body: component })
  const statement: ComponentStatement = {
    name,
    version,
    digest: read.digest,
    sizeBytes: read.sizeBytes,
    imports: read.imports,
    exports: read.exports,
    needs: read.needs,
  }
  const envelope = signEnvelope(PAYLOAD_TYPES.component, Buffer.from(JSON.stringify(statement)), key)
  return { statement, envelope }
}

const readEnvelope = validator(Envelope)

async function signatureOf(
  client: Client,
  file: string,
  component: Uint8Array,
  options: { readonly as?: string; readonly key?: string },
): Promise<SignedStatement> {
  const beside = `${file}.sig.json`
  if (options.key === undefined && existsSync(beside)) return readSignature(beside)
  const [name, version] = (options.as ?? '').split('@')
  if (options.key === undefined || !name || !version) {
    throw usageError(
      `there is no ${beside}, so the component must be signed here`,
      `ocelli push ${file} --as NAME@1.0.0 --key publisher.key`,
    )
  }
  return signComponent(client, component, name, version, privateKeyOf(options.key))
}

function readSignature(path: string): SignedStatement {
  const bad = (why: string) => new CliError('trust.signature', `${path} is no component signature: ${why}`)
  try {
    const envelope = readEnvelope(JSON.parse(readInput(path).toString('utf8')))
    if (!envelope.ok) throw bad(envelope.message)
    const statement = readComponentStatement(JSON.parse(Buffer.from(envelope.value.payload, 'base64').toString('utf8')))
    if (!statement.ok) throw bad(statement.message)
    return { statement: statement.value, envelope: envelope.value }
  } catch (cause) {
    throw cause instanceof CliError ? cause : bad(cause instanceof Error ? cause.message : String(cause))
  }
}

export function privateKeyOf(path: string): KeyObject {
  const pem = readInput(path).toString('utf8')
  try {
    return readPrivateKey(pem)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw usageError(
      `${path} holds no Ed25519 private key: ${why}`,
      'openssl genpkey -algorithm ed25519 -out publisher.key',
    )
  }
}

function inspectionText(found: Inspection): string {
  const { imager, memoryBytes } = found.needs
  const lines = [
    `${found.digest}  ${bytes(found.sizeBytes)}`,
    `exports  ${found.exports.join(', ') || 'nothing'}`,
    ...(found.typeImports.length > 0
      ? [`types    ${found.typeImports.join(', ')}   (no need: only types are used)`]
      : []),
    ...(imager ? [`imager   ${JSON.stringify(imager)}`] : []),
    ...(memoryBytes === undefined ? [] : [`memory   ${bytes(memoryBytes)}`]),
    '',
  ]
  if (found.fit.requirements.length === 0) lines.push('It imports nothing that a device would have to offer.')
  else {
    lines.push(
      table(found.fit.requirements, [
        { title: 'NEEDS', value: (row) => row.interface },
        { title: 'GRANT', value: (row) => row.grant },
        { title: 'DEVICES', value: (row) => row.devices, align: 'right' },
        { title: 'OFFERED', value: (row) => row.offered.join(', ') },
        { title: 'PROVIDERS', value: (row) => row.providers.join(', ') },
      ]),
    )
  }
  lines.push(
    '',
    `Alone, and granted all it asks for, it would be (of ${plural(found.fit.decisions.length, 'device')}):`,
  )
  lines.push(...decisionLines(found.fit.decisions, [], '  '))
  return lines.join('\n')
}
