import { X } from 'lucide-react'
import { Dialog as Primitive } from 'radix-ui'
import { type ReactNode, useState } from 'react'
import { Button, type ButtonProps } from './button.tsx'
import { cx } from './class-names.ts'
import { ErrorNotice } from './error-notice.tsx'

interface Props {
  readonly open: boolean
  readonly onOpenChange: (open: boolean) => void
  readonly title: string
  readonly description?: ReactNode
  readonly children?: ReactNode
  readonly footer?: ReactNode
  readonly wide?: boolean
}

export function Dialog({ open, onOpenChange, title, description, children, footer, wide = false }: Props) {
  return (
    <Primitive.Root open={open} onOpenChange={onOpenChange}>
      <Primitive.Portal>
        <Primitive.Overlay className="fixed inset-0 z-40 bg-black/40 dark:bg-black/60" />
        <Primitive.Content
          {...(description === undefined && { 'aria-describedby': undefined })}
          className={cx(
            'fixed top-1/2 left-1/2 z-50 flex max-h-[calc(100dvh-2rem)] w-[calc(100vw-2rem)] -translate-x-1/2 -translate-y-1/2 flex-col rounded-lg bg-raised shadow-pop animate-[slide-in_120ms_ease-out]',
            wide ? 'max-w-3xl' : 'max-w-lg',
          )}
        >
          <div className="flex items-start gap-4 px-5 pt-4 pb-3">
            <div className="min-w-0 flex-1">
              <Primitive.Title className="text-lg font-semibold">{title}</Primitive.Title>
              {description !== undefined && (
                <Primitive.Description asChild>
                  <div className="mt-1 text-sm text-muted">{description}</div>
                </Primitive.Description>
              )}
            </div>
            <Primitive.Close asChild>
              <button type="button" aria-label="Close" className="-mr-1 rounded p-1 text-muted hover:bg-hover">
                <X aria-hidden className="size-4" />
              </button>
            </Primitive.Close>
          </div>
          {children !== undefined && <div className="min-h-0 flex-1 overflow-y-auto px-5 pb-4">{children}</div>}
          {footer !== undefined && (
            <div className="flex flex-wrap justify-end gap-2 border-t border-line px-5 py-3">{footer}</div>
          )}
        </Primitive.Content>
      </Primitive.Portal>
    </Primitive.Root>
  )
}

interface ConfirmProps extends Pick<ButtonProps, 'icon' | 'variant' | 'size' | 'denied'> {
  /** Words on the button that opens it, and on the one that does it. */
  readonly action: string
  readonly title: string
  /** What it will do, to what, and whether it can be taken back. */
  readonly children: ReactNode
  readonly onConfirm: () => Promise<unknown>
}

/** A button that says what it will do before it does it. */
export function ConfirmButton({ action, title, children, onConfirm, ...button }: ConfirmProps) {
  const [open, setOpen] = useState(false)
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()
  const confirm = async () => {
    setBusy(true)
    setError(undefined)
    try {
      await onConfirm()
      setOpen(false)
    } catch (cause) {
      setError(cause)
    } finally {
      setBusy(false)
    }
  }
  return (
    <>
      <Button {...button} onClick={() => setOpen(true)}>
        {action}
      </Button>
      <Dialog
        open={open}
        onOpenChange={setOpen}
        title={title}
        footer={
          <>
            <Button onClick={() => setOpen(false)}>Cancel</Button>
            <Button
              variant={button.variant === 'danger' ? 'danger' : 'primary'}
              busy={busy}
              onClick={() => void confirm()}
            >
              {action}
            </Button>
          </>
        }
      >
        <div className="space-y-3 text-sm">
          {children}
          {error !== undefined && <ErrorNotice error={error} />}
        </div>
      </Dialog>
    </>
  )
}
