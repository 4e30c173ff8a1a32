/** `root`: replaces the certificate root that devices trust, while they stay connected. */
import type { RootsInfo } from '@ocelli/schemas/api/root'
import type { Command } from 'commander'
import { Client } from '../client.ts'
import { type Format, formatOption, note, printOne } from '../format/output.ts'
import { plural } from '../format/text.ts'

export function addRoot(program: Command): void {
  const root = program.command('root').summary('show and replace the certificate root that devices trust')
  root
    .command('show')
    .summary('show the roots, and how many devices know the next one')
    .addOption(formatOption())
    .action(async (options: { output: Format }) => {
      show(options.output, await Client.fromEnvironment().get<RootsInfo>('/roots'))
    })
  root
    .command('rotate')
    .summary('make the next root; devices learn it as they renew')
    .description(
      'Makes a second root beside the first. Certificates come from it at once, and every device hears of both when it renews: at two thirds of the 30 days of its certificate. The server goes on presenting the first, which all of them know. Nothing is cut off. With an external broker write its configuration anew right afterwards.',
    )
    .addOption(formatOption())
    .action(async (options: { output: Format }) => {
      const info = await Client.fromEnvironment().post<RootsInfo>('/roots/rotate')
      show(options.output, info)
      note(`The key of the next root is in keys/${info.next?.keyFile} of the server: move it off. Make a backup now.`)
      note('With an external broker: ocelli broker-config, now and after `ocelli root retire`')
    })
  root
    .command('retire')
    .summary('forget the first root, when every device knows the next one')
    .description(
      'The server presents the next root from now on and accepts certificates of it alone. Refused while devices have yet to renew, as they could not come back. Enrolment tokens that were made before name the first root: make new ones.',
    )
    .option('--force', 'shut out devices that have yet to renew: they come back by `ocelli enroll --replace`')
    .addOption(formatOption())
    .action(async (options: { force?: boolean; output: Format }) => {
      const body = { force: options.force ?? false }
      show(options.output, await Client.fromEnvironment().post<RootsInfo>('/roots/retire', { body }))
    })
}

function show(format: Format, info: RootsInfo): void {
  printOne(format, info, info.current.sha256, text)
}

function text({ current, next }: RootsInfo): string {
  const first = `root ${current.sha256}   presented by the server`
  if (next === undefined) return first
  const renewed = next.devices - next.waiting
  const names = next.waitingNames.slice(0, 10).map(({ name }) => name)
  return [
    first,
    `next ${next.sha256}   since ${new Date(next.sinceMs).toISOString()}`,
    `     known to ${renewed} of ${plural(next.devices, 'device')}`,
    ...(names.length === 0
      ? ['     every device has renewed: ocelli root retire']
      : [`     waiting for ${names.join(', ')}${next.waiting > names.length ? ', …' : ''}`]),
  ].join('\n')
}
