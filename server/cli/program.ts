/** All commands of `ocelli`, as one program that has not been run yet. */
import { Command } from 'commander'
import { addAccess } from './commands/access.ts'
import { addAlerts } from './commands/alerts.ts'
import { addBackup } from './commands/backup.ts'
import { addBrokerConfig } from './commands/broker-config.ts'
import { addChange } from './commands/change.ts'
import { addCommand } from './commands/command.ts'
import { addCompletion } from './commands/completion.ts'
import { addComponent } from './commands/component.ts'
import { addConsole } from './commands/console.ts'
import { addDescribe } from './commands/describe.ts'
import { addDoctor } from './commands/doctor.ts'
import { addEnroll } from './commands/enroll.ts'
import { addExplain } from './commands/explain.ts'
import { addGet } from './commands/get.ts'
import { addLogin } from './commands/login.ts'
import { addRollout } from './commands/rollout.ts'
import { addRoot } from './commands/root.ts'
import { addSteer } from './commands/steer.ts'
import { addTop } from './commands/top.ts'
import { addWatch } from './commands/watch.ts'
import { addUp } from './up/up.ts'

const HELP = `
Register devices      ocelli enroll                          ocelli get devices
Push components       ocelli push FILE.wasm                  ocelli plan -f deployment.yaml
Watch the sensors     ocelli outputs -f                      ocelli explain deployment NAME

Exit codes: 0 done; 1 failed; 2 something cannot be placed; 3 a person decides; of rollout status: 4 rolled
back, 5 aborted, 6 superseded; 64 wrong flag or argument.`

/** What is wrong with flags and arguments throws, and ends nothing. */
export function createProgram(version: string): Command {
  const program = new Command('ocelli')
    .description('Places WebAssembly components on fleets of camera sensors by what each device can do.')
    .version(version)
    .showHelpAfterError('(ocelli COMMAND --help says more)')
    .configureOutput({ outputError: (text, write) => write(withCode(text)) })
    .addHelpText('after', HELP)
  for (const add of [
    addUp,
    addLogin,
    addConsole,
    addEnroll,
    addGet,
    addDescribe,
    addChange,
    addSteer,
    addExplain,
    addRollout,
    addComponent,
    addWatch,
    addTop,
    addAlerts,
    addCommand,
    addAccess,
    addBrokerConfig,
    addBackup,
    addRoot,
    addDoctor,
    addCompletion,
  ]) {
    add(program)
  }
  exitByThrowing(program)
  return program
}

/** Commander knows no codes: all that it finds wrong is a flag or an argument. */
const withCode = (text: string): string => text.replace(/^(error: .*)$/m, '$1 [flag.invalid]')

/** Commander ends the process itself otherwise, with code 1 for a wrong flag. */
function exitByThrowing(command: Command): void {
  command.exitOverride()
  for (const sub of command.commands) exitByThrowing(sub)
}
