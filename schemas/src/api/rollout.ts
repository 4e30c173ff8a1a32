/** Rollouts: the move from one revision to the next, its waves, its gates with their evidence, and each device's progress. */

import { DeploymentId, DeviceId } from '../ids.ts'
import { ManifestName } from '../manifest/manifest.ts'
import { type Static, Type } from '../typebox.ts'
import { WallMs, Whole } from '../units.ts'
import { closed, DeviceKey, Limit, listOf, OneOf } from './query.ts'

export const ROLLOUT_PHASES = [
  'scheduled',
  'approval',
  'shadowing',
  'open',
  'paused',
  'rollingBack',
  'completed',
  'aborted',
  'rolledBack',
  'superseded',
] as const
export type RolloutPhase = (typeof ROLLOUT_PHASES)[number]
const Phase = OneOf(
  ROLLOUT_PHASES,
  'scheduled: waits for its start; approval: a person approves the next wave; shadowing: both revisions run side by side; open: a wave is being moved or judged; completed, aborted, rolledBack, superseded: ended',
)

export const PROGRESS = [
  'waiting',
  'told',
  'fetching',
  'starting',
  'healthy',
  'failed',
  'rolledBack',
  'absent',
  'left',
] as const
export type Progress = (typeof PROGRESS)[number]
const ProgressOf = OneOf(
  PROGRESS,
  'waiting: not released yet; told: released, has not reported it yet; rolledBack: was released and taken back; absent: not connected and not healthy on the revision; left: gets no instance of it any more',
)

const Counts = Type.Object(
  Object.fromEntries(PROGRESS.map((one) => [one, Whole(`Devices that are ${one}`)])) as Record<
    Progress,
    ReturnType<typeof Whole>
  >,
  { description: 'Devices by progress' },
)

export const ROLLOUT_VERBS = ['pause', 'resume', 'approve', 'abort', 'roll-back', 'promote'] as const
export type RolloutVerb = (typeof ROLLOUT_VERBS)[number]

const summary = {
  deployment: DeploymentId,
  name: Type.String({ description: 'Of the deployment' }),
  revision: Whole('The revision that it brings', 1),
  from: Type.Optional(Whole('The revision that devices come from and go back to; absent at the first', 1)),
  phase: Phase,
  ended: Type.Boolean(),
  staged: Type.Boolean({ description: 'False where all devices got the revision at once' }),
  wave: Whole('Number of the current wave, from 1', 1),
  waves: Whole('Number of waves', 1),
  actor: Type.String({ description: 'Who made the revision' }),
  startedAtMs: WallMs('When the revision was made'),
  phaseAtMs: WallMs('When it entered this phase'),
  endedAtMs: Type.Optional(WallMs('When it ended')),
  members: Whole('Devices that it concerns'),
  counts: Counts,
  reasons: Type.Array(Type.String(), { description: 'What it does or waits for at present, with numbers, for people' }),
}
export const RolloutSummary = Type.Object(summary, { $id: 'RolloutSummary' })
export type RolloutSummary = Static<typeof RolloutSummary>
export const RolloutList = listOf(
  RolloutSummary,
  'The newest rollout of each deployment, by name; with `all`, every one, newest first',
)

export const RolloutsQuery = Type.Object(
  {
    deployment: Type.Optional(ManifestName),
    all: Type.Optional(Type.Boolean({ description: 'Earlier rollouts as well' })),
    active: Type.Optional(Type.Boolean({ description: 'Only those that have not ended' })),
  },
  closed,
)

const Side = Type.Object(
  {
    devices: Whole('Devices with at least one record'),
    samples: Whole('Records'),
    value: Type.Optional(
      Type.Number({ description: 'What is compared: a mean, a rate a minute, a silence in milliseconds, ...' }),
    ),
  },
  { description: 'Evidence of one side' },
)

export const GateFinding = Type.Object(
  {
    name: Type.String({ description: 'healthy, failed, restarts, errors, or the name of a check' }),
    verdict: OneOf(['holds', 'waits', 'fails'] as const, 'waits: too little evidence, `text` says what for'),
    text: Type.String({ description: 'For people, with the numbers' }),
    wave: Type.Optional(Side),
    rest: Type.Optional(Side),
  },
  { $id: 'GateFinding', description: 'One condition of a gate with its evidence' },
)
export type GateFinding = Static<typeof GateFinding>

export const RolloutWave = Type.Object(
  {
    number: Whole('From 1', 1),
    name: Type.String({ description: 'Its name, or how it was made: 10%' }),
    state: OneOf(['closed', 'shadowing', 'open', 'passed'] as const),
    approval: OneOf(['none', 'needed', 'given'] as const),
    devices: Whole('Devices in it; frozen when the rollout was made'),
    joined: Whole('Of these, devices that came later and belong here'),
    living: Whole('Devices that are connected'),
    counts: Counts,
    openedAtMs: Type.Optional(WallMs('When it was opened')),
    passedAtMs: Type.Optional(WallMs('When its gate held')),
    arithmetic: Type.String({ description: 'How the numbers come about, for people' }),
    gate: Type.Array(GateFinding, { description: 'As it stands now; where it was decided, as it stood then' }),
  },
  { $id: 'RolloutWave' },
)
export type RolloutWave = Static<typeof RolloutWave>

export const RolloutEvent = Type.Object(
  {
    atMs: WallMs('When'),
    actor: Type.String({ description: '`ocelli` where it happened by itself' }),
    text: Type.String(),
  },
  { $id: 'RolloutEvent' },
)

export const RolloutDetail = Type.Object(
  {
    ...summary,
    check: Type.String({
      description: 'Names what is shown; given as `after`, the next answer waits until it differs',
    }),
    budget: Type.Object(
      {
        allowed: Type.Optional(Whole('Devices that may be down at once; absent: all')),
        down: Whole('Living devices that are not healthy on the revision they should run'),
        text: Type.String(),
      },
      { description: 'What maxUnavailable comes to now' },
    ),
    list: Type.Array(RolloutWave),
    notBack: Type.Optional(
      Type.Object(
        {
          count: Whole('How many'),
          devices: Type.Array(
            Type.Object({ device: DeviceId, name: Type.String(), why: Type.String({ description: 'For people' }) }),
            { description: 'By id; the first 100' },
          ),
        },
        { description: 'While it goes back and after: devices that have, or may still run, the revision' },
      ),
    ),
    shadow: Type.Optional(Type.Array(GateFinding, { description: 'Comparison of shadow and live, while shadowing' })),
    history: Type.Array(RolloutEvent, { description: 'What happened, oldest first' }),
    verbs: Type.Array(OneOf(ROLLOUT_VERBS), { description: 'What can be asked of it now' }),
  },
  { $id: 'RolloutDetail' },
)
export type RolloutDetail = Static<typeof RolloutDetail>

const RevisionNumber = Type.Optional(
  Type.Integer({ minimum: 1, description: 'An earlier rollout; the newest where absent' }),
)

export const RolloutQuery = Type.Object(
  {
    revision: RevisionNumber,
    after: Type.Optional(Type.String({ maxLength: 64, description: '`check` of the answer before' })),
    waitMs: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 30_000,
        description: 'Longest wait for something that differs from `after`',
      }),
    ),
  },
  closed,
)

export const RolloutDevice = Type.Object(
  {
    device: DeviceId,
    name: Type.String(),
    wave: Type.Optional(Whole('Number of its wave; absent until it has one', 1)),
    progress: ProgressOf,
    presence: Type.String(),
    shadow: Type.Boolean({ description: 'Runs the new revision as a shadow' }),
    revision: Type.Optional(Whole('The revision that it last reported', 1)),
    why: Type.Optional(Type.String({ description: 'What it waits for, or why it failed' })),
    error: Type.Optional(
      Type.Object({ code: Type.String(), message: Type.String(), atMs: Type.Optional(WallMs('When')) }),
    ),
    logs: Type.Array(Type.String(), { description: 'Last log lines of the run that failed, oldest first' }),
  },
  { $id: 'RolloutDevice', description: 'Progress of one device' },
)
export type RolloutDevice = Static<typeof RolloutDevice>
export const RolloutDeviceList = listOf(RolloutDevice, 'Devices by id')

export const RolloutDevicesQuery = Type.Object(
  {
    revision: RevisionNumber,
    progress: Type.Optional(OneOf(PROGRESS)),
    device: Type.Optional(DeviceKey),
    after: Type.Optional(Type.String({ maxLength: 64, description: '`next` of the page before' })),
    limit: Type.Optional(Limit(10_000)),
  },
  closed,
)

export const RolloutParams = Type.Object({ name: ManifestName }, closed)
export const RolloutVerbParams = Type.Object({ name: ManifestName, verb: OneOf(ROLLOUT_VERBS) }, closed)
export const RolloutVerbQuery = Type.Object(
  { dryRun: Type.Optional(Type.Boolean({ description: 'Says what it would do, and does nothing' })) },
  closed,
)

export const RolloutEffect = Type.Object(
  {
    verb: OneOf(ROLLOUT_VERBS),
    dryRun: Type.Boolean(),
    name: Type.String(),
    revision: Whole('Revision of the rollout', 1),
    before: Phase,
    after: Phase,
    text: Type.String({ description: 'What it does, in one sentence' }),
    running: Type.String({ description: 'What it does to devices that have the new revision or are moving to it' }),
    waiting: Type.String({ description: 'What it does to devices that were not released yet' }),
    absent: Type.String({ description: 'What it does to devices that are not connected' }),
  },
  { $id: 'RolloutEffect', description: 'What a verb does, or would do, to the devices' },
)
export type RolloutEffect = Static<typeof RolloutEffect>

const LeastMs = (description: string) => Type.Integer({ minimum: 0, description: `${description}, in milliseconds` })

export const PlannedRollout = Type.Object(
  {
    revision: Whole('The revision that it would bring', 1),
    from: Type.Optional(Whole('The revision that devices come from and go back to; absent at the first', 1)),
    staged: Type.Boolean({ description: 'False where all devices get the revision at once' }),
    waves: Type.Array(
      Type.Object({
        number: Whole('From 1', 1),
        name: Type.String({ description: 'Its name, or how it was made: 10%' }),
        approval: OneOf(['none', 'needed'] as const),
        devices: Type.Array(
          Type.Object({
            device: DeviceId,
            name: Type.String(),
            living: Type.Boolean({ description: 'It is connected; one that is not joins when it comes back' }),
          }),
          { description: 'Who would be in it, by id; frozen when the revision is made' },
        ),
        living: Whole('Devices that are connected'),
        arithmetic: Type.String({ description: 'How the numbers come about, for people' }),
        leastMs: Type.Optional(LeastMs('What it takes at least; absent where none of its devices is connected')),
      }),
      { description: 'In order' },
    ),
    startAtMs: Type.Optional(WallMs('When it starts; absent: at once')),
    budget: Type.String({ description: 'What maxUnavailable comes to now, for people' }),
    gate: Type.Array(Type.String(), { description: 'Conditions between two waves, for people' }),
    shadowForMs: Type.Optional(LeastMs('How long both revisions run side by side in each wave')),
    windows: Type.Array(Type.String(), { description: 'When devices are released, in their own time; none: always' }),
    onFailure: OneOf(['pause', 'rollBack'] as const, 'What a failing gate does'),
    fallbackWithinMs: LeastMs('A device that is not healthy in this time goes back by itself'),
    deadlineAtMs: WallMs('When it ends at the latest, if it is made now'),
    leastMs: LeastMs('What all of it takes at least, from now; what is not counted is in `notes`'),
    notes: Type.Array(Type.String(), { description: 'What else takes time or stands in the way, for people' }),
  },
  { $id: 'PlannedRollout', description: 'How a new revision would reach the devices if it were applied now' },
)
export type PlannedRollout = Static<typeof PlannedRollout>
