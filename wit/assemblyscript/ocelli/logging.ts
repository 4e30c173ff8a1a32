// @ts-ignore: decorator
@external("wasi:logging/logging@0.1.0-draft", "log")
declare function hostLog(level: i32, context: string, contextLength: i32, message: string, messageLength: i32): void;

/** How much a line matters. */
export enum Level {
  Trace,
  Debug,
  Info,
  Warn,
  Error,
  Critical,
}

/** Writes one line to the instance's log. */
export function log(level: Level, message: string, context: string = ""): void {
  hostLog(level, context, context.length, message, message.length);
}
