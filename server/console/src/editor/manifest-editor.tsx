/** A YAML editor for manifests: completion by the schema, and what is wrong where it is, by the schema and by the server. */
import { autocompletion, closeBrackets, completionKeymap } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands'
import { yaml } from '@codemirror/lang-yaml'
import { bracketMatching, HighlightStyle, indentUnit, syntaxHighlighting } from '@codemirror/language'
import { type Diagnostic, forceLinting, linter, lintGutter, lintKeymap } from '@codemirror/lint'
import { EditorState, StateEffect, type Text } from '@codemirror/state'
import { EditorView, keymap, lineNumbers } from '@codemirror/view'
import { tags } from '@lezer/highlight'
import { useQuery } from '@tanstack/react-query'
import { getNonce } from 'get-nonce'
import { CircleX } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { componentList, fleets, receivers } from '../api/queries.ts'
import { cx } from '../design/class-names.ts'
import { problemsIn } from './check.ts'
import { completer, type Known } from './complete.ts'
import type { TextProblem } from './problems.ts'

/** How it is used without a mouse. */
export const KEYS = 'Ctrl Space completes, F8 finds mistakes, Esc Tab leaves'

interface Props {
  readonly label: string
  readonly initial: string
  readonly onChange: (text: string) => void
  readonly problems: readonly TextProblem[]
}

export function ManifestEditor({ label, initial, onChange, problems }: Props) {
  const place = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView>(undefined)
  const known = useRef<Known>({})
  /** What the server found, and in which text: another one it has not seen. */
  const served = useRef<{ readonly doc: Text; readonly problems: readonly TextProblem[] }>(undefined)
  const [shown, setShown] = useState<readonly TextProblem[]>([])
  const { data: components } = useQuery(componentList)
  const { data: groups } = useQuery(fleets)
  const { data: told } = useQuery(receivers)
  const references = (components?.items ?? []).map(({ name, version }) => `${name}@${version}`)
  known.current = {
    component: references,
    providers: references,
    fleet: (groups?.items ?? []).map(({ name }) => name),
    notify: (told?.items ?? []).map(({ name }) => name),
    grants: GRANTS,
  }
  useEffect(() => {
    if (place.current === null) return
    const made = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: initial,
        extensions: [
          EditorView.cspNonce.of(getNonce() ?? ''),
          EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) onChange(update.state.doc.toString())
          }),
          lineNumbers(),
          history(),
          bracketMatching(),
          closeBrackets(),
          indentUnit.of('  '),
          EditorView.lineWrapping,
          yaml(),
          autocompletion({
            override: [completer(() => known.current)],
            icons: false,
            // After a key come its values.
            activateOnCompletion: ({ type }) => type === 'property',
          }),
          lintGutter(),
          linter(
            ({ state: { doc } }) => {
              const found = [
                ...problemsIn(doc.toString()),
                ...(served.current?.doc.eq(doc) ? served.current.problems : []),
              ]
              const each = [...new Map(found.map((one) => [one.line, one])).values()].sort((a, b) => a.line - b.line)
              setShown(each)
              return each.map((one) => diagnosticOf(doc, one))
            },
            {
              delay: CHECK_AFTER_MS,
              needsRefresh: ({ transactions }) =>
                transactions.some(({ effects }) => effects.some((effect) => effect.is(answered))),
            },
          ),
          // Tab indents; Escape first lets it leave the editor.
          keymap.of([...completionKeymap, ...lintKeymap, ...defaultKeymap, ...historyKeymap, indentWithTab]),
          syntaxHighlighting(HIGHLIGHT),
          LOOK,
        ],
      }),
    })
    view.current = made
    return () => made.destroy()
  }, [initial, label, onChange])
  useEffect(() => {
    const made = view.current
    if (made === undefined) return
    served.current = { doc: made.state.doc, problems }
    made.dispatch({ effects: answered.of(null) })
    forceLinting(made)
  }, [problems])
  const goTo = (problem: TextProblem) => {
    const made = view.current
    if (made === undefined) return
    const { from } = diagnosticOf(made.state.doc, problem)
    made.dispatch({ selection: { anchor: from }, scrollIntoView: true })
    made.focus()
  }
  return (
    <>
      <div
        ref={place}
        className={cx(
          'overflow-hidden focus-within:ring-2 focus-within:ring-accent',
          shown.length === 0 && 'rounded-b-lg',
        )}
      />
      <ul aria-label="What is wrong" aria-live="polite" className={cx(shown.length > 0 && 'border-t border-line py-1')}>
        {shown.map((problem) => (
          <li key={`${problem.line}/${problem.message}`}>
            <button
              type="button"
              onClick={() => goTo(problem)}
              className="flex w-full items-start gap-2.5 px-4 py-1.5 text-left hover:bg-hover"
            >
              <CircleX aria-hidden className="mt-0.5 size-4 shrink-0 text-bad" />
              <span className="w-14 shrink-0 text-muted">Line {problem.line}</span>
              <span className="min-w-0 flex-1 break-words">{problem.message}</span>
            </button>
          </li>
        ))}
      </ul>
    </>
  )
}

/** The server has looked at the text. */
const answered = StateEffect.define<null>()

/** Long enough that a word is written to its end before it is called wrong. */
const CHECK_AFTER_MS = 600

function diagnosticOf(doc: Text, { line, column, length, message }: TextProblem): Diagnostic {
  const at = doc.line(Math.min(Math.max(line, 1), doc.lines))
  const from = Math.min(at.from + Math.max(column - 1, 0), at.to)
  const to = length === undefined ? at.to : Math.min(from + length, at.to)
  return { from, to: Math.max(to, from), severity: 'error', message }
}

/** Of `ocelli:sensing`; a component may ask for others, which the plan then names. */
const GRANTS = ['frames', 'detector', 'imager-control', 'measurements', 'detections', 'events', 'images', 'state']

const HIGHLIGHT = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: 'var(--color-accent)' },
  { tag: [tags.string, tags.content], color: 'var(--color-text)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--color-info)' },
  { tag: tags.comment, color: 'var(--color-faint)', fontStyle: 'italic' },
  { tag: [tags.punctuation, tags.separator, tags.squareBracket, tags.brace], color: 'var(--color-muted)' },
])

const LOOK = EditorView.theme({
  '&': { backgroundColor: 'var(--color-surface)', color: 'var(--color-text)', fontSize: '13px' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--font-mono)', lineHeight: '20px', minHeight: '320px', maxHeight: '62dvh' },
  '.cm-content': { padding: '12px 0', caretColor: 'var(--color-text)' },
  '.cm-cursor': { borderLeftColor: 'var(--color-text)' },
  '.cm-gutters': {
    backgroundColor: 'var(--color-surface)',
    color: 'var(--color-faint)',
    border: 'none',
    paddingLeft: '8px',
  },
  '.cm-selectionBackground, &.cm-focused .cm-selectionBackground': {
    backgroundColor: 'var(--color-accent-soft) !important',
  },
  '.cm-tooltip': {
    backgroundColor: 'var(--color-raised)',
    border: '1px solid var(--color-line-strong)',
    borderRadius: '6px',
    color: 'var(--color-text)',
    boxShadow: 'var(--shadow-pop)',
  },
  '.cm-tooltip-autocomplete > ul > li': { padding: '3px 10px !important', fontFamily: 'var(--font-mono)' },
  '.cm-tooltip-autocomplete > ul > li[aria-selected]': {
    backgroundColor: 'var(--color-accent-soft)',
    color: 'var(--color-text)',
  },
  '.cm-completionDetail': { color: 'var(--color-muted)', fontStyle: 'normal' },
  '.cm-completionInfo': { maxWidth: '320px', padding: '8px 10px', fontFamily: 'var(--font-sans)' },
  '.cm-diagnostic': { borderLeftColor: 'var(--color-bad)', padding: '6px 10px', fontFamily: 'var(--font-sans)' },
  '.cm-gutter-lint': { width: '16px' },
  '.cm-lint-marker': { width: '8px', height: '8px', margin: '6px 2px' },
  '.cm-lint-marker-error': { content: 'none', borderRadius: '50%', backgroundColor: 'var(--color-bad)' },
  '.cm-lintRange-error': { backgroundImage: 'none', borderBottom: '2px dotted var(--color-bad)' },
})
