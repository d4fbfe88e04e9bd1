// Chance that is the same in every run: a number between 0 and 1 for a seed and whatever it is asked about.

/** At least 0 and below 1; the same for the same words. */
export function chance(...words: readonly (string | number)[]): number {
  // FNV-1a, and then murmur3's finish: without it, numbers that differ in their last digit come out alike.
  let sum = 0x811c9dc5;
  for (const character of words.join('\u0000')) sum = Math.imul(sum ^ character.codePointAt(0)!, 0x01000193);
  sum = Math.imul(sum ^ (sum >>> 16), 0x85ebca6b);
  sum = Math.imul(sum ^ (sum >>> 13), 0xc2b2ae35);
  return ((sum ^ (sum >>> 16)) >>> 0) / 2 ** 32;
}
