// What the model owes at any moment, and what is done when it does not come: it is reminded, then its connection is
// renewed, and after that it is given up. Knows the watchdog, and nothing of wires.
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { SessionEvent, Trouble, WatchdogSetup } from '../session.ts';
import { NOISE_REMINDER, REMINDER } from './recall.ts';
import type { CallerTurn, Uplink } from './uplink.ts';
import { Watchdog, type Alarm, type Owed } from './watchdog.ts';
import { isTalk, mayAnswer } from './wordlike.ts';

export interface AttentionOptions {
  readonly clock: Clock;
  readonly limits: WatchdogSetup | undefined;
  readonly log: Log;
  readonly uplink: Uplink;
  readonly callerInterrupts: boolean;
  readonly emit: (event: SessionEvent) => void;
  readonly ask: (text: string) => void;
  /** All that the call asked or told. */
  readonly askAgain: () => void;
  readonly renew: () => void;
  /** A model that is silent to us is of no use. */
  readonly giveUp: () => void;
}

/** What it is called that something owed does not come. */
const TROUBLE: Readonly<Record<Owed, Trouble>> = {
  answer: 'no answer',
  word: 'no first word',
  rest: 'stalled',
  meaning: 'noise',
};
/** A model that stays silent over so many connections is not going to speak. */
const MOST_RENEWALS = 2;
/** So much of a noise tells whether it holds words. */
const NOISE_JUDGED_MS = 5_000;

export class Attention {
  readonly #options: AttentionOptions;
  readonly #watchdog: Watchdog;
  /** Since the model last did anything. */
  #renewals = 0;
  /** When all sound that came so far will have been heard. */
  #heardByMs = 0;
  /** Of the noise that the caller makes now, the model was told. */
  #toldOfNoise = false;
  /** The model has said something in this call. */
  #hasSpoken = false;
  /** Its last turn was complete, and empty. */
  #wasEmpty = false;
  /** Whether there is a model that could owe anything to the caller. */
  #isThere = false;

  constructor(options: AttentionOptions) {
    this.#options = options;
    const { clock, limits } = options;
    this.#watchdog = new Watchdog({ clock, limits, onAlarm: (owed, alarm) => this.#alarm(owed, alarm) });
  }

  caller(is: CallerTurn): void {
    this.#toldOfNoise = false;
    this.#watchdog.settled('meaning');
    // Who asks again has not been answered; what a line gives back of our own sound is no question either.
    if (is === 'speaking') {
      this.#wasEmpty = false;
      this.#watchdog.paused('answer');
    } else if (is === 'silent') this.#watchdog.settled('answer');
    if (this.#isThere) this.#owesTo(is);
  }

  /** The model understood words of the caller. */
  understood(): void {
    this.#watchdog.came('meaning', this.#options.clock.nowMs());
  }

  /** Something was put to the model that it is to speak to. */
  asked(): void {
    this.#watchdog.owes('word');
  }

  /** It turned to something new: a turn, or a call. */
  turnedTo(): void {
    this.#renewals = 0;
    this.#hasSpoken = true;
    this.#wasEmpty = false;
    this.understood();
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
    // While the agent speaks it is in no need of words.
    this.#watchdog.came('meaning', this.#heardByMs);
  }

  turnEnded(): void {
    this.#watchdog.settled('rest');
  }

  /** It said that its turn is complete, and there was none (googleapis/python-genai#2117). */
  emptyTurn(): void {
    this.#wasEmpty = true;
    this.#watchdog.overdue('answer', 'word');
  }

  away(): void {
    this.#isThere = false;
    this.#watchdog.settled();
  }

  back({ asked, caller }: { asked: boolean; caller: CallerTurn }): void {
    this.#isThere = true;
    if (asked) this.asked();
    this.#owesTo(caller);
  }

  #owesTo(caller: CallerTurn): void {
    if (caller === 'waiting') {
      this.#watchdog.owes('answer');
      // Who may not interrupt is answered once the agent has been heard out; a reminder sooner would cut it off.
      if (!this.#options.callerInterrupts)
        this.#watchdog.came('answer', Math.max(this.#heardByMs, this.#options.clock.nowMs()));
    }
    if (caller !== 'speaking' || this.#toldOfNoise) return;
    this.#watchdog.owes('meaning');
    this.#watchdog.came('meaning', Math.max(this.#heardByMs, this.#options.clock.nowMs()));
  }

  #troubleOf(owed: Owed): Trouble {
    if (this.#wasEmpty && owed !== 'rest') return 'empty turn';
    return owed === 'word' && !this.#hasSpoken ? 'late greeting' : TROUBLE[owed];
  }

  #alarm(owed: Owed, alarm: Alarm): void {
    if (owed === 'meaning') return this.#noMeaning();
    const { uplink, emit, log, ask, askAgain, renew, giveUp } = this.#options;
    if (alarm === 'remind') {
      if (owed === 'answer' && uplink.caller === 'waiting' && !mayAnswer(uplink.unanswered()))
        return this.#letBe();
      log.warn({ owed }, 'the model says nothing although it should; reminding it');
      emit({ type: 'watchdog', saw: this.#troubleOf(owed), did: 'reminded' });
      return owed === 'answer' ? ask(REMINDER) : askAgain();
    }
    if (this.#renewals >= MOST_RENEWALS) {
      emit({ type: 'watchdog', saw: this.#troubleOf(owed), did: 'gave up' });
      // A caller who is not answered may not have spoken to us at all.
      return owed === 'answer' ? uplink.dismiss() : giveUp();
    }
    this.#renewals += 1;
    emit({ type: 'watchdog', saw: this.#troubleOf(owed), did: 'renewed' });
    renew();
  }

  /** The caller has made sound for a while, and nothing came of it: perhaps there is nothing in it. */
  #noMeaning(): void {
    const { uplink, emit, log, ask } = this.#options;
    if (isTalk(uplink.newest(NOISE_JUDGED_MS))) return this.understood();
    this.#watchdog.settled('meaning');
    this.#toldOfNoise = true;
    log.warn('the line of the caller has been loud for a while without a word; the model is to say so');
    emit({ type: 'watchdog', saw: 'noise', did: 'reminded' });
    ask(NOISE_REMINDER);
  }

  /** The model was right not to answer. */
  #letBe(): void {
    this.#watchdog.settled('answer');
    this.#options.uplink.dismiss();
    this.#options.emit({ type: 'watchdog', saw: 'noise', did: 'let be' });
  }
}
