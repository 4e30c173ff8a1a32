/** `broker-config`: what an external broker needs to serve a fleet. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BrokerConfig, BrokerConfigRequest } from '@ocelli/schemas/api/broker'
import { Argument, type Command } from 'commander'
import { collect, wholeNumber } from '../arguments.ts'
import { Client } from '../client.ts'
import { type Format, formatOption, note, print } from '../format/output.ts'

interface BrokerConfigOptions {
  readonly name: readonly string[]
  readonly directory: string
  readonly listen: string
  readonly devicePort: string
  readonly serverPort: string
  readonly out?: string
  readonly output: Format
}

export function addBrokerConfig(program: Command): void {
  program
    .command('broker-config')
    .summary('make the configuration of an external broker')
    .description(
      'Makes listeners, access rules, certificates and the revocation list for an external broker. Make them anew after a revocation and before the certificate ends, and restart the broker.',
    )
    .addArgument(new Argument('<kind>', 'which broker').choices(['mosquitto']))
    .requiredOption('--name <host>', 'name or address of the broker (repeatable)', collect)
    .option('--directory <path>', "where the files will be on the broker's machine", '/etc/mosquitto/ocelli')
    .option('--listen <address>', 'where the broker listens', '0.0.0.0')
    .option('--device-port <port>', 'listener for devices', '8883')
    .option('--server-port <port>', 'listener for servers; keep it away from devices', '8884')
    .option('--out <folder>', 'write the files there instead of printing them')
    .addOption(formatOption())
    .action(async (kind: BrokerConfigRequest['kind'], options: BrokerConfigOptions) => {
      const body: BrokerConfigRequest = {
        kind,
        directory: options.directory,
        listen: options.listen,
        devicePort: wholeNumber(options.devicePort),
        serverPort: wholeNumber(options.serverPort),
        names: [...options.name],
      }
      const config = await Client.fromEnvironment().post<BrokerConfig>('/broker-config', { body })
      if (options.out !== undefined) writeFiles(options.out, config)
      else if (options.output === 'json') print(JSON.stringify(config, null, 2))
      else for (const { name, content } of config.files) print(`# ---- ${options.directory}/${name}\n${content}`)
      note(`The broker's certificate ends at ${new Date(config.expiresAtMs).toISOString()}.`)
    })
}

function writeFiles(folder: string, { files }: BrokerConfig): void {
  mkdirSync(folder, { recursive: true })
  for (const { name, content, secret } of files) {
    writeFileSync(join(folder, name), content, { mode: secret ? 0o600 : 0o644 })
    print(join(folder, name))
  }
}
