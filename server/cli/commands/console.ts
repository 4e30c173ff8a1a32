/** `ocelli console`: a link that opens the web console signed in. */
import type { CreateAccessToken, CreatedAccessToken, Role, WhoAmI } from '@ocelli/schemas/api/access'
import type { Command } from 'commander'
import { durationMs } from '../arguments.ts'
import { Client } from '../client.ts'
import { note, print } from '../format/output.ts'

interface ConsoleOptions {
  readonly for?: string
  readonly role: Role
  readonly expires: string
}

export function addConsole(program: Command): void {
  program
    .command('console')
    .summary('print a link that opens the web console signed in')
    .description(
      'The token stands behind the #, which browsers keep to themselves: it is sent to no server and stands in no log. With --for the link carries a new token of its own, to hand to somebody.',
    )
    .option('--for <name>', 'make a new token for this person or screen')
    .option('--role <role>', 'role of the new token: viewer, operator, publisher or admin', 'viewer')
    .option('--expires <duration>', 'how long the new token lasts, as in 12h, 30d', '12h')
    .action(async (options: ConsoleOptions) => {
      const client = Client.fromEnvironment()
      const { context } = client
      if (options.for === undefined) {
        const me = await client.get<WhoAmI>('/whoami')
        print(consoleLink(context.url, context.token))
        note(`Opens the console as ${me.name} (${me.role}). Who has the link has the token.`)
        return
      }
      const body: CreateAccessToken = {
        name: options.for,
        role: options.role,
        expiresInMs: durationMs(options.expires),
      }
      const made = await client.post<CreatedAccessToken>('/access-tokens', { body })
      print(consoleLink(context.url, made.token))
      note(
        `Opens the console as ${made.name} (${made.role}) for ${options.expires}. Revoke it with: ocelli delete access-token ${made.id}`,
      )
    })
}

export const consoleLink = (url: string, token: string): string => `${url}/#token=${token}`
