/** Which picture, word and colour the phases of a rollout and the progress of a device have. */
import {
  Ban,
  CalendarClock,
  CircleCheck,
  CirclePause,
  CircleX,
  Copy,
  Download,
  Hourglass,
  Loader,
  LogOut,
  PlayCircle,
  RotateCcw,
  Send,
  UserCheck,
  WifiOff,
} from 'lucide-react'
import type { Rollout, RolloutDevice } from '../../api/queries.ts'
import { Badge } from '../../design/badge.tsx'
import type { Part } from '../../design/progress.tsx'
import { type Look, Shown } from '../../design/states.tsx'

type Progress = RolloutDevice['progress']

const PHASES: Readonly<Record<Rollout['phase'], Look>> = {
  scheduled: { tone: 'info', icon: CalendarClock, word: 'Scheduled' },
  approval: { tone: 'warn', icon: UserCheck, word: 'Waits for approval' },
  shadowing: { tone: 'info', icon: Copy, word: 'Shadowing' },
  open: { tone: 'info', icon: PlayCircle, word: 'Under way' },
  paused: { tone: 'warn', icon: CirclePause, word: 'Paused' },
  rollingBack: { tone: 'warn', icon: RotateCcw, word: 'Rolling back' },
  completed: { tone: 'ok', icon: CircleCheck, word: 'Completed' },
  aborted: { tone: 'bad', icon: Ban, word: 'Aborted' },
  rolledBack: { tone: 'bad', icon: RotateCcw, word: 'Rolled back' },
  superseded: { tone: 'idle', icon: Copy, word: 'Superseded' },
}

export const PROGRESS: Readonly<Record<Progress, Look>> = {
  healthy: { tone: 'ok', icon: CircleCheck, word: 'Healthy' },
  starting: { tone: 'info', icon: Loader, word: 'Starting' },
  fetching: { tone: 'info', icon: Download, word: 'Fetching' },
  told: { tone: 'info', icon: Send, word: 'Told' },
  failed: { tone: 'bad', icon: CircleX, word: 'Failed' },
  rolledBack: { tone: 'warn', icon: RotateCcw, word: 'Rolled back' },
  absent: { tone: 'idle', icon: WifiOff, word: 'Absent' },
  waiting: { tone: 'idle', icon: Hourglass, word: 'Waiting' },
  left: { tone: 'idle', icon: LogOut, word: 'Left' },
}
export const PROGRESS_ORDER = Object.keys(PROGRESS) as readonly Progress[]

export function PhaseBadge({ phase }: { readonly phase: Rollout['phase'] }) {
  const { tone, icon, word } = PHASES[phase]
  return (
    <Badge tone={tone} icon={icon}>
      {word}
    </Badge>
  )
}

export function ProgressState({ progress }: { readonly progress: Progress }) {
  return <Shown look={PROGRESS[progress]} />
}

export function progressParts(counts: Rollout['counts']): readonly Part[] {
  return PROGRESS_ORDER.map((one) => ({
    label: PROGRESS[one].word.toLowerCase(),
    count: counts[one],
    tone: PROGRESS[one].tone,
  }))
}
