import { putString, RETURN_AREA } from "./abi";
import { OutputError, outputErrorAt } from "./types";

// @ts-ignore: decorator
@external("ocelli:sensing/measurements@0.1.0", "publish")
declare function hostPublish(
  name: string, nameLength: i32, unit: string, unitLength: i32, value: f64, labels: usize, labelCount: i32, result: usize,
): void;

/** A key and a value that tell measurements of one name apart. */
export class Label {
  constructor(
    public key: string,
    public value: string,
  ) {}
}

/** Publishes a finite number under a name with its UCUM unit; null where it was taken. */
export function publishMeasurement(name: string, unit: string, value: f64, labels: Array<Label> = []): OutputError | null {
  const list: usize = labels.length == 0 ? <usize>0 : heap.alloc(<usize>labels.length * 16);
  for (let i = 0; i < labels.length; i++) {
    putString(list + <usize>i * 16, labels[i].key);
    putString(list + <usize>i * 16 + 8, labels[i].value);
  }
  hostPublish(name, name.length, unit, unit.length, value, list, labels.length, RETURN_AREA);
  if (list != 0) heap.free(list);
  return outputErrorAt(RETURN_AREA);
}
