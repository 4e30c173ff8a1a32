// From blobs to people: parts of one person are joined, groups are told apart by the size that a person has at their place.
import { Blob, Foreground } from "./blobs";
import { GREATEST_ASPECT, LEAST_ASPECT, PersonSize } from "./person-size";

/** One person in the picture, in its pixels. */
export class Person {
  constructor(
    public left: i32,
    public top: i32,
    public right: i32,
    public bottom: i32,
    public score: f32,
  ) {}
}

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
    const count = peopleIn(blob, foreground, size, leastHeight);
    if (count > 0) split(blob, foreground, count, people);
  }
  return people;
}

/** How many people make a blob. */
function peopleIn(blob: Blob, foreground: Foreground, size: PersonSize, leastHeight: f32): i32 {
  const border = touchesBorder(blob, foreground);
  if (<f32>blob.height < leastHeight && !border) return 0;
  if (!size.trained) return max(1, <i32>Math.round(<f64>blob.width / (<f64>blob.height * 0.5)));
  const foot = <f32>blob.bottom;
  const byArea = <f32>blob.area / size.area(foot);
  if (byArea < LEAST_SHARE) return 0;
  if (<f32>blob.height < 0.45 * size.height(foot) && !border) return 0;
  const byWidth = <f32>blob.width / size.width(foot);
  if (byWidth < 1.35 && <f32>blob.height < 1.35 * size.height(foot)) return 1;
  return max(1, <i32>Math.round(byArea));
}

/** One box per person: equal shares of the blob's area from left to right. */
function split(blob: Blob, foreground: Foreground, count: i32, people: Array<Person>): void {
  const share = blob.area / count;
  let taken = 0;
  let person = new Person(i32.MAX_VALUE, i32.MAX_VALUE, -1, -1, 0.9);
  for (let x = blob.left; x <= blob.right; x++) {
    for (let y = blob.top; y <= blob.bottom; y++) {
      if (unchecked(foreground.labels[y * foreground.width + x]) != blob.label) continue;
      person.left = min(person.left, x);
      person.right = max(person.right, x);
      person.top = min(person.top, y);
      person.bottom = max(person.bottom, y);
      taken += 1;
    }
    if (person.right >= 0 && (taken >= share || x == blob.right)) {
      if (people.length < 256) people.push(person);
      count -= 1;
      if (count == 0 && x < blob.right) {
        person.right = blob.right;
        return;
      }
      taken = 0;
      person = new Person(i32.MAX_VALUE, i32.MAX_VALUE, -1, -1, 0.9);
    }
  }
}

function touchesBorder(blob: Blob, foreground: Foreground): bool {
  return blob.left <= 2 || blob.top <= 2 || blob.right >= foreground.width - 3 || blob.bottom >= foreground.height - 3;
}
