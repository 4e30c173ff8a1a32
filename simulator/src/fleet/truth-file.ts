/** The truth log on disk: one JSON object a line in `truth.jsonl`; a full file is kept once as `truth.old.jsonl`. */
import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { TruthLine } from './truth.ts'

/** A fleet of fourteen writes some 2 MB an hour. */
const LARGEST_BYTES = 32 * 1024 * 1024

export interface TruthFile {
  write(line: TruthLine): void
  /** Puts what was written into the file. */
  flush(): void
}

export function openTruthFile(dataDir: string, largestBytes = LARGEST_BYTES): TruthFile {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const path = join(dataDir, 'truth.jsonl')
  let waiting: string[] = []
  let bytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0
  return {
    write(line) {
      waiting.push(`${JSON.stringify(line)}\n`)
    },
    flush() {
      if (waiting.length === 0) return
      const text = waiting.join('')
      waiting = []
      if (bytes > 0 && bytes + text.length > largestBytes) {
        renameSync(path, join(dataDir, 'truth.old.jsonl'))
        bytes = 0
      }
      appendFileSync(path, text, { mode: 0o600 })
      bytes += text.length
    },
  }
}
