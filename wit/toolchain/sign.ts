/** The signature of a component: a DSSE envelope with Ed25519 over name, version, digest, size, imports, exports and needs. */
import { createHash, type KeyObject } from 'node:crypto'
import {
  type ComponentNeeds,
  type ComponentStatement,
  NEEDS_SECTION,
  readComponentNeeds,
  readComponentStatement,
} from '@ocelli/schemas/component'
import { type Envelope, PAYLOAD_TYPES } from '@ocelli/schemas/dsse'
import { type Digest, parseDigest } from '@ocelli/schemas/ids'
import { keyIdOf, signEnvelope, verifyEnvelope } from '@ocelli/schemas/signing'
import { interfacesOfComponent } from './interfaces.ts'
import { customSection } from './wasm-sections.ts'

/** What is signed about a component's bytes. Throws where they are no component or their needs section is wrong. */
export function stateComponent(name: string, version: string, component: Uint8Array): ComponentStatement {
  const { imports, exports } = interfacesOfComponent(component)
  return {
    name,
    version,
    digest: digestOf(component),
    sizeBytes: component.byteLength,
    imports: [...imports],
    exports: [...exports],
    needs: readNeeds(component),
  }
}

/** Signs a statement with an Ed25519 private key. */
export function signStatement(statement: ComponentStatement, privateKey: KeyObject): Envelope {
  return signEnvelope(PAYLOAD_TYPES.component, Buffer.from(JSON.stringify(statement)), privateKey)
}

/** The statement of an envelope whose signature by `publicKey` holds for these component bytes, else why not. */
export function verifyStatement(
  envelope: Envelope,
  publicKey: KeyObject,
  component: Uint8Array,
): { ok: true; statement: ComponentStatement } | { ok: false; reason: string } {
  const verified = verifyEnvelope(envelope, PAYLOAD_TYPES.component, [publicKey])
  if (!verified.ok) return { ok: false, reason: `${keyIdOf(publicKey)}: ${verified.reason}` }
  const statement = readComponentStatement(JSON.parse(Buffer.from(verified.payload).toString('utf8')))
  if (!statement.ok) return { ok: false, reason: statement.message }
  const digest = digestOf(component)
  if (statement.value.digest !== digest)
    return { ok: false, reason: `signed for ${statement.value.digest}, the component is ${digest}` }
  return { ok: true, statement: statement.value }
}

/** The needs section of a component; no section is no need. Throws where its content is wrong. */
export function readNeeds(component: Uint8Array): ComponentNeeds {
  const content = customSection(component, NEEDS_SECTION)
  if (content === undefined) return {}
  const needs = readComponentNeeds(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(content)))
  if (!needs.ok) throw new Error(`custom section ${NEEDS_SECTION}: ${needs.message}`)
  return needs.value
}

function digestOf(bytes: Uint8Array): Digest {
  const digest = parseDigest(`sha256:${createHash('sha256').update(bytes).digest('hex')}`)
  if (digest === undefined) throw new Error('the form of digests has changed in the schemas')
  return digest
}
