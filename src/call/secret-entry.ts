// A secret entry: the keys of a caller who types for a tool go to the vault, and nobody else is told more than how many they
// were. Keeps time for it, and the caller's sound from the model. Never sees what the keys are for.
import type { Clock, StopTimer } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { openEntry, type Entry, type Typed } from '../ivr/vault.ts';
import type { SecretAnswer, SecretDesk, SecretKind, SecretNone, SecretWish } from '../tools/secrets.ts';
import type { Media } from './media.ts';
import type { NoticeBody } from './notices.ts';
import type { CallState } from './state.ts';

/** Once the agent has said what to type. */
const FIRST_KEY_WITHIN_MS = 10_000;
/** From one key to the next: people look at their card in between. */
const NEXT_KEY_WITHIN_MS = 6_000;
/** In all; the longest that a slow typist takes for a card, twice. */
const LASTS_AT_MOST_MS = 90_000;
/** Whoever types on behind the end means the number: their keys are nobody's until so long after the last. */
const LATE_KEYS_MS = 2_000;
/** How often it is looked whether the agent has finished asking. */
const LOOK_AGAIN_MS = 200;

interface Open {
  readonly is: 'open';
  readonly kind: SecretKind;
  readonly entry: Entry;
  readonly answer: (answer: SecretAnswer) => void;
  readonly untilMs: number;
  stopTimer: StopTimer;
  readonly stopListening: () => void;
}

type State = { is: 'shut' } | Open | { is: 'late'; kind: SecretKind; keys: number; stopTimer: StopTimer };

export interface SecretEntryOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly media: Pick<Media, 'hush' | 'keyPressed' | 'entryIsOver' | 'unhush'>;
  /** Whether the caller hears the agent now, or will. */
  readonly agentIsHeard: () => boolean;
  readonly notice: (body: NoticeBody) => void;
}

export class SecretEntry implements SecretDesk {
  readonly #options: SecretEntryOptions;
  #state: State = { is: 'shut' };
  #phase: CallState['phase'] = 'connecting';
  /** How often nothing came of an entry. */
  readonly #failures = new Map<SecretKind, number>();

  constructor(options: SecretEntryOptions) {
    this.#options = options;
  }

  ask(wish: SecretWish & { monthFirst: boolean }, signal: AbortSignal): Promise<SecretAnswer> {
    const { clock, media } = this.#options;
    const { kind } = wish;
    const none = (why: SecretNone): Promise<SecretAnswer> => Promise.resolve(this.#none(kind, why));
    if (signal.aborted) return none('cancelled');
    if (this.#phase === 'ended') return none('hung-up');
    if (this.#phase === 'elsewhere') return none('elsewhere');
    if (this.#state.is === 'open') return none('busy');
    if (this.#state.is === 'late') this.#endLate(this.#state);
    return new Promise((answer) => {
      const cancel = (): void => this.#close('cancelled');
      signal.addEventListener('abort', cancel, { once: true });
      const open: Open = {
        ...{ is: 'open', kind, answer, entry: openEntry({ ...wish, epochMs: clock.epochMs() }) },
        ...{ untilMs: clock.nowMs() + LASTS_AT_MOST_MS, stopTimer: () => undefined },
        stopListening: () => signal.removeEventListener('abort', cancel),
      };
      this.#state = open;
      media.hush();
      this.#notice(kind, 'opened', 0);
      this.#awaitFirst(open);
    });
  }

  /** False: nobody asked for it in secret. */
  takes(key: string): boolean {
    const state = this.#state;
    if (state.is === 'shut') return false;
    this.#options.media.keyPressed();
    if (state.is === 'late') {
      this.#state = { ...state, keys: state.keys + 1 };
      this.#awaitLate();
      return true;
    }
    const { kind, entry } = state;
    if (entry.press(key) === 'over') this.#close();
    else {
      this.#notice(kind, 'typing', entry.count);
      if (entry.count === 0) this.#awaitFirst(state);
      else this.#arm(state, NEXT_KEY_WITHIN_MS, () => this.#close());
    }
    return true;
  }

  /** As the call goes on; what is typed for a caller who is not here any more is forgotten. */
  follow(phase: CallState['phase']): void {
    this.#phase = phase;
    if (phase === 'ended') this.#shut('hung-up');
    else if (phase === 'elsewhere') this.#shut('elsewhere');
  }

  /** The caller could not type meanwhile. */
  lineIsBack(): void {
    const state = this.#state;
    if (state.is !== 'open') return;
    if (state.entry.count === 0) this.#awaitFirst(state);
    else this.#arm(state, NEXT_KEY_WITHIN_MS, () => this.#close());
  }

  lineIsLost(): void {
    const state = this.#state;
    if (state.is === 'open') this.#arm(state, LASTS_AT_MOST_MS, () => this.#close('timed-out'));
  }

  #awaitFirst(open: Open): void {
    if (this.#options.agentIsHeard()) this.#arm(open, LOOK_AGAIN_MS, () => this.#awaitFirst(open));
    else this.#arm(open, FIRST_KEY_WITHIN_MS, () => this.#close('timed-out'));
  }

  #arm(open: Open, ms: number, then: () => void): void {
    const { clock } = this.#options;
    const leftMs = open.untilMs - clock.nowMs();
    open.stopTimer();
    open.stopTimer =
      leftMs > ms ? clock.after(ms, then) : clock.after(Math.max(0, leftMs), () => this.#close('timed-out'));
  }

  /** `why`: nothing comes of it; left out: what was typed is looked at. */
  #close(why?: SecretNone): void {
    const state = this.#state;
    if (state.is !== 'open') return;
    const { kind, entry, answer } = state;
    const keys = entry.count;
    const typed: Typed = entry.finish();
    state.stopTimer();
    state.stopListening();
    this.#state = { is: 'late', kind, keys: 0, stopTimer: () => undefined };
    this.#options.media.entryIsOver();
    this.#awaitLate();
    const is = why ?? (typed.is === 'nothing' ? 'cancelled' : typed.is);
    this.#notice(kind, is, keys);
    this.#options.log.info({ kind, keys, is }, 'a secret entry by keypad is over');
    if (why === undefined && typed.is === 'received') answer({ digits: typed.digits });
    else answer(this.#none(kind, is === 'received' ? 'cancelled' : is));
  }

  #shut(why: SecretNone): void {
    this.#close(why);
    if (this.#state.is === 'late') this.#endLate(this.#state, 'forget');
  }

  #awaitLate(): void {
    const state = this.#state;
    if (state.is !== 'late') return;
    state.stopTimer();
    state.stopTimer = this.#options.clock.after(LATE_KEYS_MS, () => {
      if (this.#state.is === 'late') this.#endLate(this.#state);
    });
  }

  /** `forget`: there is no line whose sound the model could be given. */
  #endLate(
    { kind, keys, stopTimer }: Extract<State, { is: 'late' }>,
    kept: 'give' | 'forget' = 'give',
  ): void {
    stopTimer();
    this.#state = { is: 'shut' };
    this.#options.media.unhush(kept);
    if (keys > 0) this.#notice(kind, 'late', keys);
  }

  #none(kind: SecretKind, none: SecretNone): SecretAnswer {
    const before = this.#failures.get(kind) ?? 0;
    const times = none === 'busy' ? before : before + 1;
    this.#failures.set(kind, times);
    return { none, times };
  }

  #notice(kind: SecretKind, is: Extract<NoticeBody, { type: 'secret-keys' }>['is'], keys: number): void {
    this.#options.notice({ type: 'secret-keys', kind, is, keys });
  }
}
