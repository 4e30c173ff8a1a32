/** `describe`: everything about one thing. */
import type { FleetInfo } from '@ocelli/schemas/api/change'
import type { ComponentInfo } from '@ocelli/schemas/api/component'
import type { DeploymentDetail } from '@ocelli/schemas/api/deployment'
import type { DeviceDetail } from '@ocelli/schemas/api/device'
import { DEPLOYMENT_DEFAULTS } from '@ocelli/schemas/manifest/deployment'
import type { Command } from 'commander'
import { stringify } from 'yaml'
import { Client } from '../client.ts'
import { usageError } from '../exit.ts'
import { type Format, formatOption, printOne } from '../format/output.ts'
import { table } from '../format/table.ts'
import { age, bytes, labels } from '../format/text.ts'

export function addDescribe(program: Command): void {
  program
    .command('describe')
    .summary('show everything about a device, deployment, component or fleet')
    .argument('<kind>', 'device, deployment, component (name@version) or fleet')
    .argument('<name>', 'its name or id')
    .addOption(formatOption())
    .action(async (kind: string, name: string, options: { output: Format }) => {
      const client = Client.fromEnvironment()
      const show = DESCRIBABLE[kind.replace(/s$/, '')]
      if (!show) throw usageError(`${kind} cannot be described`, `one of: ${Object.keys(DESCRIBABLE).join(', ')}`)
      await show(client, name, options.output)
    })
}

const DESCRIBABLE: Readonly<Record<string, (client: Client, name: string, format: Format) => Promise<void>>> = {
  async device(client, name, format) {
    const found = await client.get<DeviceDetail>(`/devices/${encodeURIComponent(name)}`)
    printOne(format, found, found.name, deviceText)
  },
  async deployment(client, name, format) {
    const found = await client.get<DeploymentDetail>(`/deployments/${encodeURIComponent(name)}`)
    printOne(format, found, found.name, deploymentText)
  },
  async component(client, name, format) {
    const [plain = '', version = ''] = name.split('@')
    if (version === '') throw usageError(`${name} names no version`, `ocelli describe component ${plain}@1.0.0`)
    const found = await client.get<ComponentInfo>(`/components/${plain}/${version}`)
    printOne(format, found, name, componentText)
  },
  async fleet(client, name, format) {
    const found = await client.get<FleetInfo>(`/fleets/${encodeURIComponent(name)}`)
    printOne(format, found, found.name, (fleet) =>
      [
        `fleet ${fleet.name}`,
        stringify(fleet.spec).trimEnd(),
        `members (${fleet.members.length}): ${fleet.members.map((member) => member.name).join(', ') || 'none'}`,
      ].join('\n'),
    )
  },
}

const ago = (ms: number) => `${age(Math.max(0, Date.now() - ms))} ago`

function deviceText(found: DeviceDetail): string {
  const lines = [
    `device ${found.name} (${found.id})`,
    `  ${found.presence}, since ${ago(found.presenceAtMs)}; enrolled ${ago(found.enrolledAtMs)}; labels ${labels(found.labels) || 'none'}`,
    `  desired state ${found.converged ? 'reached' : 'NOT reached yet'} (wanted ${generation(found.generation.desired)}, reported ${generation(found.generation.reported)})`,
  ]
  const { inventory, reported } = found
  if (inventory) {
    const { platform, agent } = inventory
    lines.push(
      `  ${platform.model || 'board unknown'}, ${platform.architecture}, ${platform.operatingSystem}; ${bytes(platform.memoryBytes)} memory; agent ${agent.version}`,
      '',
      inventory.imagers.length === 0
        ? '  no imagers'
        : table(inventory.imagers, [
            { title: '  IMAGER', value: (row) => `  ${row.id}` },
            { title: 'MODEL', value: (row) => row.model },
            { title: 'SIZE', value: (row) => `${row.widthPixels}x${row.heightPixels}` },
            { title: 'RATE', value: (row) => `${row.maxFrameRateMillihertz / 1000} /s` },
            { title: 'FORMATS', value: (row) => row.formats.join(',') },
            { title: 'DRIVER', value: (row) => row.driver },
          ]),
      '',
      '  interfaces:',
      ...inventory.interfaces.map(
        (item) => `    ${item.name}${item.imagers ? ` (on ${item.imagers.join(', ')})` : ''}`,
      ),
    )
  } else lines.push('  has not reported what it can do yet')
  if (reported) {
    lines.push('', reported.instances.length === 0 ? '  runs nothing' : instanceTable(reported.instances))
    const { outbox } = reported
    lines.push(`  outbox: ${outbox.held} records held (${bytes(outbox.heldBytes)}), ${outbox.lost} lost`)
    if (reported.refused)
      lines.push(`  refused a desired state: ${reported.refused.error.message} [${reported.refused.error.code}]`)
  }
  for (const problem of found.problems) {
    lines.push(
      `  problem ${ago(problem.atMs)}, ${problem.count}x on ${problem.topic}: ${problem.message} [${problem.code}]`,
    )
  }
  for (const certificate of found.certificates) {
    const state =
      certificate.revokedAtMs === undefined ? `until ${new Date(certificate.expiresAtMs).toISOString()}` : 'REVOKED'
    lines.push(`  certificate ${certificate.number}: ${state}`)
  }
  return lines.join('\n')
}

type Instances = NonNullable<DeviceDetail['reported']>['instances']

function instanceTable(instances: Instances): string {
  return table(instances, [
    { title: '  INSTANCE', value: (row) => `  ${row.id}` },
    { title: 'REALISATION', value: (row) => row.realisation },
    { title: 'REVISION', value: (row) => row.revision, align: 'right' },
    { title: 'STATE', value: (row) => (row.healthy ? `${row.state}, healthy` : row.state) },
    { title: 'RESTARTS', value: (row) => row.restarts, align: 'right' },
    { title: 'FRAMES', value: (row) => row.framesHandled, align: 'right' },
    { title: 'ERROR', value: (row) => (row.error ? `${row.error.message} [${row.error.code}]` : undefined) },
  ])
}

function deploymentText(found: DeploymentDetail): string {
  const rows = found.placements.map(({ placement, deviceName, presence, state }) => ({
    placement,
    deviceName,
    presence,
    state,
  }))
  return [
    `deployment ${found.name} (${found.id}), revision ${found.revision}`,
    `  placed on ${found.devices.placed}, refused on ${found.devices.refused}, not targeted ${found.devices.notTargeted}   (why: ocelli explain deployment ${found.name})`,
    ...(found.agreedDevices === undefined ? [] : [`  ${reachText(found, found.agreedDevices)}`]),
    '',
    rows.length === 0
      ? '  runs nowhere'
      : table(rows, [
          { title: 'DEVICE', value: (row) => row.deviceName },
          { title: 'SLOT', value: (row) => row.placement.slot },
          { title: 'REALISATION', value: (row) => row.placement.realisation },
          { title: 'PRESENCE', value: (row) => row.presence },
          { title: 'STATE', value: (row) => (row.state?.healthy ? `${row.state.state}, healthy` : row.state?.state) },
          { title: 'RESTARTS', value: (row) => row.state?.restarts, align: 'right' },
          { title: 'INSTANCE', value: (row) => row.placement.instance },
          {
            title: 'ERROR',
            value: (row) => (row.state?.error ? `${row.state.error.message} [${row.state.error.code}]` : undefined),
          },
        ]),
    '',
    stringify(found.spec).trimEnd(),
  ].join('\n')
}

/** What it may still grow by itself. */
function reachText({ devices: { placed }, spec }: DeploymentDetail, agreed: number): string {
  const grown = placed > agreed ? `, ${placed - agreed} came by themselves since` : ''
  const limit = spec.rollout?.maxTouched ?? `maxTouched of its fleet, else ${DEPLOYMENT_DEFAULTS.maxTouched},`
  return `a person last agreed to ${agreed} devices${grown}; it may grow by ${limit} beyond them before it waits for a person`
}

function componentText(found: ComponentInfo): string {
  return [
    `component ${found.name}@${found.version} by ${found.publisher}, pushed ${ago(found.pushedAtMs)}`,
    `  ${found.digest}  ${bytes(found.sizeBytes)}`,
    `  imports ${found.imports.join(', ') || 'nothing'}`,
    `  exports ${found.exports.join(', ') || 'nothing'}`,
    `  needs   ${JSON.stringify(found.needs)}`,
    '',
    found.wit.trimEnd(),
  ].join('\n')
}

function generation(value: DeviceDetail['generation']['desired']): string {
  return value ? `${value.epoch}.${value.counter}` : 'none'
}
