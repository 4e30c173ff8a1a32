/**
 * Shows the live table. On a terminal it is drawn again in place, and refusals are printed above it when they change,
 * so that they can be scrolled back to; elsewhere all is printed whole now and then.
 */
import type { Writable } from 'node:stream'
import { displayWidth } from '../format/table.ts'
import { type LiveState, renderLive, renderRefusals } from './live-view.ts'

export interface Screen extends Writable {
  readonly isTTY?: boolean
  readonly columns?: number
  readonly rows?: number
}

/** Without a terminal the table is printed whole, so less often. */
const PRINT_MS = 10_000

export class LiveScreen {
  readonly #out: Screen
  #drawnLines = 0
  #refusals = ''
  #printedAtMs = Number.NEGATIVE_INFINITY

  constructor(out: Screen) {
    this.#out = out
  }

  show(state: LiveState): void {
    if (this.#out.isTTY) this.#draw(state)
    else if (state.nowMs - this.#printedAtMs >= PRINT_MS) {
      this.#printedAtMs = state.nowMs
      this.#out.write(`${renderLive(state)}\n\n${renderRefusals(state)}\n\n`)
    }
  }

  #draw(state: LiveState): void {
    const { columns = 120, rows = 40 } = this.#out
    const refusals = renderRefusals(state)
    // To the first line that was drawn, and clear from there to the end of the screen.
    let text = this.#drawnLines > 0 ? `\u001b[${this.#drawnLines}A\u001b[J` : ''
    if (refusals !== this.#refusals) {
      this.#refusals = refusals
      text += `${refusals}\n\n`
    }
    // A line that wraps, or more lines than the screen has, could not be drawn over.
    const lines = [...renderLive(state).split('\n'), '', 'Ctrl-C stops all. Another terminal: npm run ocelli -- --help']
    const fitting = lines.length < rows ? lines : [...lines.slice(0, Math.max(1, rows - 2)), '…']
    text += fitting.map((line) => `${cut(line, columns)}\n`).join('')
    this.#drawnLines = fitting.length
    this.#out.write(text)
  }
}

function cut(line: string, columns: number): string {
  return displayWidth(line) < columns ? line : `${[...line].slice(0, Math.max(0, columns - 2)).join('')}…`
}
