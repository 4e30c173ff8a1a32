import { run as task } from "component";

export function run(): i32 {
  return task() ? 0 : 1;
}
