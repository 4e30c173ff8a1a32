import { refusal } from '../../domain/refusal.ts'
import type { Handlers } from '../operations.ts'

type Operations =
  | 'getDeviceFacets'
  | 'getDeviceTimeline'
  | 'getDevicePresence'
  | 'getRetention'
  | 'editRetention'
  | 'listRanges'

const busy = async () => refusal('server.busy', 'not served by this version')

export function historyHandlers(): Pick<Handlers, Operations> {
  return {
    getDeviceFacets: busy,
    getDeviceTimeline: busy,
    getDevicePresence: busy,
    getRetention: busy,
    editRetention: busy,
    listRanges: busy,
  }
}
