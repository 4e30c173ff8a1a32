/** How long past decisions are kept, the same in every adapter: a month answers "why did it run there last week?". */
export const DECISIONS_KEPT_MS = 31 * 24 * 3_600_000
