// The reason of a close, as much of it as a close frame holds.

/** RFC 6455: a close frame has room for 123 bytes of reason. */
const MOST_REASON_BYTES = 123;

/** Whole letters of it. */
export function reasonOf(words: string): string {
  const bytes = Buffer.from(words);
  if (bytes.length <= MOST_REASON_BYTES) return words;
  return bytes
    .subarray(0, MOST_REASON_BYTES)
    .toString()
    .replace(/\uFFFD+$/, '');
}
