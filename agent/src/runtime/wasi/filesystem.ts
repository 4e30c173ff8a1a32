/** wasi:filesystem: no directory is open, so no descriptor ever exists. */
import type { HostInterface } from './closed-wasi.ts'

class Descriptor {}
class DirectoryEntryStream {}

export function filesystem(): [string, HostInterface][] {
  return [
    ['wasi:filesystem/preopens', { getDirectories: () => [] }],
    ['wasi:filesystem/types', { Descriptor, DirectoryEntryStream, filesystemErrorCode: () => undefined }],
  ]
}
