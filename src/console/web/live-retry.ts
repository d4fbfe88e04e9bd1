// When a page that lost its server asks it again. Pure.

const FIRST_MS = 500;
const LAST_MS = 8_000;

/** Longer each time, and not all pages at once. `tries`: from 1 on. `chance`: 0 to 1. */
export const retryAfterMs = (tries: number, chance: number): number =>
  Math.min(LAST_MS, FIRST_MS * 2 ** (tries - 1)) * (0.5 + chance / 2);
