// Loudness: how loud a frame is, and how loud the line is when nobody speaks. Cannot tell a voice from another sound.

/**
 * Decibels against a full-scale square wave, of `count` samples of PCM16 from byte `from` on. What is direct current does
 * not count: an offset of the line is not sound.
 */
export function levelDbOf(pcm: Uint8Array, from: number, count: number): number {
  let sum = 0;
  let squares = 0;
  for (let at = from; at < from + 2 * count; at += 2) {
    const sample = ((pcm[at]! | (pcm[at + 1]! << 8)) << 16) >> 16;
    sum += sample;
    squares += sample * sample;
  }
  const power = squares / count - (sum / count) ** 2;
  return 10 * Math.log10(Math.max(power, 1) / 32_768 ** 2);
}

/** In frames of 20 ms it falls 50 dB/s and rises 6 dB/s: it settles where a tenth of all frames are quieter, which are the pauses. */
const FLOOR = { startDb: -60, leastDb: -70, mostDb: -35, fallDb: 1, riseDb: 0.12 };

export class NoiseFloor {
  #db = FLOOR.startDb;

  get db(): number {
    return this.#db;
  }

  learn(levelDb: number): void {
    const moved =
      levelDb < this.#db
        ? Math.max(levelDb, this.#db - FLOOR.fallDb)
        : Math.min(levelDb, this.#db + FLOOR.riseDb);
    this.#db = Math.max(FLOOR.leastDb, Math.min(FLOOR.mostDb, moved));
  }
}
