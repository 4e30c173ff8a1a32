/**
 * TypeBox for all of Ocelli. It is published as almost 700 modules, which took every process 0.4 s of CPU and 22 MB to
 * load; `npm install` bundles them into one.
 */

export type { Static, TSchema, TUnsafe } from 'typebox'
export { Compile, Type } from '#typebox'
