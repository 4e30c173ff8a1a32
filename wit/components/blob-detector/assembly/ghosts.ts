// Telling things that came from things that left: where someone who was taken for background walks away, the picture differs
// from the background too, but the outline is in the background, not in the picture.
import { Background } from "./background";
import { Blob, Foreground } from "./blobs";
import { Picture } from "./picture";

/** A blob is a ghost where its outline is less than this part as sharp in the picture as in the background. */
const GHOST_RATIO: f32 = 0.6;

/** Whether a blob shows the place of something that is gone. */
export function isGhost(blob: Blob, foreground: Foreground, picture: Picture, background: Background): bool {
  const width = foreground.width;
  const pixels = picture.pixels;
  const mean = background.mean;
  let inPicture: f32 = 0;
  let inBackground: f32 = 0;
  for (let y = max(2, blob.top); y <= min(foreground.height - 3, blob.bottom); y++) {
    for (let x = max(2, blob.left); x <= min(width - 3, blob.right); x++) {
      const at = y * width + x;
      if (unchecked(foreground.labels[at]) != blob.label) continue;
      if (unchecked(foreground.labels[at - 1]) != blob.label || unchecked(foreground.labels[at + 1]) != blob.label) {
        inPicture += abs(unchecked(pixels[at + 2]) - unchecked(pixels[at - 2]));
        inBackground += abs(unchecked(mean[at + 2]) - unchecked(mean[at - 2]));
      }
      if (unchecked(foreground.labels[at - width]) != blob.label || unchecked(foreground.labels[at + width]) != blob.label) {
        inPicture += abs(unchecked(pixels[at + 2 * width]) - unchecked(pixels[at - 2 * width]));
        inBackground += abs(unchecked(mean[at + 2 * width]) - unchecked(mean[at - 2 * width]));
      }
    }
  }
  return inPicture < GHOST_RATIO * inBackground;
}
