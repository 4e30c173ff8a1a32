/** A YAML editor for manifests: completion by the schema, and the server's findings where they are. */
import { autocompletion, closeBrackets, completionKeymap } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands'
import { yaml } from '@codemirror/lang-yaml'
import { bracketMatching, HighlightStyle, indentUnit, syntaxHighlighting } from '@codemirror/language'
import { lintGutter, setDiagnostics } from '@codemirror/lint'
import { EditorState } from '@codemirror/state'
import { EditorView, keymap, lineNumbers } from '@codemirror/view'
import { tags } from '@lezer/highlight'
import { useQuery } from '@tanstack/react-query'
import { getNonce } from 'get-nonce'
import { useEffect, useRef } from 'react'
import { componentList, fleets, receivers } from '../api/queries.ts'
import { completer, type Known } from './complete.ts'
import type { TextProblem } from './problems.ts'

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
          yaml(),
          autocompletion({ override: [completer(() => known.current)], icons: false }),
          lintGutter(),
          // Tab indents; Escape first lets it leave the editor.
          keymap.of([...completionKeymap, ...defaultKeymap, ...historyKeymap, indentWithTab]),
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
    const { doc } = made.state
    const found = problems.map(({ line, column, message }) => {
      const at = doc.line(Math.min(Math.max(line, 1), doc.lines))
      const from = Math.min(at.from + Math.max(column - 1, 0), at.to)
      return { from, to: Math.max(at.to, from), severity: 'error' as const, message }
    })
    made.dispatch(setDiagnostics(made.state, found))
  }, [problems])
  return <div ref={place} className="overflow-hidden rounded-b-lg" />
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
  '&.cm-focused': { outline: '2px solid var(--color-accent)', outlineOffset: '-2px' },
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
  '.cm-lintRange-error': { backgroundImage: 'none', borderBottom: '2px dotted var(--color-bad)' },
})
