/** `ocelli login`: remembers a control plane and a token, after trying them. */
import type { WhoAmI } from '@ocelli/schemas/api/access'
import type { Command } from 'commander'
import { Client } from '../client.ts'
import { saveContext } from '../context.ts'
import { usageError } from '../exit.ts'
import { note } from '../format/output.ts'

export function addLogin(program: Command): void {
  program
    .command('login')
    .summary('remember a control plane and a token')
    .description('Tries the token, then keeps address and token in a file that only you can read.')
    .argument('<url>', 'address of the control plane, as in http://127.0.0.1:7070')
    .option('--token <token>', 'access token; read from standard input where absent')
    .option('--context <name>', 'name to remember it by', 'default')
    .action(async (url: string, options: { token?: string; context: string }) => {
      if (!URL.canParse(url))
        throw usageError(`${url} is no address`, 'ocelli login http://127.0.0.1:7070 --token TOKEN')
      const token = (options.token ?? (await readStandardInput())).trim()
      if (token === '') throw usageError('a token is needed', 'ocelli login URL --token TOKEN')
      const context = { url: new URL(url).origin, token }
      const me = await new Client(context).get<WhoAmI>('/whoami')
      const path = saveContext(options.context, context)
      note(`Logged in to ${context.url} as ${me.name} (${me.role}, project ${me.project}). Kept in ${path}`)
    })
}

async function readStandardInput(): Promise<string> {
  if (process.stdin.isTTY) note('Paste the token, then press Ctrl-D:')
  let text = ''
  for await (const chunk of process.stdin.setEncoding('utf8')) text += chunk
  return text
}
