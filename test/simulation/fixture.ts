/**
 * What every simulation starts from, made once in the real world: sample components built and transpiled, keys, the
 * signed trust document. Inside the simulation nothing of it is awaited.
 */
import { generateKeyPairSync } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createCodeCache } from '@ocelli/agent/runtime/code/code-cache'
import { type CodeLibrary, createCodeLibrary } from '@ocelli/agent/runtime/code/code-library'
import { createChildTranspiler } from '@ocelli/agent/runtime/code/transpiler'
import { sourceEntryPoints } from '@ocelli/agent/runtime/entry-points'
import type { ComponentStatement } from '@ocelli/schemas/component'
import { type Envelope, PAYLOAD_TYPES } from '@ocelli/schemas/dsse'
import type { Digest, ProjectId } from '@ocelli/schemas/ids'
import { keyIdOf, publicKeyDer, signEnvelope } from '@ocelli/schemas/signing'
import type { TrustDocument } from '@ocelli/schemas/trust'
import type { ComponentRow } from '@ocelli/server/domain/records'
import type { Signer } from '@ocelli/server/ports'
import { readComponentTypes } from '../../wit/toolchain/component-types.ts'
import { digestOf } from '../support/agent-documents.ts'
import { buildSample } from '../support/wit-build.ts'

export const PROJECT = 'default' as ProjectId
const SAMPLES = ['motion', 'blob-detector', 'people-count'] as const

export interface Fixture {
  readonly code: CodeLibrary
  readonly components: readonly { readonly row: ComponentRow; readonly artifacts: ReadonlyMap<Digest, Uint8Array> }[]
  readonly trust: Envelope
  /** SPKI DER in base64. */
  readonly operatorKey: string
  readonly signer: Signer
  close(): Promise<void>
}

export async function makeFixture(): Promise<Fixture> {
  const operator = generateKeyPairSync('ed25519').privateKey
  const publisher = generateKeyPairSync('ed25519').privateKey
  const server = generateKeyPairSync('ed25519').privateKey
  const base64 = (key: typeof operator) => Buffer.from(publicKeyDer(key)).toString('base64')

  const cache = createCodeCache(join(tmpdir(), 'ocelli-simulation-code'))
  const code = createCodeLibrary(createChildTranspiler({ entryPoints: sourceEntryPoints() }), cache)
  const components = []
  for (const name of SAMPLES) {
    const built = await buildSample(name)
    const digest = digestOf(built.component)
    await code.prepare(digest, built.component)
    components.push(
      catalogued(built.component, digest, { ...built.manifest, needs: built.manifest.needs ?? {} }, publisher),
    )
  }

  const trust: TrustDocument = {
    project: PROJECT,
    version: 1,
    issuedAtMs: Date.UTC(2026, 0, 1),
    development: true,
    publishers: [{ id: 'simulation', keyId: keyIdOf(publisher), publicKey: base64(publisher), names: ['*'] }],
    servers: [{ keyId: keyIdOf(server), publicKey: base64(server) }],
  }
  return {
    code,
    components,
    trust: signEnvelope(PAYLOAD_TYPES.trust, Buffer.from(JSON.stringify(trust)), operator),
    operatorKey: base64(operator),
    signer: { sign: (payloadType, payload) => signEnvelope(payloadType, payload, server) },
    close: () => code.close(),
  }
}

function catalogued(
  wasm: Uint8Array,
  digest: Digest,
  manifest: { readonly name: string; readonly version: string; readonly needs: ComponentStatement['needs'] },
  publisher: Parameters<typeof signEnvelope>[2],
): Fixture['components'][number] {
  const types = readComponentTypes(wasm)
  const statement: ComponentStatement = {
    name: manifest.name,
    version: manifest.version,
    digest,
    sizeBytes: wasm.byteLength,
    imports: types.imports.filter((item) => item.functions.length > 0).map((item) => item.name),
    exports: [...types.exports],
    needs: manifest.needs,
  }
  const envelope = signEnvelope(PAYLOAD_TYPES.component, Buffer.from(JSON.stringify(statement)), publisher)
  const signatureBytes = Buffer.from(JSON.stringify(envelope))
  const signature = digestOf(signatureBytes)
  return {
    row: { ...statement, signature, project: PROJECT, publisher: 'simulation', wit: '', pushedAtMs: 0 },
    artifacts: new Map([
      [digest, wasm],
      [signature, signatureBytes],
    ]),
  }
}
