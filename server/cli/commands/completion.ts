/** `completion`: a script for the shell, made from the commands themselves. */
import { Argument, type Command } from 'commander'
import { print } from '../format/output.ts'
import { KIND_NAMES } from './get.ts'

const SHELLS = ['bash', 'zsh', 'fish'] as const
type Shell = (typeof SHELLS)[number]

export function addCompletion(program: Command): void {
  program
    .command('completion')
    .summary('print a completion script for your shell')
    .addHelpText(
      'after',
      '\nbash:  source <(ocelli completion bash)\nzsh:   source <(ocelli completion zsh)\nfish:  ocelli completion fish | source',
    )
    .addArgument(new Argument('<shell>').choices(SHELLS))
    .action((shell: Shell) => print(SCRIPTS[shell](words(program))))
}

/** What may follow each command: its subcommands and flags. */
type Words = ReadonlyMap<string, readonly string[]>

function words(program: Command): Words {
  const flags = (command: Command) => command.options.flatMap((option) => option.long ?? [])
  const entries = program.commands.map((command) => {
    const kinds = command.name() === 'get' ? KIND_NAMES : []
    return [command.name(), [...command.commands.map((sub) => sub.name()), ...kinds, ...flags(command)]] as const
  })
  return new Map([['', program.commands.map((command) => command.name())], ...entries])
}

const SCRIPTS: Readonly<Record<Shell, (words: Words) => string>> = {
  bash: (all) => `_ocelli() {
  local current=\${COMP_WORDS[COMP_CWORD]} words
  case \${COMP_CWORD}:\${COMP_WORDS[1]} in
    1:*) words="${all.get('')?.join(' ')}" ;;
${cases(all, (name, list) => `    *:${name}) words="${list.join(' ')}" ;;`)}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  [ \${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -f -- "$current"))
}
complete -F _ocelli ocelli`,
  zsh: (all) => `#compdef ocelli
_ocelli() {
  if (( CURRENT == 2 )); then compadd ${all.get('')?.join(' ')}; return; fi
  case $words[2] in
${cases(all, (name, list) => `    ${name}) compadd -- ${list.join(' ')} ;;`)}
  esac
  _files
}
compdef _ocelli ocelli`,
  fish: (all) =>
    [
      `complete -c ocelli -n __fish_use_subcommand -a "${all.get('')?.join(' ')}"`,
      ...[...all]
        .filter(([name]) => name !== '')
        .map(([name, list]) => `complete -c ocelli -n "__fish_seen_subcommand_from ${name}" -a "${list.join(' ')}"`),
    ].join('\n'),
}

function cases(all: Words, line: (name: string, list: readonly string[]) => string): string {
  return [...all]
    .filter(([name, list]) => name !== '' && list.length > 0)
    .map(([name, list]) => line(name, list))
    .join('\n')
}
