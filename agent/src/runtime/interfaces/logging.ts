/** wasi:logging/logging: lines of the instance's log, held to the output budget. */

import { clipText } from './clip-text.ts'
import type { GuestContext, HostInterface } from './guest-context.ts'

type Level = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'critical'

/** One line; a longer one is cut. */
const MAX_MESSAGE_BYTES = 4096
const MAX_CONTEXT_BYTES = 64

export function loggingInterface({ outputs }: GuestContext): HostInterface {
  return {
    // The draft gives `log` no result: a line beyond the budget is counted, and the log says so.
    log(level: Level, context: string, message: string): void {
      outputs.publish({
        kind: 'log',
        level,
        context: clipText(context, MAX_CONTEXT_BYTES),
        message: clipText(message, MAX_MESSAGE_BYTES),
      })
    },
  }
}
