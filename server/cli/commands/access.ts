/** `token` and `trust`: who may ask, and whose components devices believe. */
import { createPublicKey, type KeyObject } from 'node:crypto'
import type { CreateAccessToken, CreatedAccessToken } from '@ocelli/schemas/api/access'
import { ROLES } from '@ocelli/schemas/api/access'
import type { CreatedProject, CreateProject } from '@ocelli/schemas/api/project'
import type { TrustInfo } from '@ocelli/schemas/api/trust'
import { PAYLOAD_TYPES } from '@ocelli/schemas/dsse'
import { keyIdOf, publicKeyDer, signEnvelope } from '@ocelli/schemas/signing'
import type { TrustDocument } from '@ocelli/schemas/trust'
import { type Command, Option } from 'commander'
import { collect, durationMs, readInput, wholeNumber } from '../arguments.ts'
import { Client } from '../client.ts'
import { usageError } from '../exit.ts'
import { type Format, formatOption, note, print, printOne } from '../format/output.ts'
import { privateKeyOf } from './component.ts'

export function addAccess(program: Command): void {
  const token = program.command('token').summary('make access tokens for people and machines')
  token
    .command('create')
    .summary('make an access token; it is shown once')
    .argument('<name>', 'whose or what for')
    .addOption(new Option('--role <role>', 'what it allows').choices(ROLES).default('viewer'))
    .option('--expires <duration>', 'how long it is valid, as in 30d; for good where absent')
    .addOption(formatOption())
    .action(async (name: string, options: { role: CreateAccessToken['role']; expires?: string; output: Format }) => {
      const body: CreateAccessToken = {
        name,
        role: options.role,
        ...(options.expires === undefined ? {} : { expiresInMs: durationMs(options.expires) }),
      }
      const made = await Client.fromEnvironment().post<CreatedAccessToken>('/access-tokens', { body })
      printOne(options.output, made, made.id, (value) => value.token)
      note(`This token is shown once. List: ocelli get access-tokens. Revoke: ocelli delete access-token ${made.id}`)
    })

  const project = program.command('project').summary('make projects: tenants with devices and tokens of their own')
  project
    .command('create')
    .summary('make a project; the token of its administrator is shown once')
    .argument('<name>', 'lower case letters, digits and hyphens')
    .addOption(formatOption())
    .action(async (name: string, options: { output: Format }) => {
      const client = Client.fromEnvironment()
      const made = await client.post<CreatedProject>('/projects', {
        body: { name } satisfies Record<keyof CreateProject, string>,
      })
      printOne(options.output, made, made.name, (value) => value.administrator.token)
      note(
        `This token is shown once. Work in ${name}: ocelli login ${client.context.url} --token TOKEN --context ${name}`,
      )
    })

  const trust = program.command('trust').summary('show and change whose components devices believe')
  trust
    .command('show')
    .summary('show the trust document in force')
    .addOption(formatOption())
    .action(async (options: { output: Format }) => {
      const info = await Client.fromEnvironment().get<TrustInfo>('/trust')
      printOne(options.output, info, String(info.document.version), trustText)
    })
  trust
    .command('add-publisher')
    .summary('let a publisher push components; signed here with the operator root key')
    .argument('<id>', 'name of the publisher')
    .requiredOption('--key <file>', "the publisher's public or private key (Ed25519, PEM)")
    .requiredOption('--names <pattern>', 'component names it may publish, as in people-* (repeatable)', collect)
    .requiredOption('--operator-key <file>', 'the operator root key (Ed25519, PEM); it never leaves this machine')
    .addOption(documentVersion())
    .action(async (id: string, options: TrustOptions & { key: string; names: readonly string[] }) => {
      const key = readPublicHalf(options.key)
      const publicKey = Buffer.from(publicKeyDer(key)).toString('base64')
      await changeTrust(options, (document) => ({
        ...document,
        publishers: [
          ...document.publishers.filter((publisher) => publisher.id !== id),
          { id, keyId: keyIdOf(key), publicKey, names: [...options.names] },
        ],
      }))
    })
  trust
    .command('remove-publisher')
    .summary('believe a publisher no longer')
    .argument('<id>', 'name of the publisher')
    .requiredOption('--operator-key <file>', 'the operator root key (Ed25519, PEM)')
    .addOption(documentVersion())
    .action(async (id: string, options: TrustOptions) => {
      await changeTrust(options, (document) => ({
        ...document,
        publishers: document.publishers.filter((publisher) => publisher.id !== id),
      }))
    })
}

interface TrustOptions {
  readonly operatorKey: string
  readonly documentVersion?: string
}

function documentVersion(): Option {
  const text = 'version of the new document, instead of the next one: above the one that devices hold, after a restore'
  return new Option('--document-version <n>', text)
}

async function changeTrust(
  { operatorKey, documentVersion: wanted }: TrustOptions,
  edit: (document: TrustDocument) => TrustDocument,
): Promise<void> {
  const client = Client.fromEnvironment()
  const { document } = await client.get<TrustInfo>('/trust')
  const version = wanted === undefined ? document.version + 1 : wholeNumber(wanted)
  const next = { ...edit(document), version, issuedAtMs: Date.now() }
  const envelope = signEnvelope(PAYLOAD_TYPES.trust, Buffer.from(JSON.stringify(next)), privateKeyOf(operatorKey))
  const info = await client.put<TrustInfo>('/trust', { body: envelope })
  print(trustText(info))
}

function readPublicHalf(path: string): KeyObject {
  try {
    const key = createPublicKey(readInput(path))
    if (key.asymmetricKeyType === 'ed25519') return key
  } catch (cause) {
    throw usageError(`${path} holds no key: ${cause instanceof Error ? cause.message : String(cause)}`)
  }
  throw usageError(`${path} holds no Ed25519 key`, 'openssl genpkey -algorithm ed25519 -out publisher.key')
}

function trustText({ document, operatorKey }: TrustInfo): string {
  return [
    `trust document ${document.version}${document.development ? '   DEVELOPMENT: the operator root key lies beside the server' : ''}`,
    `  signed by the operator root key ${operatorKey.keyId}`,
    '  publishers:',
    ...document.publishers.map((publisher) => `    ${publisher.id}  ${publisher.names.join(', ')}  ${publisher.keyId}`),
    '  keys that sign desired state:',
    ...document.servers.map((server) => `    ${server.keyId}`),
  ].join('\n')
}
