/** Push a component: its bytes and the signature that the toolchain wrote beside them; admission answers in words. */
import { useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { CircleCheck, FileCheck, FileKey, FileQuestion, Package, Upload } from 'lucide-react'
import { type DragEvent, useRef, useState } from 'react'
import type { Answer } from '../../api/client.ts'
import { useDenied } from '../../api/session.ts'
import { Button, LinkButton } from '../../design/button.tsx'
import { cx } from '../../design/class-names.ts'
import { Command } from '../../design/command.tsx'
import { ErrorNotice } from '../../design/error-notice.tsx'
import { Facts, PageHeader, Panel } from '../../design/panel.tsx'
import { Progress } from '../../design/progress.tsx'
import { bytes, interfaceName, plural, shortDigest } from '../../design/text.ts'
import { readSignature, type SignedStatement } from './signature.ts'
import { upload } from './upload.ts'

interface Chosen {
  readonly wasm?: { readonly name: string; readonly content: Uint8Array<ArrayBuffer> }
  readonly signed?: SignedStatement
}

export function PushPage() {
  const denied = useDenied('publisher')
  const queries = useQueryClient()
  const [chosen, setChosen] = useState<Chosen>({})
  const [sent, setSent] = useState<number>()
  const [error, setError] = useState<unknown>()
  const [done, setDone] = useState<Answer<'pushComponent'>>()
  const take = async (files: readonly File[]) => {
    setError(undefined)
    setDone(undefined)
    try {
      const parts = await Promise.all(files.map(read))
      setChosen((before) => Object.assign({}, before, ...parts))
    } catch (cause) {
      setError(cause)
    }
  }
  const push = async () => {
    const { wasm, signed } = chosen
    if (wasm === undefined || signed === undefined) return
    setError(undefined)
    setSent(0)
    try {
      setDone(await upload(wasm.content, signed, setSent))
      setChosen({})
      await queries.invalidateQueries({ queryKey: ['components'] })
    } catch (cause) {
      setError(cause)
    } finally {
      setSent(undefined)
    }
  }
  const missing =
    chosen.wasm === undefined
      ? 'Choose the component (.wasm) first'
      : chosen.signed === undefined
        ? 'Choose its signature (.sig.json) as well'
        : undefined
  return (
    <>
      <PageHeader
        above={
          <Link to="/components" className="hover:underline">
            Components
          </Link>
        }
        title="Push a component"
        below="Admission reads the component in a process of its own, checks that a trusted publisher signed exactly these bytes, and keeps it. Devices check the same signature again."
      />
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-4 lg:grid-cols-[minmax(0,1fr)_minmax(0,1fr)]">
        <div className="space-y-4">
          <Panel>
            <DropZone onFiles={(files) => void take(files)} />
            <ul className="mt-4 space-y-2">
              <ChosenFile
                icon={Package}
                what="Component"
                text={chosen.wasm && `${chosen.wasm.name}, ${bytes(chosen.wasm.content.byteLength)}`}
                hint="NAME.wasm"
              />
              <ChosenFile
                icon={FileKey}
                what="Signature"
                text={chosen.signed && `${chosen.signed.statement.name}@${chosen.signed.statement.version}`}
                hint="NAME.wasm.sig.json, written beside it by the toolchain"
              />
            </ul>
            <div className="mt-4">
              {sent === undefined ? (
                <Button variant="primary" icon={Upload} denied={denied ?? missing} onClick={() => void push()}>
                  Push
                </Button>
              ) : (
                <Progress
                  label={sent < 1 ? 'Sending' : 'Admission reads the component and checks its signature'}
                  value={sent < 1 ? sent : undefined}
                />
              )}
            </div>
          </Panel>
          {error !== undefined && <ErrorNotice error={error} />}
          {done !== undefined && <Admitted pushed={done} />}
        </div>
        <Panel title="Where the two files come from">
          <div className="space-y-3">
            <p className="text-muted">The component toolchain builds and signs in one step:</p>
            <Command text="node wit/toolchain/component.ts build my-component --sign publisher.key" />
            <p className="text-muted">
              Or sign and push in a terminal. In development, the key of the publisher lies in the data directory:
            </p>
            <Command text="npm run ocelli -- push my.wasm --as my@1.0.0 --key .ocelli/keys/publisher.key" />
            <p className="text-muted">The private key stays with the publisher: this page never asks for it.</p>
          </div>
        </Panel>
      </div>
    </>
  )
}

async function read(file: File): Promise<Chosen> {
  if (/\.json$/.test(file.name)) return { signed: readSignature(await file.text()) }
  return { wasm: { name: file.name, content: new Uint8Array(await file.arrayBuffer()) } }
}

function DropZone({ onFiles }: { readonly onFiles: (files: readonly File[]) => void }) {
  const [over, setOver] = useState(false)
  const input = useRef<HTMLInputElement>(null)
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    onFiles([...event.dataTransfer.files])
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a second way; the button within is the first
    <div
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
      className={cx(
        'flex flex-col items-center gap-3 rounded-lg border border-dashed px-6 py-10 text-center',
        over ? 'border-accent bg-accent-soft' : 'border-line-strong bg-sunken',
      )}
    >
      <Upload aria-hidden className="size-6 text-faint" />
      <p>Drop the component and its signature here</p>
      <Button onClick={() => input.current?.click()}>Choose files</Button>
      <input
        ref={input}
        type="file"
        multiple
        accept=".wasm,.json"
        aria-label="Component and signature"
        tabIndex={-1}
        className="sr-only"
        onChange={(event) => {
          onFiles([...(event.target.files ?? [])])
          event.target.value = ''
        }}
      />
    </div>
  )
}

function ChosenFile(props: {
  readonly icon: typeof Package
  readonly what: string
  readonly text: string | undefined
  readonly hint: string
}) {
  const { icon, what, text, hint } = props
  const Icon = text === undefined ? FileQuestion : icon
  return (
    <li className="flex items-center gap-3 rounded-md border border-line px-3 py-2">
      <Icon aria-hidden className={cx('size-4 shrink-0', text === undefined ? 'text-faint' : 'text-accent')} />
      <span className="w-20 shrink-0 font-medium">{what}</span>
      <span className={cx('min-w-0 flex-1 truncate', text === undefined && 'text-muted')}>{text ?? hint}</span>
      {text !== undefined && <FileCheck aria-label="chosen" className="size-4 text-ok" />}
    </li>
  )
}

function Admitted({ pushed: { component, outcome } }: { readonly pushed: Answer<'pushComponent'> }) {
  const { name, version, imports, exports, publisher, digest, sizeBytes } = component
  return (
    <div role="status" className="rounded-lg border border-ok/40 bg-ok-soft p-4">
      <p className="flex items-center gap-2 font-semibold">
        <CircleCheck aria-hidden className="size-4 text-ok" />
        {outcome === 'same'
          ? `${name}@${version} was there already, with the same bytes`
          : `${name}@${version} is admitted`}
      </p>
      <p className="mt-1 mb-3">
        It is a valid component of {bytes(sizeBytes)}, signed by {publisher}, who may publish this name. It asks for{' '}
        {plural(imports.length, 'interface')} and exports {exports.length}.
      </p>
      <Facts
        items={[
          [
            'Digest',
            <span key="digest" className="font-mono text-xs">
              {shortDigest(digest)}…
            </span>,
          ],
          ['Imports', imports.map(interfaceName).join(', ') || 'nothing'],
          ['Exports', exports.map(interfaceName).join(', ') || 'nothing'],
        ]}
      />
      <div className="mt-3 flex flex-wrap gap-2">
        <LinkButton to="/components/$name/$version" params={{ name, version }}>
          See who could run it
        </LinkButton>
        <LinkButton to="/deployments/new" search={{ component: `${name}@${version}` }} variant="primary">
          Deploy it
        </LinkButton>
      </div>
    </div>
  )
}
