import { putResult } from "ocelli/abi";
import { onInterval } from "component";

export function on_interval(): usize {
  return putResult(onInterval());
}
