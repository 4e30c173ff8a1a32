/** `ocelli get`: lists of everything there is. */
import type { AccessToken, EnrolmentTokenInfo } from '@ocelli/schemas/api/access'
import type { FleetInfo, PendingChange } from '@ocelli/schemas/api/change'
import type { ComponentInfo } from '@ocelli/schemas/api/component'
import type { DeploymentSummary } from '@ocelli/schemas/api/deployment'
import type { DeviceSummary } from '@ocelli/schemas/api/device'
import type { ProjectInfo } from '@ocelli/schemas/api/project'
import type { AuditEntry } from '@ocelli/schemas/api/status'
import { Argument, type Command } from 'commander'
import { collect } from '../arguments.ts'
import { Client, type Query } from '../client.ts'
import { CliError } from '../exit.ts'
import { type Format, formatOption, type Listing, printList } from '../format/output.ts'
import { exceededTexts } from '../format/plan.ts'
import { age, bytes, labels } from '../format/text.ts'

interface GetOptions {
  readonly output: Format
  readonly label: readonly string[]
  readonly fleet?: string
  readonly presence?: string
}

/** One kind of thing: where its list is and how it is shown. Rows are typed inside, so that kinds can share a map. */
interface Kind {
  readonly show: (client: Client, options: GetOptions, only: string | undefined) => Promise<void>
}

function kind<T>(path: string, listing: Omit<Listing<T>, 'rows'>, query?: (options: GetOptions) => Query): Kind {
  return {
    async show(client, options, only) {
      const rows = await all<T>(client, path, query?.(options) ?? {})
      const chosen = only === undefined ? rows : rows.filter((row) => listing.name(row) === only)
      if (only !== undefined && chosen.length === 0) {
        throw new CliError('request.notFound', `there is no ${only} in ${path.slice(1)}`, {
          next: `ocelli get ${path.slice(1)}`,
        })
      }
      printList(options.output, { ...listing, rows: chosen })
    },
  }
}

/** Every page of a list. */
async function all<T>(client: Client, path: string, query: Query): Promise<readonly T[]> {
  const rows: T[] = []
  let after: string | undefined
  do {
    const page: { items: T[]; next?: string } = await client.get(path, { query: { ...query, after } })
    rows.push(...page.items)
    after = page.next
  } while (after !== undefined)
  return rows
}

const since = (ms: number) => age(Math.max(0, Date.now() - ms))

const devices = kind<DeviceSummary>(
  '/devices',
  {
    name: (row) => row.name,
    empty: 'No devices yet. Make a token for the first one: ocelli enroll',
    columns: [
      { title: 'NAME', value: (row) => row.name },
      { title: 'STATE', value: (row) => row.presence },
      { title: 'FOR', value: (row) => since(row.presenceAtMs) },
      { title: 'IMAGERS', value: (row) => row.imagers.join(',') || undefined },
      { title: 'INSTANCES', value: (row) => `${row.instances.running}/${row.instances.desired}` },
      { title: 'CONVERGED', value: (row) => (row.converged ? 'yes' : 'no') },
      { title: 'LABELS', value: (row) => labels(row.labels) || undefined },
      { title: 'ID', value: (row) => row.id, wide: true },
      { title: 'MODEL', value: (row) => row.model, wide: true },
      { title: 'AGENT', value: (row) => row.agentVersion, wide: true },
    ],
  },
  (options) => ({ label: options.label, fleet: options.fleet, presence: options.presence }),
)

const deployments = kind<DeploymentSummary>('/deployments', {
  name: (row) => row.name,
  empty: 'No deployments yet. See what one would do: ocelli plan -f deployment.yaml',
  columns: [
    { title: 'NAME', value: (row) => row.name },
    { title: 'REVISION', value: (row) => row.revision, align: 'right' },
    { title: 'DEVICES', value: (row) => row.devices.placed, align: 'right' },
    { title: 'REFUSED', value: (row) => row.devices.refused, align: 'right' },
    { title: 'RUNNING', value: (row) => `${row.instances.running}/${row.instances.placed}`, align: 'right' },
    { title: 'HEALTHY', value: (row) => row.instances.healthy, align: 'right' },
    { title: 'FAILING', value: (row) => row.instances.failing, align: 'right' },
    { title: 'UPDATED', value: (row) => `${since(row.updatedAtMs)} ago` },
    { title: 'ID', value: (row) => row.id, wide: true },
  ],
})

const components = kind<ComponentInfo>('/components', {
  name: (row) => `${row.name}@${row.version}`,
  empty: 'No components yet. Push one: ocelli push FILE.wasm',
  columns: [
    { title: 'COMPONENT', value: (row) => `${row.name}@${row.version}` },
    { title: 'SIZE', value: (row) => bytes(row.sizeBytes), align: 'right' },
    { title: 'PUBLISHER', value: (row) => row.publisher },
    { title: 'PUSHED', value: (row) => `${since(row.pushedAtMs)} ago` },
    { title: 'IMPORTS', value: (row) => row.imports.map(shortInterface).join(',') },
    { title: 'EXPORTS', value: (row) => row.exports.map(shortInterface).join(',') },
    { title: 'DIGEST', value: (row) => row.digest, wide: true },
  ],
})

const fleets = kind<FleetInfo>('/fleets', {
  name: (row) => row.name,
  empty: 'No fleets yet. Apply a manifest of kind Fleet: ocelli apply -f fleet.yaml',
  columns: [
    { title: 'NAME', value: (row) => row.name },
    { title: 'DEVICES', value: (row) => row.members.length, align: 'right' },
    { title: 'SELECTOR', value: (row) => row.spec.selector },
  ],
})

const changes = kind<PendingChange>('/changes', {
  name: (row) => row.id,
  empty: 'Nothing waits for a person.',
  columns: [
    { title: 'CHANGE', value: (row) => row.id },
    { title: 'WHAT', value: (row) => `${row.kind} ${row.name}` },
    { title: 'WHY', value: (row) => exceededTexts(row.plan).join('; ') },
    { title: 'BY', value: (row) => row.actor },
    { title: 'WAITING', value: (row) => since(row.createdAtMs) },
  ],
})

const enrolmentTokens = kind<EnrolmentTokenInfo>('/enrolment-tokens', {
  name: (row) => row.id,
  empty: 'No enrolment tokens. Make one: ocelli enroll',
  columns: [
    { title: 'ID', value: (row) => row.id },
    { title: 'USES LEFT', value: (row) => `${row.usesLeft}/${row.uses}` },
    { title: 'STATE', value: (row) => tokenState(row.revoked, row.expiresAtMs) },
    { title: 'LABELS', value: (row) => labels(row.labels) || undefined },
  ],
})

const accessTokens = kind<AccessToken>('/access-tokens', {
  name: (row) => row.id,
  empty: 'No access tokens.',
  columns: [
    { title: 'ID', value: (row) => row.id },
    { title: 'NAME', value: (row) => row.name },
    { title: 'ROLE', value: (row) => row.role },
    { title: 'STATE', value: (row) => tokenState(row.revoked, row.expiresAtMs) },
    { title: 'MADE', value: (row) => `${since(row.createdAtMs)} ago` },
  ],
})

const projects = kind<ProjectInfo>('/projects', {
  name: (row) => row.name,
  empty: 'No projects.',
  columns: [
    { title: 'NAME', value: (row) => row.name },
    { title: 'DEVICES', value: (row) => row.devices, align: 'right' },
    { title: 'DEPLOYMENTS', value: (row) => row.deployments, align: 'right' },
  ],
})

const audit = kind<AuditEntry>('/audit', {
  name: (row) => `${row.action} ${row.subject}`,
  empty: 'Nothing was changed yet.',
  columns: [
    { title: 'WHEN', value: (row) => `${since(row.atMs)} ago` },
    { title: 'WHO', value: (row) => row.actor },
    { title: 'WHAT', value: (row) => row.action },
    { title: 'SUBJECT', value: (row) => row.subject },
    { title: 'DETAIL', value: (row) => JSON.stringify(row.detail), wide: true },
  ],
})

const KINDS: Readonly<Record<string, Kind>> = {
  devices,
  deployments,
  components,
  fleets,
  changes,
  'enrolment-tokens': enrolmentTokens,
  'access-tokens': accessTokens,
  projects,
  audit,
}

/** What can be listed; singular forms are taken too. */
export const KIND_NAMES = Object.keys(KINDS)

export function addGet(program: Command): void {
  program
    .command('get')
    .summary('list devices, deployments, components, fleets, ...')
    .addArgument(new Argument('<kind>', `what to list: ${KIND_NAMES.join(', ')}`).argParser(plainKind))
    .argument('[name]', 'only this one')
    .option('-l, --label <key[=value]>', 'devices: only with this label (repeatable)', collect, [])
    .option('--fleet <name>', 'devices: only members of this fleet')
    .option('--presence <state>', 'devices: only online, offline, lost or unknown')
    .addOption(formatOption())
    .action(async (name: string, only: string | undefined, options: GetOptions) => {
      await KINDS[name]?.show(Client.fromEnvironment(), options, only)
    })
}

function plainKind(text: string): string {
  const found = KIND_NAMES.find((name) => name === text || name === `${text}s`)
  if (found) return found
  throw new CliError('flag.invalid', `there is no kind ${text}`, {
    next: `one of: ${KIND_NAMES.join(', ')}`,
    exitCode: 64,
  })
}

/** `detector` for `ocelli:sensing/detector@0.1.0`: within Ocelli's own package the rest is the same everywhere. */
function shortInterface(name: string): string {
  return name.replace(/^ocelli:sensing\/([a-z-]+)@.*$/, '$1')
}

function tokenState(revoked: boolean, expiresAtMs: number | undefined): string {
  if (revoked) return 'revoked'
  if (expiresAtMs === undefined) return 'valid'
  return expiresAtMs < Date.now() ? 'expired' : `valid for ${age(expiresAtMs - Date.now())}`
}
