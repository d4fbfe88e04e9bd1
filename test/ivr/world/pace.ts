// How long what the carrier does takes, when nobody does anything.

/** A piece of music. */
export const MUSIC_MS = 60_000;
export const SAYS_MS = 3_000;
export const SILENCE_MS = 5_000;
