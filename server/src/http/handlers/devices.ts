import { type DeviceId, parseDeviceId } from '@ocelli/schemas/ids'
import { applyWanted } from '../../actions/apply-changes.ts'
import type { Caller } from '../../actions/caller.ts'
import { deleteDevice, findDevice, revokeDevice } from '../../actions/devices.ts'
import { sendCommand } from '../../actions/send-command.ts'
import { labelEdits } from '../../actions/wanted-changes.ts'
import { isRefusal, type Refusal, refusal } from '../../domain/refusal.ts'
import { compileFleet } from '../../scheduler/target.ts'
import { type Handlers, ok } from '../operations.ts'
import { deviceDetail, deviceFacets, deviceSummary } from '../views/devices.ts'
import { accepted } from './changes.ts'
import type { HandlerContext } from './context.ts'

type Devices =
  | 'listDevices'
  | 'getDevice'
  | 'getDeviceFacets'
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
      const { after, sort = 'id', limit = DEFAULT_LIMIT } = query
      const afterId = after === undefined ? undefined : parseDeviceId(after)
      if (after !== undefined && (afterId === undefined || sort !== 'id')) {
        return refusal('request.invalid', `query: after "${after}": it is the id of a device, in a list sorted by id`)
      }
      const members = query.fleet === undefined ? undefined : await membersOf(actions, caller, { fleet: query.fleet })
      if (isRefusal(members)) return members
      const { rows, total } = await store.findDevices({
        project: caller.project,
        ...(query.presence !== undefined && { presence: query.presence }),
        ...(query.text !== undefined && { text: query.text }),
        ...(query.interface !== undefined && { interfaces: query.interface }),
        ...(query.agentVersion !== undefined && { agentVersion: query.agentVersion }),
        ...(query.label !== undefined && { labels: query.label }),
        ...(query.health !== undefined && { health: query.health }),
        ...(members !== undefined && { ids: members }),
        ...(afterId !== undefined && { after: afterId }),
        sort,
        offset: query.offset ?? 0,
        // One more tells whether the list goes on.
        limit: limit + 1,
      })
      const items = rows.slice(0, limit).map(deviceSummary)
      const last = rows.length > limit && sort === 'id' ? items.at(-1) : undefined
      return ok({ items, ...(last !== undefined && { next: last.id }), total })
    },
    async getDeviceFacets({ caller }) {
      return ok(deviceFacets(await store.deviceFacts(caller.project)))
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
      if (isRefusal(row)) return row
      const imagers = new Map(row.desired?.instances.map(({ id, imager }) => [id, imager]))
      const items = images.list(row.id).map((info) => {
        const imager = imagers.get(info.instance)
        return { ...info, ...(imager !== undefined && { imager }) }
      })
      return ok({ items })
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

/** Ids of the devices that a query names, all it says together; undefined where it names none. */
export async function membersOf(
  { store }: HandlerContext['actions'],
  { project }: Pick<Caller, 'project'>,
  query: {
    readonly device?: readonly string[]
    readonly fleet?: string
    readonly label?: readonly string[]
  },
): Promise<readonly DeviceId[] | undefined | Refusal> {
  const { device: keys, fleet, label: labels } = query
  if (keys === undefined && fleet === undefined && labels === undefined) return undefined
  const tests: ((id: DeviceId) => boolean)[] = []
  const facts = await store.deviceFacts(project)
  if (keys !== undefined) {
    const byKey = new Map<string, DeviceId>(facts.flatMap(({ id, name }) => [[name, id] as const, [id, id] as const]))
    const missing = keys.find((key) => !byKey.has(key))
    if (missing !== undefined) return refusal('request.notFound', `there is no device ${missing}`)
    const named = new Set(keys.map((key) => byKey.get(key)))
    tests.push((id) => named.has(id))
  }
  if (labels !== undefined) {
    const labelled = new Set(
      facts.filter((one) => labels.every((label) => hasLabel(one.labels, label))).map(({ id }) => id),
    )
    tests.push((id) => labelled.has(id))
  }
  if (fleet !== undefined) {
    const manifest = (await store.fleets(project)).find(({ metadata }) => metadata.name === fleet)
    if (manifest === undefined) return refusal('request.notFound', `there is no fleet ${fleet}`)
    const member = compileFleet(manifest)
    const members = new Set((await store.devices(project)).filter((row) => member(row).matches).map(({ id }) => id))
    tests.push((id) => members.has(id))
  }
  return facts.map(({ id }) => id).filter((id) => tests.every((test) => test(id)))
}

function hasLabel(labels: Readonly<Record<string, string>>, wanted: string): boolean {
  const at = wanted.indexOf('=')
  if (at < 0) return Object.hasOwn(labels, wanted)
  return labels[wanted.slice(0, at)] === wanted.slice(at + 1)
}
