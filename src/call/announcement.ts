// The announcement of a recording: whether the caller has heard it, which decides when the recording begins. An agent that left it
// out is asked for it once; without it nothing is recorded. Pure but for what it is handed.
import type { Log } from '../base/log.ts';
import { askedToSay, missingIn, type FirstWord } from './first-words.ts';
import type { Entry } from './transcript.ts';

export interface AnnouncementOptions {
  /** Empty: the recording needs none. */
  readonly words: readonly FirstWord[];
  /** The agent is to say something at once; left out: whoever checks all first words asks for it. */
  readonly instruct?: ((text: string) => void) | undefined;
  /** Once: they were heard to the end. */
  readonly onHeard: () => void;
  readonly log: Log;
}

export class Announcement {
  readonly #options: AnnouncementOptions;
  #is: 'due' | 'asked' | 'heard';
  /** The entry of the transcript that lacked it. */
  #after = -1;
  /** Of turns that were heard to their end, by entry. */
  readonly #heard = new Map<number, string>();

  constructor(options: AnnouncementOptions) {
    this.#options = options;
    this.#is = options.words.length === 0 ? 'heard' : 'due';
    if (this.#is === 'heard') options.onHeard();
  }

  /** An entry of the transcript is new, or has changed. What was cut off is not known to the last word, and does not count. */
  said(entry: Entry): void {
    if (this.#is === 'heard' || entry.who !== 'agent' || entry.state !== 'done') return;
    const { words, instruct, onHeard, log } = this.#options;
    this.#heard.set(entry.n, entry.heard);
    const missing = missingIn(words, [...this.#heard.values()].join(' '));
    if (missing.length === 0) {
      this.#is = 'heard';
      this.#heard.clear();
      return onHeard();
    }
    // Its words may still come.
    if (entry.heard.trim() === '') return;
    if (this.#is === 'due') {
      this.#is = 'asked';
      this.#after = entry.n;
      if (!instruct) return;
      log.warn(
        'the agent did not say that the call is recorded; it is asked to, and nothing is recorded before',
      );
      instruct(askedToSay(missing));
    } else if (entry.n > this.#after && this.#after >= 0) {
      this.#after = -1;
      log.error(
        'the agent did not say that the call is recorded, also when it was asked to: the call is not recorded until it does',
      );
    }
  }
}
