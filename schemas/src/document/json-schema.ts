/** Every schema with a name, as JSON Schema 2020-12: what TypeBox builds is JSON Schema already. */

import { ComponentNeeds, ComponentStatement } from '../component.ts'
import { Envelope } from '../dsse.ts'
import { EnrolmentToken, EnrolRequest, EnrolResponse, RenewRequest, RenewResponse } from '../enrolment.ts'
import { AlertManifest } from '../manifest/alert.ts'
import { DeploymentManifest } from '../manifest/deployment.ts'
import { FleetManifest } from '../manifest/fleet.ts'
import { DesiredState } from '../messages/desired.ts'
import { MESSAGES } from '../messages/index.ts'
import { TrustDocument } from '../trust.ts'
import type { TSchema } from '../typebox.ts'

export type JsonSchema = Record<string, unknown>

const DOCUMENTS: readonly TSchema[] = [
  Envelope,
  DesiredState,
  ComponentStatement,
  ComponentNeeds,
  TrustDocument,
  EnrolmentToken,
  EnrolRequest,
  EnrolResponse,
  RenewRequest,
  RenewResponse,
  FleetManifest,
  DeploymentManifest,
  AlertManifest,
]

/** Name -> schema, in order of name. A schema's `$id` is its name. */
export function namedSchemas(): Record<string, JsonSchema> {
  const named = new Map<string, JsonSchema>()
  const messages = Object.values(MESSAGES).map((message): TSchema => message.schema)
  for (const schema of [...messages, ...DOCUMENTS]) {
    const plain = toJson(schema)
    named.set(String(plain.$id), plain)
  }
  return Object.fromEntries([...named].sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** The schema without TypeBox's own markers. */
export function toJson(schema: TSchema): JsonSchema {
  return JSON.parse(JSON.stringify(schema)) as JsonSchema
}

/** A nested copy: `$id` would start a new base for references inside another document. */
export function embedded(schema: JsonSchema): JsonSchema {
  const { $id: _, ...rest } = schema
  return JSON.parse(JSON.stringify(rest, (key, value) => (key === '$id' ? undefined : value))) as JsonSchema
}
