// people-count: how many people are in view, from whatever detects them.
import {
  Attribute, configNumber, configText, detect, Detection, DetectorErrorKind, Frame, Level, log, publishDetections,
  publishEvent, publishMeasurement, Severity,
} from "ocelli";
import { Smoothing } from "./smoothing";

const smoothing = new Smoothing();
let crowded = false;
let publishedNanos: u64 = 0;

/**
 * Publishes `people` (unit 1) and the detections, each frame or every `publishEveryMs`, and an event when the count comes to
 * `limit` (`people-limit-reached`) or falls back below it (`people-limit-left`).
 */
export function onFrame(frame: Frame): string | null {
  const answer = detect(frame);
  if (answer.failed) {
    // A detector that is still learning or skips a frame is no failure.
    if (answer.error == DetectorErrorKind.NotReady || answer.error == DetectorErrorKind.InvalidOutput) return null;
    return `detector: ${answer.error == DetectorErrorKind.UnsupportedFrame ? "unsupported frame: " : ""}${answer.text}`;
  }
  const info = frame.info();
  const people = chosen(answer.detections);
  const seconds = configNumber("smoothingMs", 400, 0, 60000) / 1000;
  const count = smoothing.add(people.length, info.captureTimeNanos, seconds);
  checkLimit(count);
  const everyNanos = <u64>(configNumber("publishEveryMs", 0, 0, 3600000) * 1e6);
  if (publishedNanos != 0 && info.captureTimeNanos - publishedNanos < everyNanos) return null;
  publishedNanos = info.captureTimeNanos;
  publishMeasurement("people", "1", count);
  publishDetections(info.width, info.height, people);
  return null;
}

/** The detections of class `class` (default person) with a score of at least `minConfidence` (default 0.4). */
function chosen(detections: Array<Detection>): Array<Detection> {
  const wanted = configText("class");
  const className = wanted == null ? "person" : wanted;
  const least = configNumber("minConfidence", 0.4, 0, 1);
  const people: Array<Detection> = [];
  for (let i = 0; i < detections.length; i++) {
    const detection = detections[i];
    if (detection.className == className && detection.score >= <f32>least) people.push(detection);
  }
  return people;
}

/** Tells once when the limit is reached and once when the count has fallen below it again. */
function checkLimit(count: f64): void {
  const limit = configNumber("limit", 0, 0, 256);
  if (limit == 0) return;
  const over = count >= limit;
  if (over == crowded) return;
  crowded = over;
  const attributes = [Attribute.number("people", count), Attribute.number("limit", limit)];
  publishEvent(over ? "people-limit-reached" : "people-limit-left", over ? Severity.Warning : Severity.Info, attributes);
  log(Level.Info, `${count} people in view, the limit is ${limit}`);
}
