/** Parts that several requests and answers have alike. */
import { type TSchema, type TUnsafe, Type } from '../typebox.ts'

export const closed = { additionalProperties: false } as const

/** One of these texts and no other: the API's enumerations are closed, unlike those of the wire. */
export const OneOf = <const V extends readonly string[]>(values: V, description?: string): TUnsafe<V[number]> =>
  Type.Unsafe<V[number]>(
    Type.Union(
      values.map((value) => Type.Literal(value)),
      description === undefined ? {} : { description },
    ),
  )

/** A list answer. `next` is the value for `after` that continues it; absent at the end. */
export const listOf = <S extends TSchema>(item: S, description: string) =>
  Type.Object(
    {
      items: Type.Array(item),
      next: Type.Optional(Type.String({ description: 'Value for `after` that continues the list; absent at its end' })),
    },
    { description },
  )

/** A query value that may be given several times or once; it is always read as a list. */
export const several = <S extends TSchema>(item: S, description: string) =>
  Type.Array(item, { maxItems: 64, description: `${description}; may be given several times` })

export const Limit = (maximum: number, description = 'Most items answered') =>
  Type.Integer({ minimum: 1, maximum, description })

/** Device by id or by name. */
export const DeviceKey = Type.String({ minLength: 1, maxLength: 64, description: 'Id or name of the device' })
export const DeviceParams = Type.Object({ device: DeviceKey }, closed)

const LabelKey = Type.String({
  pattern: '^[A-Za-z][A-Za-z0-9_.-]{0,62}$',
  description: 'Letters, digits, `_`, `.` and `-`; starts with a letter',
})
/** Labels to give to something new. */
export const Labels = Type.Record(LabelKey, Type.String({ maxLength: 256 }), { ...closed, maxProperties: 64 })
/** Labels to change: `null` removes one, absent ones stay. */
export const LabelEdits = Type.Record(LabelKey, Type.Union([Type.String({ maxLength: 256 }), Type.Null()]), {
  ...closed,
  maxProperties: 64,
  description: 'Labels to set; null removes one; labels that are not named stay',
})
