// The person who calls: follows the script, notices when the agent speaks and falls quiet, loses patience. Hears and
// speaks only through two tracks; knows neither sockets nor Twilio.
import type { PhoneEventBody } from './events.ts';
import type { PreparedStep, When } from './script.ts';
import { SAMPLES_PER_MS, type Track } from './track.ts';

export interface CallerHost {
  emit(event: PhoneEventBody, atClockMs: number): void;
  press(digit: string): void;
  hangUp(why: string): void;
  /** A time of the clock as a time since the call was placed. */
  sinceCallMs(clockMs: number): number;
}

export interface CallerOptions {
  readonly steps: readonly PreparedStep[];
  readonly quietMs: number;
  readonly patienceMs: number;
  readonly mouth: Track;
  readonly heard: Track;
  readonly host: CallerHost;
}

/** `soundBefore`: samples of agent sound that had been heard when it began. */
type Agent = { is: 'quiet' } | { is: 'speaking'; soundBefore: number };

type Progress = { is: 'saying'; untilMs: number } | { is: 'waiting'; sinceMs: number; soundBefore: number };

interface Saying {
  readonly what: string;
  readonly fromMs: number;
  readonly untilMs: number;
  begun: boolean;
}

export class Caller {
  readonly #options: CallerOptions;
  readonly #steps: PreparedStep[];
  #agent: Agent = { is: 'quiet' };
  #progress: Progress;
  #lineWasOpen = false;
  #sayings: Saying[] = [];
  /** What the carrier said and no step has answered yet. */
  #understood: string[] = [];
  #entertainedMs = -Infinity;

  constructor(options: CallerOptions, nowMs: number) {
    this.#options = options;
    this.#steps = [...options.steps];
    this.#progress = { is: 'waiting', sinceMs: nowMs, soundBefore: 0 };
  }

  /** Sound began in the ear after nothing was playing. */
  sounded(atClockMs: number): void {
    if (this.#agent.is === 'speaking') return;
    this.#agent = { is: 'speaking', soundBefore: this.#soundBefore(atClockMs) };
    this.#options.host.emit({ type: 'agentStarted' }, atClockMs);
  }

  /** The server cut the agent short: what was heard before is no answer to what the caller said last. */
  cut(nowMs: number): void {
    if (this.#progress.is === 'waiting')
      this.#progress = { ...this.#progress, soundBefore: this.#soundBefore(nowMs) };
  }

  /** The carrier's `<Say>` was heard to its end. */
  understood(text: string): void {
    this.#understood.push(text);
  }

  /** Music or ringing is in the ear, or a person: no reason to give up. */
  entertained(nowMs: number): void {
    this.#entertainedMs = nowMs;
  }

  /** Speaks now, or after what is being said. Returns the clock time when it will have been said. */
  say(what: string, sound: Uint8Array, nowMs: number): number {
    const { mouth } = this.#options;
    const start = mouth.append(mouth.positionAt(nowMs), sound);
    const untilMs = mouth.clockMsAt(start + sound.length);
    this.#sayings.push({ what, fromMs: mouth.clockMsAt(start), untilMs, begun: false });
    this.#tellSayings(nowMs);
    return untilMs;
  }

  /** `lineOpen`: a stream is up, or a verb under way. Without one the caller does nothing but lose patience. */
  tick(nowMs: number, lineOpen: boolean): void {
    this.#tellSayings(nowMs);
    this.#noticeQuiet(nowMs);
    if (lineOpen && !this.#lineWasOpen) {
      this.#lineWasOpen = true;
      this.#progress = { is: 'waiting', sinceMs: nowMs, soundBefore: 0 };
    }
    if (this.#progress.is === 'saying') {
      if (nowMs < this.#progress.untilMs) return;
      this.#wait(this.#progress.untilMs);
    }
    if (lineOpen) this.#follow(nowMs);
    this.#losePatience(nowMs);
  }

  #follow(nowMs: number): void {
    for (;;) {
      const step = this.#steps[0];
      if (!step || this.#progress.is !== 'waiting' || !this.#isTime(step.when, nowMs)) return;
      this.#steps.shift();
      if (step.do === 'say') {
        this.#progress = { is: 'saying', untilMs: this.say(step.what, step.sound, nowMs) };
      } else if (step.do === 'press') {
        for (const digit of step.digits) this.#options.host.press(digit);
        this.#wait(nowMs);
      } else {
        return this.#options.host.hangUp('the script says so');
      }
    }
  }

  #isTime(when: When, nowMs: number): boolean {
    if (this.#progress.is !== 'waiting') return false;
    const { sinceMs, soundBefore } = this.#progress;
    const heard = this.#soundBefore(nowMs);
    if (when === 'agentQuiet') return this.#agent.is === 'quiet' && heard > soundBefore;
    if ('afterMs' in when) return nowMs - sinceMs >= when.afterMs;
    if ('spoken' in when) return this.#hasUnderstood(when.spoken);
    if (this.#agent.is === 'quiet') return false;
    return heard - Math.max(soundBefore, this.#agent.soundBefore) >= when.agentSpokeForMs * SAMPLES_PER_MS;
  }

  /** Forgets the words that match, and what came before them. */
  #hasUnderstood(words: RegExp): boolean {
    const at = this.#understood.findIndex((text) => text.search(words) >= 0);
    if (at >= 0) this.#understood = this.#understood.slice(at + 1);
    return at >= 0;
  }

  #losePatience(nowMs: number): void {
    if (this.#progress.is !== 'waiting') return;
    const when = this.#steps[0]?.when;
    if (typeof when === 'object' && 'afterMs' in when) return;
    const { heard, mouth, patienceMs, host } = this.#options;
    const quietSinceMs = Math.max(
      this.#progress.sinceMs,
      this.#entertainedMs,
      heard.clockMsAt(heard.end),
      mouth.clockMsAt(mouth.end),
    );
    if (nowMs - quietSinceMs < patienceMs) return;
    const left = this.#steps.length;
    host.hangUp(`nothing was heard for ${patienceMs} ms${left > 0 ? `, ${left} steps were left` : ''}`);
  }

  #noticeQuiet(nowMs: number): void {
    if (this.#agent.is === 'quiet') return;
    const { heard, quietMs, host } = this.#options;
    const endedMs = heard.clockMsAt(heard.end);
    if (nowMs - endedMs < quietMs) return;
    const spokeMs = (this.#soundBefore(nowMs) - this.#agent.soundBefore) / SAMPLES_PER_MS;
    this.#agent = { is: 'quiet' };
    host.emit({ type: 'agentQuiet', endedAtMs: host.sinceCallMs(endedMs), spokeMs }, nowMs);
  }

  #tellSayings(nowMs: number): void {
    const { host } = this.#options;
    for (const saying of this.#sayings) {
      const { what, fromMs, untilMs } = saying;
      if (!saying.begun && fromMs <= nowMs) {
        saying.begun = true;
        host.emit({ type: 'said', what, forMs: untilMs - fromMs }, fromMs);
      }
      if (untilMs <= nowMs) host.emit({ type: 'saidEnd', what }, untilMs);
    }
    this.#sayings = this.#sayings.filter(({ untilMs }) => untilMs > nowMs);
  }

  #wait(sinceMs: number): void {
    this.#progress = { is: 'waiting', sinceMs, soundBefore: this.#soundBefore(sinceMs) };
  }

  #soundBefore(clockMs: number): number {
    const { heard } = this.#options;
    return heard.soundBefore(heard.positionAt(clockMs));
  }
}
