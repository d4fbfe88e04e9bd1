// A secret entry: the keys of a caller who types for a tool go to the vault, and nobody else is told more than how many they
// were. Keeps time for it, and the caller's sound from the model. Never sees what the keys are for.
import type { StopTimer } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { openEntry, type Entry, type Typed } from '../ivr/vault.ts';
import type { SecretAnswer, SecretDesk, SecretKind, SecretNone, SecretWish } from '../tools/secrets.ts';
import { FailedEntries } from './failed-entries.ts';
import { isOver, isStillOf, withLateKey, type Over } from './late-keys.ts';
import { LateWindow, type LateWindowOptions } from './late-window.ts';
import type { Media } from './media.ts';
import type { NoticeBody } from './notices.ts';
import type { CallState } from './state.ts';

/** Once the agent has said what to type. */
const FIRST_KEY_WITHIN_MS = 10_000;
/** From one key to the next: people look at their card in between. */
const NEXT_KEY_WITHIN_MS = 6_000;
/** In all; the longest that a slow typist takes for a card, twice. */
const LASTS_AT_MOST_MS = 90_000;
/** How often it is looked whether the agent has finished asking. */
const LOOK_AGAIN_MS = 200;

interface Open {
  readonly kind: SecretKind;
  /** What failures are counted by. */
  readonly field: string;
  readonly entry: Entry;
  readonly answer: (answer: SecretAnswer) => void;
  /** Of all its time; `untilMs` says so while there is a line. */
  leftMs: number;
  untilMs: number;
  /** Also of digits that were taken back. */
  hasDigits: boolean;
  /** Whose keys may still come; until the first that is its own. */
  before: Over | undefined;
  stopTimer: StopTimer;
  readonly stopListening: () => void;
}

export interface SecretEntryOptions extends Omit<LateWindowOptions, 'onLate'> {
  readonly log: Log;
  readonly media: Pick<Media, 'hush' | 'keyPressed' | 'entryIsOver' | 'unhush'>;
  /** Whether the caller hears the agent now, or will. */
  readonly agentIsHeard: () => boolean;
  readonly notice: (body: NoticeBody) => void;
}

export class SecretEntry implements SecretDesk {
  readonly #options: SecretEntryOptions;
  readonly #late: LateWindow;
  #open: Open | undefined;
  #phase: CallState['phase'] = 'connecting';
  #hasLine = false;
  readonly #failed = new FailedEntries();

  constructor(options: SecretEntryOptions) {
    this.#options = options;
    this.#late = new LateWindow({ ...options, onLate: (over, used) => this.#noticeLate(over, used) });
  }

  /** Whether something is being typed. */
  get isOpen(): boolean {
    return this.#open !== undefined;
  }

  ask(wish: SecretWish & { monthFirst: boolean }, signal: AbortSignal): Promise<SecretAnswer> {
    const { clock, media } = this.#options;
    const { kind, field = kind } = wish;
    const none = (why: SecretNone): Promise<SecretAnswer> => Promise.resolve(this.#failed.add(field, why));
    if (signal.aborted) return none('cancelled');
    if (this.#phase === 'ended') return none('hung-up');
    if (this.#phase === 'elsewhere' || this.#phase === 'with-operator') return none('elsewhere');
    if (this.#open) return none('busy');
    const before = this.#late.handOn();
    return new Promise((answer) => {
      const cancel = (): void => this.#close('cancelled');
      signal.addEventListener('abort', cancel, { once: true });
      const open: Open = {
        ...{ kind, field, answer, entry: openEntry({ ...wish, epochMs: clock.epochMs() }) },
        ...{ leftMs: LASTS_AT_MOST_MS, untilMs: clock.nowMs() + LASTS_AT_MOST_MS, hasDigits: false },
        ...{ before, stopTimer: () => undefined },
        stopListening: () => signal.removeEventListener('abort', cancel),
      };
      this.#open = open;
      media.hush();
      this.#notice(kind, 'opened', 0);
      this.#awaitFirst(open);
    });
  }

  /** False: nobody asked for it in secret. */
  takes(key: string): boolean {
    const open = this.#open;
    if (!open) return this.#late.takes(key);
    const { clock, media } = this.#options;
    const nowMs = clock.nowMs();
    media.keyPressed();
    const { kind, entry, before } = open;
    if (before && isStillOf(before, key, nowMs)) {
      this.#pressBetween(open, withLateKey(before, key, nowMs), key);
      return true;
    }
    this.#forgetBefore(open);
    const pressed = entry.press(key);
    open.hasDigits ||= entry.count > 0;
    if (pressed === 'over') this.#close(undefined, key);
    else {
      this.#notice(kind, 'typing', entry.count);
      this.#goOn(open);
    }
    return true;
  }

  /** Keys too many of the number before; unless they are all of the next one, typed in one go. */
  #pressBetween(open: Open, late: Over, key: string): void {
    const { entry } = open;
    const isWhole = key === '#' ? entry.isEnough : entry.press(key) === 'over';
    open.before = late;
    if (isWhole && entry.count > 1) {
      open.before = undefined;
      open.hasDigits = true;
      this.#noticeLate(late, entry.count + (key === '#' ? 1 : 0));
      this.#close(undefined, key);
    } else if (key === '#') entry.press('*');
  }

  /** As the call goes on; what is typed for a caller who is not here any more is forgotten. */
  follow(phase: CallState['phase']): void {
    this.#phase = phase;
    if (phase === 'ended') this.#shut('hung-up');
    else if (phase === 'elsewhere') this.#shut('elsewhere');
  }

  /** The caller could not type meanwhile. */
  lineIsBack(): void {
    const hadLine = this.#hasLine;
    this.#hasLine = true;
    const open = this.#open;
    if (!open) return;
    if (!hadLine) open.untilMs = this.#options.clock.nowMs() + open.leftMs;
    this.#goOn(open);
  }

  /** Its clocks stand. A line that never comes back ends the call. */
  lineIsLost(): void {
    this.#hasLine = false;
    const open = this.#open;
    if (!open) return;
    open.stopTimer();
    open.leftMs = open.untilMs - this.#options.clock.nowMs();
  }

  #goOn(open: Open): void {
    if (open.before || open.entry.count === 0) this.#awaitFirst(open);
    else this.#arm(open, NEXT_KEY_WITHIN_MS, () => this.#close());
  }

  /** An agent may call first and then ask: time runs from when it was last heard. */
  #awaitFirst(open: Open, silentSinceMs = this.#options.clock.nowMs()): void {
    const { agentIsHeard, clock } = this.#options;
    const nowMs = clock.nowMs();
    const sinceMs = agentIsHeard() ? nowMs : silentSinceMs;
    const leftMs = sinceMs + FIRST_KEY_WITHIN_MS - nowMs;
    if (leftMs <= 0) this.#close('timed-out');
    else this.#arm(open, Math.min(leftMs, LOOK_AGAIN_MS), () => this.#awaitFirst(open, sinceMs));
  }

  #arm(open: Open, ms: number, then: () => void): void {
    const { clock } = this.#options;
    open.stopTimer();
    if (!this.#hasLine) return;
    const leftMs = open.untilMs - clock.nowMs();
    open.stopTimer =
      leftMs > ms ? clock.after(ms, then) : clock.after(Math.max(0, leftMs), () => this.#close('timed-out'));
  }

  /** `why`: nothing comes of it; left out: what was typed is looked at. `by`: the key that ended it. */
  #close(why?: SecretNone, by?: string): void {
    const open = this.#open;
    if (!open) return;
    const { kind, field, entry, answer, hasDigits } = open;
    this.#forgetBefore(open);
    const keys = entry.count;
    const typed: Typed = entry.finish();
    open.stopTimer();
    open.stopListening();
    const over = isOver(kind, this.#options.clock.nowMs(), { hasDigits, by });
    this.#open = undefined;
    this.#options.media.entryIsOver();
    this.#late.begin(over);
    const is = why ?? (typed.is === 'nothing' ? 'cancelled' : typed.is);
    this.#notice(kind, is, keys);
    this.#options.log.info({ kind, keys, is }, 'a secret entry by keypad is over');
    if (why === undefined && typed.is === 'received') {
      this.#failed.forget(field);
      answer({ digits: typed.digits });
    } else answer(this.#failed.add(field, is === 'received' ? 'cancelled' : is));
  }

  #shut(why: SecretNone): void {
    this.#close(why);
    this.#late.end('forget');
  }

  /** What came between the two was of the first. */
  #forgetBefore(open: Open): void {
    const { before, entry } = open;
    if (!before) return;
    open.before = undefined;
    entry.press('*');
    this.#noticeLate(before);
  }

  /** `used`: so many of its keys were none after all. */
  #noticeLate({ kind, keys }: Over, used = 0): void {
    if (keys > used) this.#notice(kind, 'late', keys - used);
  }

  #notice(kind: SecretKind, is: Extract<NoticeBody, { type: 'secret-keys' }>['is'], keys: number): void {
    this.#options.notice({ type: 'secret-keys', kind, is, keys });
  }
}
