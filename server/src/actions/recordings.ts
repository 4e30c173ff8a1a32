/** Recorded inputs of the scheduler, and what it makes of them: the same wherever and whenever it is asked. */
import { type Recording, type Replay, readRecording } from '@ocelli/schemas/api/recording'
import { type Refusal, refusal } from '../domain/refusal.ts'
import { sha256Hex } from '../domain/sha256.ts'
import { schedule } from '../scheduler/schedule.ts'
import type { Caller } from './caller.ts'
import type { ActionContext } from './context.ts'
import { takeSnapshot } from './take-snapshot.ts'

export async function recordInputs(context: ActionContext, { project }: Caller): Promise<Recording> {
  const snapshot = await takeSnapshot(context, project)
  const planSha256 = sha256Hex(JSON.stringify(schedule(snapshot)))
  return { recording: 1, snapshot, planSha256 } as Recording
}

/** Refuses with `request.invalid` what is no recording. Nothing of this server's own state is looked at. */
export function replayInputs(bytes: Uint8Array): Replay | Refusal {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder().decode(bytes))
  } catch (error) {
    return refusal(
      'request.invalid',
      `the recording is no JSON: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
  const read = readRecording(value)
  if (!read.ok) return refusal('request.invalid', `this is no recording: ${read.message}`)
  try {
    const deployments = schedule(read.value.snapshot)
    const planSha256 = sha256Hex(JSON.stringify(deployments))
    return { planSha256, same: planSha256 === read.value.planSha256, deployments }
  } catch (error) {
    // The shape is right and its parts contradict each other: somebody edited it.
    return refusal(
      'request.invalid',
      `the recording cannot be planned: ${error instanceof Error ? error.message : error}`,
    )
  }
}
