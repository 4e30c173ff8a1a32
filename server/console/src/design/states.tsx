/** Which picture, word and colour each state of the product has; the same on every page. */
import {
  Ban,
  CircleCheck,
  CircleDot,
  CircleHelp,
  CircleStop,
  CircleX,
  Download,
  Hourglass,
  Info,
  Loader,
  type LucideIcon,
  Moon,
  OctagonX,
  RotateCcw,
  TriangleAlert,
  WifiOff,
} from 'lucide-react'
import { State, type Tone } from './badge.tsx'
import { words } from './text.ts'

export interface Look {
  readonly tone: Tone
  readonly icon: LucideIcon
  readonly word: string
}

export const PRESENCE: Readonly<Record<'online' | 'offline' | 'lost' | 'unknown', Look>> = {
  online: { tone: 'ok', icon: CircleCheck, word: 'Online' },
  offline: { tone: 'idle', icon: Moon, word: 'Offline' },
  lost: { tone: 'bad', icon: WifiOff, word: 'Lost' },
  unknown: { tone: 'warn', icon: CircleHelp, word: 'Unknown' },
}

const INSTANCE: Readonly<Record<string, Look>> = {
  waiting: { tone: 'info', icon: Hourglass, word: 'Waiting' },
  fetching: { tone: 'info', icon: Download, word: 'Fetching' },
  preparing: { tone: 'info', icon: Loader, word: 'Preparing' },
  starting: { tone: 'info', icon: Loader, word: 'Starting' },
  running: { tone: 'ok', icon: CircleCheck, word: 'Running' },
  backoff: { tone: 'warn', icon: RotateCcw, word: 'Back-off' },
  crashLoop: { tone: 'bad', icon: OctagonX, word: 'Crash loop' },
  refused: { tone: 'bad', icon: Ban, word: 'Refused' },
  completed: { tone: 'idle', icon: CircleCheck, word: 'Completed' },
  stopping: { tone: 'idle', icon: CircleStop, word: 'Stopping' },
}

export const SEVERITY: Readonly<Record<string, Look>> = {
  info: { tone: 'info', icon: Info, word: 'Info' },
  warning: { tone: 'warn', icon: TriangleAlert, word: 'Warning' },
  critical: { tone: 'bad', icon: OctagonX, word: 'Critical' },
}

export const LEVEL: Readonly<Record<string, Look>> = {
  trace: { tone: 'idle', icon: CircleDot, word: 'trace' },
  debug: { tone: 'idle', icon: CircleDot, word: 'debug' },
  info: { tone: 'info', icon: Info, word: 'info' },
  warn: { tone: 'warn', icon: TriangleAlert, word: 'warn' },
  error: { tone: 'bad', icon: CircleX, word: 'error' },
  critical: { tone: 'bad', icon: OctagonX, word: 'critical' },
}

/** A newer peer may name a state that this console does not know: it is shown as it came. */
export function lookOf(table: Readonly<Record<string, Look>>, state: string | undefined): Look {
  const known = state === undefined ? undefined : table[state]
  return known ?? { tone: 'idle', icon: CircleHelp, word: state === undefined ? 'Not reported' : words(state) }
}

/** A look as it stands in tables. */
export function Shown({ look: { tone, icon, word } }: { readonly look: Look }) {
  return (
    <State tone={tone} icon={icon}>
      {word}
    </State>
  )
}

export function PresenceState({ presence }: { readonly presence: string }) {
  return <Shown look={lookOf(PRESENCE, presence)} />
}

/** `healthy` is a running instance that has been so for its time. */
export function InstanceState(props: { readonly state: string | undefined; readonly healthy?: boolean | undefined }) {
  const look = lookOf(INSTANCE, props.state)
  return <Shown look={props.state === 'running' && props.healthy ? { ...look, word: 'Healthy' } : look} />
}
