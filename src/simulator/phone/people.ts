// The people whom the network can reach, and how each behaves when called. Knows nothing of TwiML.
import type { Clock, StopTimer } from '../../base/clock.ts';
import type { PhoneEventBody } from './events.ts';
import { checkDigits } from './script.ts';

export interface Person {
  /** E.164 or a sip: address. */
  readonly number: string;
  /** `fails`: cannot be reached, as a number that nobody has. */
  readonly does: 'answers' | 'busy' | 'no-answer' | 'fails';
  /** How long it rings before they do it. Default: 100; `no-answer`: as long as it is let ring. */
  readonly ringsMs?: number;
  /** One for every time they are asked for keys, in order: what they press so long after the question began. */
  readonly keys?: readonly { readonly press: string; readonly afterMs: number }[];
  /** A WAV; spoken every time they are connected with somebody. */
  readonly says?: Uint8Array;
  /** Since they picked up. */
  readonly hangsUpAfterMs?: number;
  /** Since they were first connected with somebody. */
  readonly leavesAfterMs?: number;
  /** So often, then the next person of that number is used. Default: always. */
  readonly times?: number;
}

export class People {
  readonly #people: { person: Person; left: number }[] = [];

  /** Throws SCRIPT_INVALID when they are to press what is no key. */
  add(person: Person): void {
    for (const { press } of person.keys ?? []) checkDigits(press);
    this.#people.push({ person, left: person.times ?? Infinity });
  }

  /** Who is reached by calling this number now; undefined: nobody has it. */
  called(number: string): Person | undefined {
    const entry = this.#people.find(({ person, left }) => left > 0 && sameNumber(person.number, number));
    if (!entry) return undefined;
    entry.left -= 1;
    return entry.person;
  }
}

const sameNumber = (a: string, b: string): boolean => a.trim().toLowerCase() === b.trim().toLowerCase();

export interface Fate {
  readonly rings: boolean;
  readonly afterMs: number;
  readonly then: 'in-progress' | 'busy' | 'no-answer' | 'failed';
}

const USUAL_RING_MS = 100;

/** What becomes of calling them. `limitMs`: how long it may ring. */
export function fateOf(person: Person | undefined, limitMs: number): Fate {
  if (person === undefined || person.does === 'fails')
    return { rings: false, afterMs: person?.ringsMs ?? 0, then: 'failed' };
  const ringsMs = person.ringsMs ?? (person.does === 'no-answer' ? limitMs : USUAL_RING_MS);
  if (ringsMs >= limitMs) return { rings: true, afterMs: limitMs, then: 'no-answer' };
  const then = person.does === 'answers' ? 'in-progress' : person.does;
  return { rings: true, afterMs: ringsMs, then };
}

export interface PersonHost {
  press(digits: string): void;
  say(wav: Uint8Array): void;
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

  #after(ms: number | undefined, then: () => void): void {
    if (ms !== undefined) this.#timers.push(this.#clock.after(ms, then));
  }
}
