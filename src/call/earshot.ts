// What is in somebody's ear just now: what the caller hears of us, and whether they speak themselves. Decides nothing.
import type { LiveSession } from '../live/session.ts';
import type { Media } from './media.ts';
import type { Playout } from './playout.ts';
import type { Hearing } from './state.ts';
import type { Transcript } from './transcript.ts';

export interface EarshotOptions {
  readonly session: LiveSession;
  readonly media: Media;
  readonly playout: Playout;
  readonly transcript: Transcript;
}

export class Earshot {
  readonly #options: EarshotOptions;

  constructor(options: EarshotOptions) {
    this.#options = options;
  }

  /** Undefined: nothing is left to be heard. */
  get hearing(): Hearing | undefined {
    const { playout } = this.#options;
    const turn = playout.hearing();
    return turn === undefined ? undefined : { turn, heardMs: playout.account(turn).heardMs };
  }

  /** Saying something: not a sound of ours that fills a silence. */
  get agentIsHeard(): boolean {
    const turn = this.#options.playout.hearing();
    return turn !== undefined && this.#options.transcript.openTurns.includes(turn);
  }

  get callerSpeaks(): boolean {
    return this.#options.session.callerSpeaks || this.#options.media.callerSpeaks;
  }
}
