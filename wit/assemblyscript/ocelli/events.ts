import { putString, RETURN_AREA } from "./abi";
import { OutputError, outputErrorAt } from "./types";

// @ts-ignore: decorator
@external("ocelli:sensing/events@0.1.0", "publish")
declare function hostPublish(
  kind: string, kindLength: i32, severity: i32, attributes: usize, attributeCount: i32, result: usize,
): void;

/** How much an event matters. */
export enum Severity {
  Info,
  Warning,
  Critical,
}

enum ValueKind {
  Number,
  Flag,
  Word,
}

/** One fact about an event: a number, a flag, or a word out of a small set. */
export class Attribute {
  private constructor(
    public name: string,
    private kind: ValueKind,
    private numberValue: f64,
    private flagValue: bool,
    private wordValue: string,
  ) {}

  static number(name: string, value: f64): Attribute {
    return new Attribute(name, ValueKind.Number, value, false, "");
  }

  static flag(name: string, value: bool): Attribute {
    return new Attribute(name, ValueKind.Flag, 0, value, "");
  }

  static word(name: string, value: string): Attribute {
    return new Attribute(name, ValueKind.Word, 0, false, value);
  }

  put(address: usize): void {
    putString(address, this.name);
    store<u8>(address, <u8>this.kind, 8);
    if (this.kind == ValueKind.Number) store<f64>(address, this.numberValue, 16);
    else if (this.kind == ValueKind.Flag) store<u8>(address, this.flagValue ? 1 : 0, 16);
    else putString(address + 16, this.wordValue);
  }
}

const ATTRIBUTE_SIZE: usize = 24;

/** Publishes an event; null where it was taken. */
export function publishEvent(kind: string, severity: Severity, attributes: Array<Attribute> = []): OutputError | null {
  const count = attributes.length;
  const list = heap.alloc(<usize>max(count, 1) * ATTRIBUTE_SIZE);
  for (let i = 0; i < count; i++) attributes[i].put(list + <usize>i * ATTRIBUTE_SIZE);
  hostPublish(kind, kind.length, severity, list, count, RETURN_AREA);
  heap.free(list);
  return outputErrorAt(RETURN_AREA);
}
