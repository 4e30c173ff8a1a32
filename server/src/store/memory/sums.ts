/** A whole fleet in numbers. */
import type { DeviceDecision } from '@ocelli/schemas/api/plan'
import type { DeviceRow } from '../../domain/records.ts'
import type { Transact } from '../memory.ts'
import type { DeviceGroup, InstanceRow, SumStore } from '../monitoring.ts'
import { devicesOf, FAILING, failingOf, isConverged } from './history.ts'
import { byText, type State } from './state.ts'

export function sumStore(transact: Transact): SumStore {
  return {
    deviceSums: (project, longBeforeMs) =>
      transact((state) => {
        const rows = devicesOf(state, project)
        const count = (test: (row: DeviceRow) => boolean) => rows.filter(test).length
        const are = (presence: DeviceRow['presence']) => count((row) => row.presence === presence)
        const long = (presence: DeviceRow['presence']) =>
          groupOf(rows.filter((row) => row.presence === presence && row.presenceAtMs < longBeforeMs))
        return {
          total: rows.length,
          presence: { online: are('online'), offline: are('offline'), lost: are('lost'), unknown: are('unknown') },
          converged: count(isConverged),
          simulated: count(({ inventory }) => inventory?.platform.simulated === true),
          degraded: groupOf(rows.filter((row) => row.presence === 'online' && (failingOf(row)?.length ?? 0) > 0)),
          longLost: long('lost'),
          longUnknown: long('unknown'),
        }
      }),
    deploymentSums: (project) =>
      transact((state) =>
        [...state.deployments.values()]
          .filter((row) => row.project === project)
          .sort(byText((row) => row.id))
          .map(({ id }) => {
            const decisions = [...(state.decisions.get(id)?.values() ?? [])]
            const decided = (outcome: DeviceDecision['outcome']) =>
              decisions.filter((decision) => decision.outcome === outcome).length
            const states = instancesOf(state, id).map((row) => row.state)
            const running = states.filter((one) => one?.state === 'running')
            return {
              deployment: id,
              devices: {
                placed: decided('placed'),
                refused: decided('refused'),
                notTargeted: decided('notTargeted'),
              },
              instances: {
                placed: states.length,
                running: running.length,
                healthy: running.filter((one) => one?.healthy === true).length,
                failing: states.filter((one) => one !== undefined && FAILING.has(one.state)).length,
              },
            }
          }),
      ),
    deploymentInstances: (deployment) => transact((state) => instancesOf(state, deployment)),
  }
}

function instancesOf(state: State, deployment: string): InstanceRow[] {
  return [...state.placements.values()]
    .map(({ placement }) => placement)
    .filter((placement) => placement.deployment === deployment)
    .sort(byText((placement) => placement.instance))
    .map((placement) => {
      const device = state.devices.get(placement.device)
      const reported = device?.reported?.instances.find(({ id }) => id === placement.instance)
      return {
        placement,
        deviceName: device?.name ?? placement.device,
        presence: device?.presence ?? 'unknown',
        ...(reported && { state: reported }),
      }
    })
}

function groupOf([one, ...others]: readonly DeviceRow[]): DeviceGroup {
  if (one === undefined) return { count: 0 }
  return others.length === 0 ? { count: 1, only: { id: one.id, name: one.name } } : { count: others.length + 1 }
}
