import { Check, Copy } from 'lucide-react'
import { useState } from 'react'
import { Button } from './button.tsx'

const SHOWN_MS = 1_600

export function CopyButton({ text, label = 'Copy' }: { readonly text: string; readonly label?: string }) {
  const [copied, setCopied] = useState(false)
  const copy = async () => {
    await navigator.clipboard.writeText(text)
    setCopied(true)
    setTimeout(() => setCopied(false), SHOWN_MS)
  }
  return (
    <Button
      variant="ghost"
      size="sm"
      icon={copied ? Check : Copy}
      label={copied ? 'Copied' : label}
      onClick={() => void copy()}
    />
  )
}

/** A command for a terminal, whole, with a way to copy it. */
export function Command({ text, wrap = false }: { readonly text: string; readonly wrap?: boolean }) {
  return (
    <div className="flex w-full min-w-0 items-center gap-1 rounded-md border border-line bg-sunken py-1 pr-1 pl-3 text-left">
      <code
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a long line is scrolled with the arrow keys
        tabIndex={0}
        className={
          wrap
            ? 'min-w-0 flex-1 font-mono text-xs break-all'
            : 'min-w-0 flex-1 overflow-x-auto font-mono text-xs whitespace-nowrap'
        }
      >
        {text}
      </code>
      <CopyButton text={text} label="Copy the command" />
    </div>
  )
}
