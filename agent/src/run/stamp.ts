/** Turns what a component put out into a record of the wire: who, which revision, which frame, when. */
import type { DesiredInstance } from '@ocelli/schemas/messages/desired'
import type { OfferedRecord, RecordStamp } from '../link/outbox.ts'
import type { FrameStamp, Output } from '../runtime/host.ts'

export type RecordOutput = Exclude<Output, { kind: 'image' }>

/** The record of an output; cut to the limits of the wire where a text is longer. */
export function recordOf(spec: DesiredInstance, output: RecordOutput, stamp: RecordStamp): OfferedRecord {
  const origin = { ...stamp, ...instanceOf(spec), ...frameOf(output.stamp) }
  switch (output.kind) {
    case 'measurement': {
      const { name, unit, value, labels } = output
      return { kind: 'measurement', ...origin, name, unit, value, ...(labels && { labels: { ...labels } }) }
    }
    case 'detections': {
      const { frameWidthPixels, frameHeightPixels, boxes } = output
      // The wire carries at most 256 boxes a frame; the host's interface has the same bound.
      return { kind: 'detections', ...origin, frameWidthPixels, frameHeightPixels, boxes: boxes.slice(0, 256) }
    }
    case 'event': {
      const { name, severity, attributes } = output
      return { kind: 'event', ...origin, name, severity, attributes: { ...attributes } }
    }
    case 'log': {
      const { level, context, message } = output
      return { kind: 'log', ...origin, level, context: context.slice(0, 128), message: message.slice(0, 4096) }
    }
  }
}

export function taskRecord(spec: DesiredInstance, exitCode: number, stamp: RecordStamp): OfferedRecord {
  return { kind: 'task', ...stamp, ...instanceOf(spec), exitCode }
}

const instanceOf = (spec: DesiredInstance) => ({ instance: spec.id, revision: spec.revision, role: spec.role })

const frameOf = (stamp: FrameStamp | undefined) =>
  stamp && { imager: stamp.imager, frame: stamp.frame, captureMicros: stamp.captureMicros }
