import { putResult } from "ocelli/abi";
import { Frame } from "ocelli";
import { onFrame } from "component";

export function on_frame(handle: i32): usize {
  const frame = new Frame(handle);
  const error = onFrame(frame);
  frame.drop();
  return putResult(error);
}
