import { putDetectorAnswer } from "ocelli/detector";
import { Frame } from "ocelli";
import { detect as answer } from "component";

export function detect(handle: i32): usize {
  const frame = new Frame(handle);
  const found = answer(frame);
  frame.drop();
  return putDetectorAnswer(found);
}
