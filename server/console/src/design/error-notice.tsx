import { CircleX, RotateCw } from 'lucide-react'
import { ApiProblem, nextStep } from '../api/problem.ts'
import { Button } from './button.tsx'
import { Command } from './command.tsx'

/** What went wrong, why, and what to do next. */
export function ErrorNotice({ error, onRetry }: { readonly error: unknown; readonly onRetry?: () => void }) {
  const problem = error instanceof ApiProblem ? error : undefined
  const next = problem && nextStep(problem)
  const message = error instanceof Error ? error.message : String(error)
  return (
    <div role="alert" className="flex gap-3 rounded-lg border border-bad/40 bg-bad-soft p-4">
      <CircleX aria-hidden className="mt-0.5 size-4 shrink-0 text-bad" />
      <div className="min-w-0 flex-1 space-y-1">
        <p className="font-semibold">{problem?.title ?? 'This part of the page failed'}</p>
        <p className="break-words whitespace-pre-line">{message}</p>
        {next !== undefined && <p className="text-muted">{next.text}</p>}
        {next?.command !== undefined && (
          <div className="max-w-md pt-1">
            <Command text={next.command} />
          </div>
        )}
        {problem !== undefined && (
          <p className="font-mono text-2xs text-muted">
            {problem.code}
            {problem.requestId !== undefined && ` · ${problem.requestId}`}
          </p>
        )}
      </div>
      {onRetry !== undefined && (
        <Button size="sm" icon={RotateCw} onClick={onRetry}>
          Try again
        </Button>
      )}
    </div>
  )
}
