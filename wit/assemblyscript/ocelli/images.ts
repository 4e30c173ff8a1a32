import { RETURN_AREA, stringAt } from "./abi";
import { Frame } from "./frames";
import { Region } from "./types";

// @ts-ignore: decorator
@external("ocelli:sensing/images@0.1.0", "publish")
declare function hostPublish(
  name: string, nameLength: i32, frame: i32, x: u32, y: u32, width: u32, height: u32, quality: u32, result: usize,
): void;

/** Publishes a region of a frame as JPEG of quality 1 to 100; its size in bytes, or 0 where it did not leave. */
export function publishImage(name: string, frame: Frame, region: Region, quality: u8): u32 {
  hostPublish(name, name.length, frame.handle, region.x, region.y, region.width, region.height, quality, RETURN_AREA);
  if (load<u8>(RETURN_AREA) == 0) return load<u32>(RETURN_AREA, 4);
  if (load<u8>(RETURN_AREA, 4) == 0) stringAt(RETURN_AREA + 8);
  return 0;
}
