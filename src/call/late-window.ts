// The time after a secret entry: its late keys are nobody's, but one that was no number after all acts. Never sees what was
// typed in the entry itself.
import type { Clock, StopTimer } from '../base/clock.ts';
import type { ActsAlone } from '../ivr/keypad.ts';
import { actsAtOnce, actsNow, lateForMs, withLateKey, type Over } from './late-keys.ts';
import type { Media } from './media.ts';

export interface LateWindowOptions {
  readonly clock: Clock;
  readonly media: Pick<Media, 'keyPressed' | 'unhush'>;
  /** What a key does by itself. */
  readonly actsAlone: (key: string) => ActsAlone;
  /** It does so although the entry was over only just now. */
  readonly onKey: (key: string) => void;
  /** `used`: so many of its keys were none after all. */
  readonly onLate: (over: Over, used: number) => void;
  /** Nobody types any more. */
  readonly onShut: () => void;
}

export class LateWindow {
  readonly #options: LateWindowOptions;
  #over: Over | undefined;
  #stopTimer: StopTimer = () => undefined;

  constructor(options: LateWindowOptions) {
    this.#options = options;
  }

  begin(over: Over): void {
    this.#over = over;
    this.#await(over);
  }

  /** False: it is no late key. */
  takes(key: string): boolean {
    const over = this.#over;
    if (!over) return false;
    const { clock, media, actsAlone, onKey } = this.#options;
    const acts = actsAlone(key);
    if (actsAtOnce(over, acts)) onKey(key);
    else {
      media.keyPressed();
      this.begin(withLateKey(over, key, clock.nowMs(), acts));
    }
    return true;
  }

  /** The next entry opens: keys may be of the one before still. */
  handOn(): Over | undefined {
    const over = this.#over;
    if (over) this.#close('give');
    return over;
  }

  /** `forget`: there is no line whose sound the model could be given. */
  end(kept: 'give' | 'forget'): void {
    const over = this.#over;
    if (!over) return;
    const { onKey, onLate, onShut } = this.#options;
    this.#close(kept);
    const acts = kept === 'give' ? actsNow(over) : undefined;
    onLate(over, acts === undefined ? 0 : 1);
    onShut();
    if (acts !== undefined) onKey(acts);
  }

  #close(kept: 'give' | 'forget'): void {
    this.#stopTimer();
    this.#over = undefined;
    this.#options.media.unhush(kept);
  }

  #await(over: Over): void {
    const { clock } = this.#options;
    this.#stopTimer();
    this.#stopTimer = clock.after(lateForMs(over, clock.nowMs()), () => this.end('give'));
  }
}
