// What a person or a machine that was called does during the call. Knows nothing of TwiML.
import type { Clock, StopTimer } from '../../base/clock.ts';
import type { PhoneEventBody } from './events.ts';
import { utterancesOf } from './greeting.ts';
import type { Person } from './people.ts';

export interface PersonHost {
  press(digits: string): void;
  say(wav: Uint8Array): void;
  /** µ-law. */
  utter(what: string, sound: Uint8Array): void;
  /** The beep is over: what comes now is recorded. */
  beeped(): void;
  hangUp(): void;
}

/** Does during a call what the person does. */
export class Conduct {
  readonly #person: Person;
  readonly #clock: Clock;
  readonly #host: PersonHost;
  readonly #timers: StopTimer[] = [];
  #asked = 0;
  #wasConnected = false;

  constructor(person: Person, clock: Clock, host: PersonHost) {
    this.#person = person;
    this.#clock = clock;
    this.#host = host;
  }

  saw(event: PhoneEventBody): void {
    const { keys = [], says, hangsUpAfterMs, leavesAfterMs } = this.#person;
    switch (event.type) {
      case 'pickedUp':
        this.#pickUp();
        return this.#after(hangsUpAfterMs, () => this.#host.hangUp());
      case 'gathering': {
        const key = keys[this.#asked++];
        if (key) this.#after(key.afterMs, () => this.#host.press(key.press));
        return;
      }
      case 'connected':
        if (says) this.#host.say(says);
        if (!this.#wasConnected) this.#after(leavesAfterMs, () => this.#host.hangUp());
        this.#wasConnected = true;
        return;
      case 'hungUp':
        for (const stop of this.#timers) stop();
        return;
      default:
        return;
    }
  }

  #pickUp(): void {
    const { picksUp, silent = false } = this.#person;
    if (!picksUp || silent) return;
    for (const { what, atMs, ms, sound } of utterancesOf(picksUp)) {
      this.#after(atMs, () => this.#host.utter(what, sound()));
      if (what === 'beep') this.#after(atMs + ms, () => this.#host.beeped());
    }
  }

  #after(ms: number | undefined, then: () => void): void {
    if (ms !== undefined) this.#timers.push(this.#clock.after(ms, then));
  }
}
