/** The start of a text that fits into `mostBytes` bytes of UTF-8, cut between characters. */
export function clipText(text: string, mostBytes: number): string {
  if (text.length * 3 <= mostBytes) return text
  const bytes = Buffer.from(text)
  if (bytes.length <= mostBytes) return text
  let end = mostBytes
  // 10xxxxxx continues a character: cut before the byte that starts it.
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--
  return bytes.toString('utf8', 0, end)
}
