/** The live table of `ocelli up`, from what the API answered last: pure text, so that it can be tested and piped. */
import type { DeploymentSummary } from '@ocelli/schemas/api/deployment'
import type { DeviceSummary } from '@ocelli/schemas/api/device'
import type { DeviceDecision } from '@ocelli/schemas/api/plan'
import type { Output, OutputRecord } from '@ocelli/schemas/api/record'
import { recordLine } from '../commands/watch.ts'
import { groupBy, reasonsOf } from '../format/plan.ts'
import { table } from '../format/table.ts'
import { age, number, plural } from '../format/text.ts'

export interface LiveState {
  readonly url: string
  readonly nowMs: number
  readonly devices: readonly DeviceSummary[]
  readonly deployments: readonly DeploymentSummary[]
  /** Refused decisions by deployment name. */
  readonly refused: ReadonlyMap<string, readonly DeviceDecision[]>
  readonly outputs: readonly Output[]
  /** People really in view by `device name/imager`, as the simulator knows. */
  readonly truth: ReadonlyMap<string, number>
  readonly correlation: { readonly value: number; readonly pairs: number } | undefined
  readonly events: readonly OutputRecord[]
}

/** The part that changes all the time: devices with their values, a line for each deployment, the last events. */
export function renderLive(state: LiveState): string {
  const online = state.devices.filter((device) => device.presence === 'online').length
  return [
    `Ocelli at ${state.url}   ${online} of ${state.devices.length} devices online   ${new Date(state.nowMs).toISOString().slice(11, 19)} UTC`,
    '',
    deviceTable(state),
    '',
    ...state.deployments.map((deployment) => deploymentLine(state, deployment)),
    ...(state.events.length > 0 ? ['', 'last events', ...state.events.map((event) => `  ${recordLine(event)}`)] : []),
  ].join('\n')
}

/** The part that changes seldom: which devices each deployment was refused on, with all reasons. */
export function renderRefusals(state: LiveState): string {
  return state.deployments
    .flatMap(({ name }) => {
      const groups = groupBy(state.refused.get(name) ?? [], (decision) => JSON.stringify(reasonsOf(decision)))
      return [...groups.values()].flatMap((group) => [
        `${name} is refused on ${group.map((decision) => decision.name).join(', ')}`,
        ...(group[0] ? reasonsOf(group[0]) : []).map((reason) => `  - ${reason}`),
      ])
    })
    .join('\n')
}

interface Row {
  readonly device: DeviceSummary
  readonly imager: string | undefined
  /** The first row of its device also shows what belongs to the whole device. */
  readonly first: boolean
}

function deviceTable(state: LiveState): string {
  const rows: Row[] = state.devices.flatMap((device) =>
    (device.imagers.length > 0 ? device.imagers : [undefined]).map((imager, index) => ({
      device,
      imager,
      first: index === 0,
    })),
  )
  const value = (row: Row, name: string) => {
    const output = state.outputs.find(
      (item) => item.device === row.device.id && item.name === name && (item.imager ?? undefined) === row.imager,
    )
    return output === undefined ? undefined : short(output.value)
  }
  return table(rows, [
    { title: 'DEVICE', value: (row) => (row.first ? row.device.name : '') },
    { title: 'PROFILE', value: (row) => (row.first ? row.device.labels.profile : '') },
    { title: 'STATE', value: (row) => (row.first ? row.device.presence : '') },
    {
      title: 'RUNS',
      value: (row) => (row.first ? `${row.device.instances.running}/${row.device.instances.desired}` : ''),
      align: 'right',
    },
    { title: 'IMAGER', value: (row) => row.imager },
    { title: 'PEOPLE', value: (row) => value(row, 'people'), align: 'right' },
    { title: 'TRUTH', value: (row) => state.truth.get(`${row.device.name}/${row.imager}`), align: 'right' },
    { title: 'MOTION', value: (row) => value(row, 'motion'), align: 'right' },
    { title: 'BRIGHTNESS', value: (row) => value(row, 'brightness'), align: 'right' },
    { title: 'UPTIME', value: (row) => (row.first ? uptime(state, row.device) : ''), align: 'right' },
  ])
}

/** Few digits: the table is for a glance. */
function short(value: number): string {
  if (Number.isInteger(value)) return String(value)
  return Math.abs(value) < 1 ? value.toFixed(3) : number(Number(value.toPrecision(4)))
}

function uptime(state: LiveState, device: DeviceSummary): string | undefined {
  const output = state.outputs.find((item) => item.device === device.id && item.name === 'uptime')
  return output && age(output.value * 1000)
}

function deploymentLine(state: LiveState, deployment: DeploymentSummary): string {
  const { instances, devices, name } = deployment
  const follows =
    name === 'people-count' && state.correlation
      ? `; follows the true number of people: correlation ${state.correlation.value.toFixed(2)} over the last minute`
      : ''
  const refused = devices.refused > 0 ? `, refused on ${devices.refused}` : ''
  return `${name}: ${instances.running} of ${instances.placed} instances run, on ${plural(devices.placed, 'device')}${refused}${follows}`
}
