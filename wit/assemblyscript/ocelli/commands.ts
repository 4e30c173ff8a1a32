/** Why a command gave no result (`command-handler.command-error`). */
export enum CommandErrorKind {
  UnknownCommand,
  InvalidInput,
  Failed,
}

/** What `onCommand` answers: a result, or an error with a text. */
export class CommandAnswer {
  private constructor(
    public failed: bool,
    public error: CommandErrorKind,
    public text: string,
  ) {}

  static of(result: string): CommandAnswer {
    return new CommandAnswer(false, CommandErrorKind.Failed, result);
  }

  static refused(error: CommandErrorKind, text: string = ""): CommandAnswer {
    return new CommandAnswer(true, error, text);
  }
}
