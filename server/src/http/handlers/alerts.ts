import { refusal } from '../../domain/refusal.ts'
import type { Handlers } from '../operations.ts'

type Operations =
  | 'listAlertRules'
  | 'getAlertRule'
  | 'deleteAlertRule'
  | 'muteAlertRule'
  | 'unmuteAlertRule'
  | 'testAlertRule'
  | 'listAlerts'
  | 'getAlert'
  | 'acknowledgeAlert'
  | 'muteAlert'
  | 'unmuteAlert'
  | 'listReceivers'
  | 'putReceiver'
  | 'deleteReceiver'
  | 'listDeliveries'
  | 'retryDelivery'

const busy = async () => refusal('server.busy', 'not served by this version')

export function alertHandlers(): Pick<Handlers, Operations> {
  return {
    listAlertRules: busy,
    getAlertRule: busy,
    deleteAlertRule: busy,
    muteAlertRule: busy,
    unmuteAlertRule: busy,
    testAlertRule: busy,
    listAlerts: busy,
    getAlert: busy,
    acknowledgeAlert: busy,
    muteAlert: busy,
    unmuteAlert: busy,
    listReceivers: busy,
    putReceiver: busy,
    deleteReceiver: busy,
    listDeliveries: busy,
    retryDelivery: busy,
  }
}
