// From blobs to people: parts of one person are joined, groups are told apart by the size that a person has at their place.
import { Blob, Foreground } from "./blobs";
import { Group } from "./group";
import { Person } from "./person";
import { GREATEST_ASPECT, LEAST_ASPECT, PersonSize } from "./person-size";

/** Part of a person's area below which a blob is taken for noise. */
const LEAST_SHARE: f32 = 0.3;

/** Joins parts that lie above one another and together are no larger than a person. */
export function joinParts(foreground: Foreground, size: PersonSize): void {
  const blobs = foreground.blobs;
  let joined = true;
  while (joined) {
    joined = false;
    for (let i = 0; i < blobs.length && !joined; i++) {
      for (let j = 0; j < blobs.length && !joined; j++) {
        if (i == j || !belongTogether(blobs[i], blobs[j], size)) continue;
        relabel(foreground, blobs[j], blobs[i].label);
        blobs[i].join(blobs[j]);
        blobs.splice(j, 1);
        joined = true;
      }
    }
  }
}

function belongTogether(upper: Blob, lower: Blob, size: PersonSize): bool {
  if (upper.bottom > lower.bottom) return false;
  const overlap = min(upper.right, lower.right) - max(upper.left, lower.left) + 1;
  if (overlap * 2 < min(upper.width, lower.width)) return false;
  const width = max(upper.right, lower.right) - min(upper.left, lower.left) + 1;
  const height = lower.bottom - min(upper.top, lower.top) + 1;
  const foot = <f32>lower.bottom;
  if (!size.trained) return <f32>height < 0.25 * <f32>foot && <f32>height <= GREATEST_ASPECT * <f32>width;
  return <f32>height <= 1.2 * size.height(foot) && <f32>width <= 1.7 * size.width(foot);
}

function relabel(foreground: Foreground, blob: Blob, label: i32): void {
  for (let y = blob.top; y <= blob.bottom; y++) {
    for (let x = blob.left; x <= blob.right; x++) {
      const at = y * foreground.width + x;
      if (unchecked(foreground.labels[at]) == blob.label) unchecked((foreground.labels[at] = label));
    }
  }
}

/** Teaches the model from the blobs that have the shape of one person and lie inside of the picture. */
export function learnSize(foreground: Foreground, size: PersonSize, leastHeight: f32): void {
  for (let i = 0; i < foreground.blobs.length; i++) {
    const blob = foreground.blobs[i];
    if (touchesBorder(blob, foreground)) continue;
    const height = <f32>blob.height;
    const aspect = height / <f32>blob.width;
    if (height < leastHeight || aspect < LEAST_ASPECT || aspect > GREATEST_ASPECT) continue;
    size.observe(<f32>blob.bottom, height, <f32>blob.width, <f32>blob.area);
  }
}

/** The people that the blobs stand for. */
export function findPeople(foreground: Foreground, size: PersonSize, leastHeight: f32): Array<Person> {
  const people: Array<Person> = [];
  for (let i = 0; i < foreground.blobs.length; i++) {
    const blob = foreground.blobs[i];
    if (isNoise(blob, foreground, size, leastHeight)) continue;
    if (!size.trained || !size.known(<f32>blob.bottom)) sideBySide(blob, people);
    else if (isOnePerson(blob, size)) people.push(new Person(blob.left, blob.top, blob.right, blob.bottom, 0.9));
    else group.cover(blob, foreground, size, people);
  }
  return people;
}

const group = new Group();
/** Width over height of a person, before any was seen. */
const USUAL_RATIO: f32 = 0.42;

/** The people of a blob by its shape alone, where it is not known yet how large people are. */
function sideBySide(blob: Blob, people: Array<Person>): void {
  const count = max(1, min(4, <i32>(<f32>blob.width / (<f32>blob.height * USUAL_RATIO) + 0.3)));
  for (let i = 0; i < count; i++) {
    const left = blob.left + (blob.width * i) / count;
    const right = blob.left + (blob.width * (i + 1)) / count - 1;
    people.push(new Person(left, blob.top, right, blob.bottom, 0.6));
  }
}

/** Whether a blob is too small for a person at its place; one that leaves the picture need not be whole. */
function isNoise(blob: Blob, foreground: Foreground, size: PersonSize, leastHeight: f32): bool {
  const height = <f32>blob.height;
  const cutBelow = blob.bottom >= foreground.height - 3;
  const cutBeside = blob.left <= 2 || blob.right >= foreground.width - 3;
  if (height < leastHeight && !cutBelow) return true;
  if (!size.trained) return false;
  const foot = <f32>blob.bottom;
  if (height < 0.45 * size.height(foot) && !cutBelow) return true;
  return <f32>blob.area < LEAST_SHARE * size.area(foot) * (cutBelow || cutBeside ? 0.5 : 1);
}

/** Whether a blob is no larger than one person at its place. */
function isOnePerson(blob: Blob, size: PersonSize): bool {
  const foot = <f32>blob.bottom;
  return <f32>blob.width < 1.4 * size.width(foot) && <f32>blob.height < 1.3 * size.height(foot);
}

function touchesBorder(blob: Blob, foreground: Foreground): bool {
  return blob.left <= 2 || blob.top <= 2 || blob.right >= foreground.width - 3 || blob.bottom >= foreground.height - 3;
}
