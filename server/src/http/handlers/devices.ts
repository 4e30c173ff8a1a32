import type { DeviceQuery } from '@ocelli/schemas/api/device'
import { applyWanted } from '../../actions/apply-changes.ts'
import { deleteDevice, findDevice, revokeDevice } from '../../actions/devices.ts'
import { sendCommand } from '../../actions/send-command.ts'
import { labelEdits } from '../../actions/wanted-changes.ts'
import type { DeviceRow } from '../../domain/records.ts'
import { isRefusal, refusal } from '../../domain/refusal.ts'
import { compileFleet } from '../../scheduler/target.ts'
import { type Handlers, ok } from '../operations.ts'
import { deviceDetail, deviceSummary } from '../views/devices.ts'
import { accepted } from './changes.ts'
import type { HandlerContext } from './context.ts'

type Devices =
  | 'listDevices'
  | 'getDevice'
  | 'deleteDevice'
  | 'revokeDevice'
  | 'editDeviceLabels'
  | 'sendCommand'
  | 'getCommand'
  | 'listImages'
  | 'getImage'

const DEFAULT_LIMIT = 1_000

export function deviceHandlers({ actions, problems, images }: HandlerContext): Pick<Handlers, Devices> {
  const { store, commands } = actions
  return {
    async listDevices({ caller, query }) {
      const fleet = query.fleet
      const manifests = fleet === undefined ? [] : await store.fleets(caller.project)
      const manifest = manifests.find(({ metadata }) => metadata.name === fleet)
      if (fleet !== undefined && manifest === undefined)
        return refusal('request.notFound', `there is no fleet ${fleet}`)
      const member = manifest && compileFleet(manifest)
      const rows = (await store.devices(caller.project)).filter(
        (row) => matches(row, query) && (member === undefined || member(row).matches),
      )
      const limit = query.limit ?? DEFAULT_LIMIT
      const last = rows.length > limit ? rows[limit - 1] : undefined
      const items = rows.slice(0, limit).map(deviceSummary)
      return ok({ items, ...(last !== undefined && { next: last.id }), total: rows.length })
    },
    async getDevice({ caller, params }) {
      const row = await findDevice(actions, caller, params.device)
      if (isRefusal(row)) return row
      return ok(deviceDetail(row, await store.certificates(row.id), problems.of(row.id)))
    },
    async deleteDevice({ caller, params }) {
      return accepted(await deleteDevice(actions, caller, params.device))
    },
    async revokeDevice({ caller, params }) {
      const serials = await revokeDevice(actions, caller, params.device)
      return isRefusal(serials) ? serials : ok({ serials: [...serials] })
    },
    async editDeviceLabels({ caller, params, body }) {
      const wanted = labelEdits([{ device: params.device, labels: body.labels }])
      return accepted(await applyWanted(actions, caller, [wanted]))
    },
    async sendCommand({ caller, params, query, body }) {
      const sent = await sendCommand(actions, caller, params.device, body)
      if (isRefusal(sent)) return sent
      return ok((await commands.wait(sent.device, sent.id, query.waitMs ?? 0)) ?? sent)
    },
    async listImages({ caller, params }) {
      const row = await findDevice(actions, caller, params.device)
      return isRefusal(row) ? row : ok({ items: [...images.list(row.id)] })
    },
    async getImage({ caller, params }) {
      const row = await findDevice(actions, caller, params.device)
      if (isRefusal(row)) return row
      const jpeg = images.get(row.id, params.instance, params.name)
      return jpeg
        ? ok(jpeg)
        : refusal('request.notFound', `device ${row.name} has no picture ${params.name} of this instance`)
    },
    async getCommand({ caller, params, query }) {
      const row = await findDevice(actions, caller, params.device)
      if (isRefusal(row)) return row
      const found = await commands.wait(row.id, params.command, query.waitMs ?? 0)
      if (found !== undefined) return ok(found)
      return refusal('request.notFound', `device ${row.name} was sent no command ${params.command} by this server`)
    },
  }
}

function matches(row: DeviceRow, { presence, label, after }: DeviceQuery): boolean {
  if (presence !== undefined && !presence.includes(row.presence)) return false
  if (after !== undefined && row.id <= after) return false
  return (label ?? []).every((wanted) => {
    const at = wanted.indexOf('=')
    if (at < 0) return Object.hasOwn(row.labels, wanted)
    return row.labels[wanted.slice(0, at)] === wanted.slice(at + 1)
  })
}
