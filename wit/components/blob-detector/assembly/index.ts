// blob-detector: a provider of `detector` that needs frames alone. It finds people who move in front of a still background.
import { configNumber, Detection, DetectorAnswer, DetectorErrorKind, Frame, Region } from "ocelli";
import { Background } from "./background";
import { Foreground } from "./blobs";
import { isGhost } from "./ghosts";
import { findPeople, joinParts, learnSize } from "./people";
import { PersonSize } from "./person-size";
import { Picture } from "./picture";
import { Tracks } from "./tracks";

const picture = new Picture();
let background: Background = new Background(0);
let foreground: Foreground = new Foreground(0, 0);
let size: PersonSize = new PersonSize(0, 0);
let tracks: Tracks = new Tracks();
let beforeNanos: u64 = 0;

export function detect(frame: Frame): DetectorAnswer {
  const info = frame.info();
  const resized = picture.take(frame, info);
  // People smaller than this part of the picture's height are too far off to be told from each other.
  const leastHeight = <f32>configNumber("minPersonHeight", 0.07, 0.02, 0.9) * <f32>picture.height;
  if (resized) {
    background = new Background(picture.width * picture.height);
    background.start(picture);
    foreground = new Foreground(picture.width, picture.height);
    size = new PersonSize(<f32>picture.height, leastHeight);
    tracks = new Tracks();
    beforeNanos = info.captureTimeNanos;
    return DetectorAnswer.refused(DetectorErrorKind.NotReady);
  }
  const seconds = <f32>(<f64>(info.captureTimeNanos - beforeNanos) / 1e9);
  beforeNanos = info.captureTimeNanos;
  background.update(picture, min<f32>(2, seconds));
  foreground.find(background.excess, <i32>(leastHeight * leastHeight * 0.05));
  dropGhosts();
  if (!background.ready) return DetectorAnswer.refused(DetectorErrorKind.NotReady);
  joinParts(foreground, size);
  learnSize(foreground, size, leastHeight);
  return DetectorAnswer.of(inFrame(info.width, info.height, leastHeight, seconds));
}

/** Takes the place of things that left as background, at once. */
function dropGhosts(): void {
  for (let i = foreground.blobs.length - 1; i >= 0; i--) {
    const blob = foreground.blobs[i];
    if (!isGhost(blob, foreground, picture, background)) continue;
    for (let y = blob.top; y <= blob.bottom; y++) {
      for (let x = blob.left; x <= blob.right; x++) {
        const at = y * foreground.width + x;
        if (unchecked(foreground.labels[at]) == blob.label) background.accept(picture, at);
      }
    }
    foreground.erase(blob);
    foreground.blobs.splice(i, 1);
  }
}

/** The people as detections in pixels of the frame. */
function inFrame(frameWidth: i32, frameHeight: i32, leastHeight: f32, seconds: f32): Array<Detection> {
  const people = findPeople(foreground, size, leastHeight);
  tracks.update(people, foreground, size, seconds);
  const scale = picture.scale;
  const detections = new Array<Detection>(people.length);
  for (let i = 0; i < people.length; i++) {
    const person = people[i];
    const left = person.left * scale;
    const top = person.top * scale;
    const right = min(frameWidth, (person.right + 1) * scale);
    const bottom = min(frameHeight, (person.bottom + 1) * scale);
    detections[i] = new Detection("person", person.score, new Region(left, top, right - left, bottom - top));
  }
  return detections;
}
