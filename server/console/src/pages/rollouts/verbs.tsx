/** What can be asked of a rollout. Each says what it will do to running, waiting and absent devices before it does it. */
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Ban, CircleArrowUp, Pause, Play, RotateCcw, UserCheck } from 'lucide-react'
import { useState } from 'react'
import { type Answer, api, ask } from '../../api/client.ts'
import type { RolloutDetail } from '../../api/queries.ts'
import { useDenied } from '../../api/session.ts'
import { Button, type ButtonProps } from '../../design/button.tsx'
import { Dialog } from '../../design/dialog.tsx'
import { ErrorNotice } from '../../design/error-notice.tsx'
import { Facts } from '../../design/panel.tsx'
import { Loading } from '../../design/progress.tsx'
import { toast } from '../../design/toast.tsx'

type Verb = RolloutDetail['verbs'][number]

const VERBS: Readonly<Record<Verb, Pick<ButtonProps, 'icon' | 'variant'> & { readonly word: string }>> = {
  approve: { word: 'Approve', icon: UserCheck, variant: 'primary' },
  resume: { word: 'Resume', icon: Play, variant: 'primary' },
  pause: { word: 'Pause', icon: Pause },
  promote: { word: 'Promote', icon: CircleArrowUp },
  abort: { word: 'Abort', icon: Ban, variant: 'danger' },
  'roll-back': { word: 'Roll back', icon: RotateCcw, variant: 'danger' },
}
const ORDER = Object.keys(VERBS) as readonly Verb[]

export function Verbs({ rollout }: { readonly rollout: RolloutDetail }) {
  const denied = useDenied('operator')
  const [asked, setAsked] = useState<Verb>()
  const possible = ORDER.filter((verb) => rollout.verbs.includes(verb))
  return (
    <>
      {possible.map((verb) => {
        const { word, ...look } = VERBS[verb]
        return (
          <Button key={verb} {...look} denied={denied} onClick={() => setAsked(verb)}>
            {word}
          </Button>
        )
      })}
      {asked !== undefined && (
        <VerbDialog key={asked} name={rollout.name} verb={asked} onClose={() => setAsked(undefined)} />
      )}
    </>
  )
}

function VerbDialog({
  name,
  verb,
  onClose,
}: {
  readonly name: string
  readonly verb: Verb
  readonly onClose: () => void
}) {
  const queries = useQueryClient()
  const { word, variant } = VERBS[verb]
  const act = (dryRun: boolean) =>
    ask(
      api.POST('/api/v1/rollouts/{name}/{verb}', { params: { path: { name, verb }, query: dryRun ? { dryRun } : {} } }),
    )
  const [effect, setEffect] = useState<Answer<'actOnRollout'>>()
  const preview = useMutation({ mutationFn: () => act(true), onSuccess: setEffect })
  const doIt = useMutation({
    mutationFn: () => act(false),
    onSuccess: async (done) => {
      await queries.invalidateQueries({ queryKey: ['rollouts'] })
      onClose()
      toast(done.text)
    },
  })
  if (preview.isIdle) preview.mutate()
  const error = preview.error ?? doIt.error
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={`${word}: ${name}`}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            variant={variant === 'danger' ? 'danger' : 'primary'}
            busy={doIt.isPending}
            denied={effect === undefined ? 'What it will do is being worked out' : undefined}
            onClick={() => doIt.mutate()}
          >
            {word}
          </Button>
        </>
      }
    >
      {error !== null ? (
        <ErrorNotice error={error} />
      ) : effect === undefined ? (
        <Loading rows={3} />
      ) : (
        <div className="space-y-4">
          <p className="font-medium">{effect.text}</p>
          <Facts
            items={[
              ['Running', effect.running],
              ['Waiting', effect.waiting],
              ['Absent', effect.absent],
            ]}
          />
        </div>
      )}
    </Dialog>
  )
}
