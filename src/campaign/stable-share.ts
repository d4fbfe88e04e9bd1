// A share that is always the same for the same text: for choices that look like chance and must not change. No secret.

/** From 0 to just below 1. 32-bit FNV-1a (isthe.com/chongo/tech/comp/fnv), mixed once more: short texts that differ at their end must lie apart. */
export function shareOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
