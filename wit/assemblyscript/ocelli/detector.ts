import { putString, RETURN_AREA, stringAt } from "./abi";
import { Frame } from "./frames";
import { Detection, DETECTION_SIZE, detectionAt, putDetection } from "./types";

// @ts-ignore: decorator
@external("ocelli:sensing/detector@0.1.0", "detect")
declare function hostDetect(frame: i32, result: usize): void;

/** Why a frame gave no answer (`detector.detector-error`). */
export enum DetectorErrorKind {
  /** Still learning the scene. */
  NotReady,
  /** Layout or size cannot be read; `text` says what can. */
  UnsupportedFrame,
  /** The sensor marked its output as not valid. */
  InvalidOutput,
  /** It failed; `text` says how. */
  Failed,
}

/** Detections of a frame, or why there are none: `error` is null where `detections` is the answer. */
export class DetectorAnswer {
  detections: Array<Detection> = [];
  failed: bool = false;
  error: DetectorErrorKind = DetectorErrorKind.NotReady;
  text: string = "";

  static of(detections: Array<Detection>): DetectorAnswer {
    const answer = new DetectorAnswer();
    answer.detections = detections;
    return answer;
  }

  static refused(error: DetectorErrorKind, text: string = ""): DetectorAnswer {
    const answer = new DetectorAnswer();
    answer.failed = true;
    answer.error = error;
    answer.text = text;
    return answer;
  }
}

/** Asks the detector, in the sensor or a provider, what is seen in a frame. */
export function detect(frame: Frame): DetectorAnswer {
  hostDetect(frame.handle, RETURN_AREA);
  if (load<u8>(RETURN_AREA) != 0) {
    const error: DetectorErrorKind = load<u8>(RETURN_AREA, 4);
    const hasText = error == DetectorErrorKind.UnsupportedFrame || error == DetectorErrorKind.Failed;
    return DetectorAnswer.refused(error, hasText ? stringAt(RETURN_AREA + 8) : "");
  }
  const list: usize = load<u32>(RETURN_AREA, 4);
  const count = load<i32>(RETURN_AREA, 8);
  const detections = new Array<Detection>(count);
  for (let i = 0; i < count; i++) detections[i] = detectionAt(list + <usize>i * DETECTION_SIZE);
  if (count > 0) heap.free(list);
  return DetectorAnswer.of(detections);
}

let returnedList: usize = 0;

/** Puts an answer where the caller of an exported `detect` reads it. */
export function putDetectorAnswer(answer: DetectorAnswer): usize {
  if (answer.failed) {
    store<u8>(RETURN_AREA, 1);
    store<u8>(RETURN_AREA, <u8>answer.error, 4);
    putString(RETURN_AREA + 8, answer.text);
    return RETURN_AREA;
  }
  const count = answer.detections.length;
  if (returnedList != 0) heap.free(returnedList);
  returnedList = heap.alloc(<usize>max(count, 1) * DETECTION_SIZE);
  for (let i = 0; i < count; i++) putDetection(returnedList + <usize>i * DETECTION_SIZE, answer.detections[i]);
  store<u8>(RETURN_AREA, 0);
  store<u32>(RETURN_AREA, <u32>returnedList, 4);
  store<u32>(RETURN_AREA, count, 8);
  return RETURN_AREA;
}
