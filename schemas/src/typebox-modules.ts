/** What of TypeBox runs: `build-typebox.ts` makes one file of it. */
export { Type } from 'typebox'
export { Compile } from 'typebox/compile'
