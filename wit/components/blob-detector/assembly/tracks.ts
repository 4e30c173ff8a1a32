// People over time: someone who walks behind another or behind a post is still in view, though no blob shows them.
import { Foreground } from "./blobs";
import { Person } from "./person";
import { PersonSize } from "./person-size";

/** A person must have been seen this long before being believed in unseen, in seconds. */
const KNOWN_SECONDS: f32 = 0.8;
/** Longest time behind someone else, in seconds: two people who walk along together part or are told apart by then. */
const BEHIND_PEOPLE_SECONDS: f32 = 4;
/** Longest time behind a thing of the scene, in seconds: a post or a sign is passed in less. */
const BEHIND_THINGS_SECONDS: f32 = 0.8;
/** Share of the expected place that is foreground where someone is behind someone else. */
const SUPPORT: f32 = 0.4;
/** Height, in person heights, below which a track is a part of someone. */
const LEAST_SIZE: f32 = 0.65;
/** Distance, in heights of the person, within which a detection can be the person of a track. */
const REACH: f32 = 0.45;
/** Walking pace in heights of the person a second: 1.4 m/s at 1.7 m, with room for haste. */
const PACE: f32 = 1.2;

class Track {
  velocityX: f32 = 0;
  velocityFoot: f32 = 0;
  seenSeconds: f32 = 0;
  hiddenSeconds: f32 = 0;
  matched: bool = true;

  constructor(
    public x: f32,
    public foot: f32,
    public width: f32,
    public height: f32,
  ) {}
}

export class Tracks {
  private tracks: Array<Track> = [];

  /** Follows the people from picture to picture and adds those who are hidden; `seconds` since the picture before. */
  update(people: Array<Person>, foreground: Foreground, size: PersonSize, seconds: f32): void {
    const tracks = this.tracks;
    for (let i = 0; i < tracks.length; i++) {
      const track = tracks[i];
      track.x += track.velocityX * seconds;
      track.foot += track.velocityFoot * seconds;
      track.matched = false;
    }
    const seen = people.length;
    const taken = new StaticArray<bool>(seen);
    this.match(people, taken, seconds);
    const kept: Array<Track> = [];
    for (let i = 0; i < tracks.length; i++) {
      const track = tracks[i];
      if (track.matched) {
        kept.push(track);
        continue;
      }
      track.hiddenSeconds += seconds;
      if (!isStillThere(track, foreground, size)) continue;
      kept.push(track);
      if (people.length < 256) people.push(expected(track, foreground));
    }
    for (let i = 0; i < seen; i++) {
      if (!taken[i]) kept.push(start(people[i]));
    }
    this.tracks = kept;
  }

  /** Gives each track the nearest detection in reach, nearest pair first. */
  private match(people: Array<Person>, taken: StaticArray<bool>, seconds: f32): void {
    while (true) {
      let least: f32 = REACH + PACE * seconds;
      let nearest: Track | null = null;
      let at = -1;
      for (let i = 0; i < this.tracks.length; i++) {
        const track = this.tracks[i];
        if (track.matched) continue;
        for (let j = 0; j < taken.length; j++) {
          if (taken[j]) continue;
          const distance = distanceOf(track, people[j]);
          if (distance >= least) continue;
          least = distance;
          nearest = track;
          at = j;
        }
      }
      if (nearest == null) return;
      taken[at] = true;
      follow(nearest, people[at], seconds);
    }
  }
}

function start(person: Person): Track {
  const width = <f32>(person.right - person.left + 1);
  return new Track(<f32>person.left + width / 2, <f32>person.bottom, width, <f32>(person.bottom - person.top + 1));
}

function distanceOf(track: Track, person: Person): f32 {
  const dx = <f32>(person.left + person.right) * 0.5 - track.x;
  const dy = <f32>person.bottom - track.foot;
  return sqrt(dx * dx + dy * dy) / max<f32>(1, track.height);
}

function follow(track: Track, person: Person, seconds: f32): void {
  const x = <f32>(person.left + person.right) * 0.5;
  const foot = <f32>person.bottom;
  if (seconds > 0) {
    // A box's edges jump with arms and shadows; half a second smooths that.
    const rate: f32 = min<f32>(1, seconds / 0.5);
    track.velocityX += rate * ((x - track.x) / seconds) * 0.5;
    track.velocityFoot += rate * ((foot - track.foot) / seconds) * 0.5;
  }
  track.x = x;
  track.foot = foot;
  track.width += 0.3 * (<f32>(person.right - person.left + 1) - track.width);
  track.height += 0.3 * (<f32>(person.bottom - person.top + 1) - track.height);
  track.seenSeconds += seconds;
  track.hiddenSeconds = 0;
  track.matched = true;
}

/** Whether someone whom no blob shows alone is still in view. */
function isStillThere(track: Track, foreground: Foreground, size: PersonSize): bool {
  if (track.seenSeconds < KNOWN_SECONDS) return false;
  // What was never as large as a person was a part of one.
  if (!size.trained || track.height < LEAST_SIZE * size.height(track.foot)) return false;
  const half = track.width / 2;
  const atBorder = track.x - half < 4 || track.x + half > <f32>(foreground.width - 5) || track.foot > <f32>(foreground.height - 5);
  if (atBorder) return false;
  const hidden = track.hiddenSeconds;
  if (hidden <= BEHIND_THINGS_SECONDS) return true;
  return hidden <= BEHIND_PEOPLE_SECONDS && support(track, foreground) >= SUPPORT;
}

/** Share of the track's place that is foreground. */
function support(track: Track, foreground: Foreground): f32 {
  const person = expected(track, foreground);
  let covered = 0;
  let all = 1;
  for (let y = person.top; y <= person.bottom; y++) {
    for (let x = person.left; x <= person.right; x++) {
      covered += <i32>(unchecked(foreground.labels[y * foreground.width + x]) != 0);
      all += 1;
    }
  }
  return <f32>covered / <f32>all;
}

/** Where a hidden person is thought to be. */
function expected(track: Track, foreground: Foreground): Person {
  const half = track.width / 2;
  const left = clamp(track.x - half, foreground.width - 1);
  const right = clamp(track.x + half, foreground.width - 1);
  const top = clamp(track.foot - track.height + 1, foreground.height - 1);
  return new Person(left, top, max(left, right), max(top, clamp(track.foot, foreground.height - 1)), 0.5);
}

function clamp(value: f32, greatest: i32): i32 {
  return max(0, min(greatest, <i32>value));
}
