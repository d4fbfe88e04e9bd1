// The people whom the network can reach, and how each behaves when called. Knows nothing of TwiML.
import type { JudgedAs } from './detection.ts';
import type { CallStatus } from './events.ts';
import type { PickUp } from './greeting.ts';
import { checkDigits, prepareScript, type CallerStep } from './script.ts';

export interface Person {
  /** E.164 or a sip: address. */
  readonly number: string;
  /** `fails`: cannot be reached, as a number that nobody has · `blocked`: the network refuses the call, as spam. */
  readonly does: 'answers' | 'busy' | 'no-answer' | 'fails' | 'blocked';
  /** Of who is not reached. Default: 404; `blocked`: 603. */
  readonly sipCode?: number;
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
  /** What picks up. Default: a human who waits for somebody to speak to them. */
  readonly picksUp?: PickUp;
  /** What answering machine detection takes them for. Default: what they are. */
  readonly judgedAs?: JudgedAs;
  /** What they say and press once they have picked up, as of somebody who calls. */
  readonly script?: readonly CallerStep[];
  /** For thousands of calls: they neither hear nor make a sound, and no media stream is opened for them. */
  readonly silent?: boolean;
  /** So often, then the next person of that number is used. Default: always. */
  readonly times?: number;
}

/** Who has a number that nobody was named for; `nth`: the call to it that this is, from 1. Undefined: nobody. */
export type Population = (number: string, nth: number) => Omit<Person, 'number'> | undefined;

export class People {
  readonly #people: { person: Person; left: number }[] = [];
  readonly #population: Population;
  readonly #calls = new Map<string, number>();

  constructor(population: Population = () => undefined) {
    this.#population = population;
  }

  /** Throws SCRIPT_INVALID or WAV_INVALID when they are to press what is no key, or say what is no sound. */
  add(person: Person): void {
    for (const { press } of person.keys ?? []) checkDigits(press);
    prepareScript(person.script ?? []);
    this.#people.push({ person, left: person.times ?? Infinity });
  }

  /** Who is reached by calling this number now; undefined: nobody has it. */
  called(number: string): Person | undefined {
    const nth = (this.#calls.get(number) ?? 0) + 1;
    this.#calls.set(number, nth);
    const entry = this.#people.find(({ person, left }) => left > 0 && sameNumber(person.number, number));
    if (!entry) {
      const person = this.#population(number, nth);
      return person && { ...person, number };
    }
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
  if (person === undefined || person.does === 'fails' || person.does === 'blocked')
    return { rings: false, afterMs: person?.ringsMs ?? 0, then: 'failed' };
  const ringsMs = person.ringsMs ?? (person.does === 'no-answer' ? limitMs : USUAL_RING_MS);
  if (ringsMs >= limitMs) return { rings: true, afterMs: limitMs, then: 'no-answer' };
  const then = person.does === 'answers' ? 'in-progress' : person.does;
  return { rings: true, afterMs: ringsMs, then };
}

/** How the network says that it ended (RFC 3261; 603 is also what analytics answer to what they take for spam). */
export function sipCodeOf(person: Person | undefined, status: CallStatus): number {
  switch (status) {
    case 'completed':
      return 200;
    case 'busy':
      return 486;
    case 'failed':
      return person?.sipCode ?? (person?.does === 'blocked' ? 603 : 404);
    default:
      return 487;
  }
}
