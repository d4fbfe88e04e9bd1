// Who hears that the caller speaks: the model, or this server, as the profile of now has it. What is done about it is not
// decided here.
import type { AudioFormat } from '../audio/format.ts';
import type { BargeInKind } from '../audio/barge-in-judge.ts';
import type { LiveSession } from '../live/session.ts';
import type { Cast } from './cast.ts';
import { Ear } from './ear.ts';
import type { Media } from './media.ts';
import { Played } from './played.ts';
import type { Playout } from './playout.ts';

export interface TurnTakingOptions {
  readonly session: LiveSession;
  readonly media: Media;
  readonly playout: Playout;
  readonly lineFormat: AudioFormat;
  /** The caller made a sound over the agent's voice. */
  readonly onSound: (is: BargeInKind | 'unknown', afterMs: number) => void;
}

export class TurnTaking {
  readonly #options: TurnTakingOptions;
  #by: Cast['turnTaking'] = 'server';

  constructor(options: TurnTakingOptions) {
    this.#options = options;
  }

  be(by: Cast['turnTaking']): void {
    if (by === this.#by) return;
    this.#by = by;
    const { session, media, playout, lineFormat, onSound } = this.#options;
    const played = by === 'local' ? new Played(lineFormat) : undefined;
    playout.tellPlayed(played);
    media.hearWith(
      played &&
        new Ear({
          ...{ session, lineFormat, played, onSound },
          isAgentHeard: () => playout.hearing() !== undefined,
        }),
    );
  }
}
