/** `ocelli enroll`: a token with which a new device proves itself. */
import type { CreatedEnrolmentToken, CreateEnrolmentToken } from '@ocelli/schemas/api/access'
import type { Command } from 'commander'
import { collect, durationMs, parseLabels, wholeNumber } from '../arguments.ts'
import { Client } from '../client.ts'
import { type Format, formatOption, note, print } from '../format/output.ts'
import { age, plural } from '../format/text.ts'

interface EnrollOptions {
  readonly label: readonly string[]
  readonly uses: string
  readonly expires: string
  readonly replace?: string
  readonly output: Format
}

export function addEnroll(program: Command): void {
  program
    .command('enroll')
    .alias('enrol')
    .summary('make a token with which devices join')
    .description(
      'Makes an enrolment token and prints the command to run on the device. The token holds the address and the fingerprint of this control plane, so the device knows whom it talks to before it says anything.',
    )
    .option('-l, --label <key=value>', 'label that each device gets (repeatable)', collect, [])
    .option('--uses <n>', 'devices that may join with it', '1')
    .option(
      '--replace <device>',
      'let new hardware take the place of this device: it keeps id, name, labels and history',
    )
    .option('--expires <duration>', 'how long it can be used, as in 30m, 24h, 7d', '24h')
    .addOption(formatOption())
    .action(async (options: EnrollOptions) => {
      const body: CreateEnrolmentToken = {
        labels: parseLabels(options.label),
        uses: wholeNumber(options.uses),
        expiresInMs: durationMs(options.expires),
        ...(options.replace !== undefined && { replaces: options.replace }),
      }
      const made = await Client.fromEnvironment().post<CreatedEnrolmentToken>('/enrolment-tokens', { body })
      if (options.output === 'json') return print(JSON.stringify(made, null, 2))
      print(options.output === 'name' ? made.id : made.token)
      if (options.output === 'name') return
      if (options.replace !== undefined) {
        note(
          `\nWhoever joins with this token becomes ${options.replace}: the certificates of the old hardware are revoked in that moment, its placements move to the new.`,
        )
      }
      note(
        `\nThis token is shown once. It lets ${plural(made.usesLeft, 'device')} join within ${age(made.expiresAtMs - made.createdAtMs)}.`,
      )
      note(`On the device:   ocelli-agent join ${made.token.slice(0, 20)}…   then: ocelli-agent run`)
      note('Then look here:  ocelli get devices')
    })
}
