import { putString, RETURN_AREA, takeString } from "ocelli/abi";
import { CommandAnswer } from "ocelli/commands";
import { onCommand } from "component";

export function on_command(name: usize, nameLength: i32, input: usize, inputLength: i32): usize {
  const answer: CommandAnswer = onCommand(takeString(name, nameLength), takeString(input, inputLength));
  store<u8>(RETURN_AREA, answer.failed ? 1 : 0);
  if (answer.failed) {
    store<u8>(RETURN_AREA, <u8>answer.error, 4);
    putString(RETURN_AREA + 8, answer.text);
  } else {
    putString(RETURN_AREA + 4, answer.text);
  }
  return RETURN_AREA;
}
