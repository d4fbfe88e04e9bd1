// What the model owes at any moment, and what is done when it does not come: it is reminded, then its connection is
// renewed, and after that it is given up. Knows the watchdog, and nothing of wires.
import type { Clock } from '../../base/clock.ts';
import type { SessionEvent, Trouble, WatchdogSetup } from '../session.ts';
import { Watchdog, type Alarm, type Owed } from './watchdog.ts';

export interface AttentionOptions {
  readonly clock: Clock;
  readonly limits: WatchdogSetup | undefined;
  readonly emit: (event: SessionEvent) => void;
  readonly remind: (owed: Owed) => void;
  readonly renew: () => void;
  readonly giveUp: (owed: Owed) => void;
}

/** What it is called that something owed does not come. */
const TROUBLE: Readonly<Record<Owed, Trouble>> = {
  answer: 'no answer',
  word: 'no first word',
  rest: 'stalled',
};
/** A model that stays silent over so many connections is not going to speak. */
const MOST_RENEWALS = 2;

export class Attention {
  readonly #options: AttentionOptions;
  readonly #watchdog: Watchdog;
  /** Since the model last did anything. */
  #renewals = 0;
  /** When all sound that came so far will have been heard. */
  #heardByMs = 0;

  constructor(options: AttentionOptions) {
    this.#options = options;
    const { clock, limits } = options;
    this.#watchdog = new Watchdog({ clock, limits, onAlarm: (owed, alarm) => this.#alarm(owed, alarm) });
  }

  caller(is: 'speaking' | 'waiting'): void {
    if (is === 'waiting') this.#watchdog.owes('answer');
    else this.#watchdog.settled('answer');
  }

  /** Something was put to the model that it is to speak to. */
  asked(): void {
    this.#watchdog.owes('word');
  }

  /** It turned to something new: a turn, or a call. */
  turnedTo(): void {
    this.#renewals = 0;
    this.#watchdog.settled('answer', 'word');
  }

  /** It goes on with the turn in which it asked for what it was told. */
  wentOn(): void {
    this.#watchdog.settled('word');
  }

  sound(ms: number): void {
    this.#heardByMs = Math.max(this.#heardByMs, this.#options.clock.nowMs()) + ms;
    this.#watchdog.owes('rest');
    this.#watchdog.came('rest', this.#heardByMs);
  }

  turnEnded(): void {
    this.#watchdog.settled('rest');
  }

  /** It said that its turn is complete, and there was none (googleapis/python-genai#2117). */
  emptyTurn(): void {
    this.#watchdog.overdue('answer', 'word');
  }

  away(): void {
    this.#watchdog.settled();
  }

  back({ asked, callerWaits }: { asked: boolean; callerWaits: boolean }): void {
    if (asked) this.asked();
    if (callerWaits) this.caller('waiting');
  }

  #alarm(owed: Owed, alarm: Alarm): void {
    const { emit, remind, renew, giveUp } = this.#options;
    if (alarm === 'remind') {
      emit({ type: 'watchdog', saw: TROUBLE[owed], did: 'reminded' });
      return remind(owed);
    }
    if (this.#renewals >= MOST_RENEWALS) {
      emit({ type: 'watchdog', saw: TROUBLE[owed], did: 'gave up' });
      return giveUp(owed);
    }
    this.#renewals += 1;
    emit({ type: 'watchdog', saw: TROUBLE[owed], did: 'renewed' });
    renew();
  }
}
