// When the caller began to say what the model understands only later. Our own ear hears the beginning; the words come
// seconds after it.

/** Words that are split by a pause belong together; a cough long before them does not. */
const PAUSE_AT_MOST_MS = 3_000;

export class CallerBegan {
  #speech: { readonly beganMs: number; readonly endedMs: number | undefined } | undefined;

  heard(is: 'started' | 'ended', atMs: number): void {
    const speech = this.#speech;
    if (is === 'ended') {
      if (speech) this.#speech = { ...speech, endedMs: atMs };
      return;
    }
    // Whose beginning is told without an end before it: that came to nothing, a cough or an echo of ours.
    const goesOn = speech?.endedMs !== undefined && atMs - speech.endedMs <= PAUSE_AT_MOST_MS;
    this.#speech = goesOn
      ? { beganMs: speech.beganMs, endedMs: undefined }
      : { beganMs: atMs, endedMs: undefined };
  }

  /** For the words that came; what is heard from now on is of others. Undefined: nothing was heard to begin. */
  take(): number | undefined {
    const beganMs = this.#speech?.beganMs;
    this.#speech = undefined;
    return beganMs;
  }
}
