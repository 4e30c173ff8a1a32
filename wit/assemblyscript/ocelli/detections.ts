import { RETURN_AREA } from "./abi";
import { Detection, DETECTION_SIZE, OutputError, outputErrorAt, putDetection } from "./types";

// @ts-ignore: decorator
@external("ocelli:sensing/detections@0.1.0", "publish")
declare function hostPublish(frameWidth: u32, frameHeight: u32, detections: usize, count: i32, result: usize): void;

/** Publishes what was seen in a frame of this size in pixels; null where it was taken. */
export function publishDetections(frameWidth: u32, frameHeight: u32, detections: Array<Detection>): OutputError | null {
  const count = detections.length;
  const list = heap.alloc(<usize>max(count, 1) * DETECTION_SIZE);
  for (let i = 0; i < count; i++) putDetection(list + <usize>i * DETECTION_SIZE, detections[i]);
  hostPublish(frameWidth, frameHeight, list, count, RETURN_AREA);
  heap.free(list);
  return outputErrorAt(RETURN_AREA);
}
