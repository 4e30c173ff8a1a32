/** An imager as a shadow instance gets it: the same frames as its live twin, and no way to change them. */
import type { Imager } from './imager.ts'

/** Setting it answers with what is set already. Closing it closes nothing: the bank owns the imager. */
export function shadowImager(imager: Imager): Imager {
  const { control } = imager
  return {
    facts: imager.facts,
    ...(imager.detects !== undefined && { detects: imager.detects }),
    ...(control && { control: { current: () => control.current(), set: () => control.current() } }),
    subscribe: (request, consumer) => imager.subscribe(request, consumer),
    close: async () => {},
  }
}
