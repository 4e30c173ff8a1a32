import { putResult } from "ocelli/abi";
import { init as start, stop as end } from "component";

export function init(): usize {
  return putResult(start());
}

export function stop(): void {
  end();
}
