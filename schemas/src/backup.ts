/**
 * The file of a backup: lines of JSON. A header, the rows of each table in the header's order, the key files if any, and
 * a closing line with the SHA-256 of all bytes before it. A row is an object of column values as the database writes them.
 */

import { validator } from './message.ts'
import { type Static, Type } from './typebox.ts'
import { WallMs, Whole } from './units.ts'

export const BACKUP_FORMAT = 'ocelli-backup'
/** Raised with each change that an older reader would misread. */
export const BACKUP_VERSION = 1

const Name = Type.String({ pattern: '^[a-z_][a-z0-9_]{0,62}$' })
const Number64 = Type.String({ pattern: '^-?[0-9]{1,19}$' })

export const BackupHeader = Type.Object({
  format: Type.Literal(BACKUP_FORMAT),
  version: Whole('Version of the format', 1),
  server: Type.String({ description: 'Version of the server that made it' }),
  schema: Type.Array(Whole('Number of a migration', 1), {
    description: 'Migrations that the tables have been through',
  }),
  epoch: Whole('Epoch of generations'),
  createdAtMs: WallMs('Moment that the rows belong to'),
  newestTransaction: Type.Optional(Number64),
  sequences: Type.Array(Type.Object({ name: Name, value: Number64 })),
  partitions: Type.Array(Type.Object({ name: Name, parent: Name, from: Number64, to: Number64 })),
  tables: Type.Array(Type.Object({ name: Name, rows: Whole('Rows of this table') })),
  keys: Type.Array(Type.String(), { description: 'Names of the key files that follow the rows' }),
})
export type BackupHeader = Static<typeof BackupHeader>
export const readBackupHeader = validator(BackupHeader)

/** A key file: who has it opens the authority's secrets. */
export const BackupKey = Type.Object({ key: Type.String(), text: Type.String() })
export const readBackupKey = validator(BackupKey)

export const BackupEnd = Type.Object({
  end: Type.Literal(BACKUP_FORMAT),
  sha256: Type.String({ pattern: '^[0-9a-f]{64}$', description: 'Of all bytes before this line' }),
})
export type BackupEnd = Static<typeof BackupEnd>
export const readBackupEnd = validator(BackupEnd)

/** Lines between the header and the closing line. */
export function linesOf({ tables, keys }: BackupHeader): number {
  return tables.reduce((sum, { rows }) => sum + rows, 0) + keys.length
}
