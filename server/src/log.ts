/** Structured log: facts first, then a constant sentence. pino's loggers fit; the simulation passes its own. */
export interface Log {
  info(facts: Readonly<Record<string, unknown>>, message: string): void
  warn(facts: Readonly<Record<string, unknown>>, message: string): void
  error(facts: Readonly<Record<string, unknown>>, message: string): void
}

export const SILENT: Log = { info() {}, warn() {}, error() {} }
