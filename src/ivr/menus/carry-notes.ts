// What an import keeps count of while it goes through an old IVR: whom it connects callers with, what they ask for, which tools it
// needs, and what was lost. Knows no graph.
import type { Leads } from '../../agents/keypad-menu.ts';
import { parsePhoneNumber } from '../../base/phone-number.ts';
import type { CarriedDestination } from './carried.ts';
import { ANYTHING_ELSE } from './in-words.ts';
import { Names, nameFrom } from './names.ts';
import type { Left, Loss, OldDial } from './old-menu.ts';

/** As Twilio rings where a document does not say (twilio.com, TwiML <Dial>), and what a profile allows. */
const RING_S = { unsaid: 30, least: 5, most: 60 };

/** In seconds, as a profile has it. */
export const ringOf = ({ ringS = RING_S.unsaid }: OldDial): number =>
  Math.min(Math.max(Math.round(ringS), RING_S.least), RING_S.most);

/** Behind what callers ask for: whom they got only where nobody had answered. */
export const UNANSWERED = ', where nobody answers';

/** What somebody asked for who gets there. */
export interface Asked {
  readonly words: string;
  /** For them and nobody else: not where nobody answers, and not once they were asked for more. */
  readonly isDirect: boolean;
}

/** One for each number and extension, however many ways lead there. */
export class Destinations {
  readonly #all = new Map<string, CarriedDestination>();
  readonly #names = new Names();
  /** By number and extension, those that were asked for. */
  readonly #direct = new Map<string, string>();
  readonly #known: ReadonlyMap<string, string>;

  /** `known`: what those are called that options ask for, whatever leads there before them. */
  constructor(known: ReadonlyMap<string, string> = new Map()) {
    this.#known = known;
    for (const name of known.values()) this.#names.take(name);
  }

  /** Somebody who is rung. */
  dialled(dial: OldDial, by: Asked, title: string): Leads {
    return this.#leads(dial, by, title, { isQueue: false, ringS: ringOf(dial) });
  }

  /** Those who take the calls of a queue; `told`: what they were told of a call, by which two are not one. */
  queued(to: string, told: string, by: Asked, title: string): Leads {
    return this.#leads({ to, digits: told }, by, title, { isQueue: true, ringS: undefined });
  }

  /** Those that options ask for come first. */
  all(): CarriedDestination[] {
    const known = [...this.#known.keys()].flatMap((key) => this.#all.get(key) ?? []);
    return [...known, ...[...this.#all.values()].filter((one) => !known.includes(one))];
  }

  /** What those are to be called that options ask for, by number and extension. */
  asked(): ReadonlyMap<string, string> {
    const names = new Names();
    return new Map([...this.#direct].map(([key, name]) => [key, names.take(name)]));
  }

  #leads(
    { to, digits }: Pick<OldDial, 'to' | 'digits'>,
    { words, isDirect }: Asked,
    title: string,
    { isQueue, ringS }: Pick<CarriedDestination, 'isQueue' | 'ringS'>,
  ): Leads {
    const number: string = parsePhoneNumber(to) ?? to;
    const key = `${number} ${digits}`;
    const known = this.#all.get(key);
    const asked = known?.asked ?? new Set<string>();
    const isOther = words === ANYTHING_ELSE || words.endsWith(UNANSWERED);
    // Whoever asked for something else, and was asked for more, did not ask for this.
    if (isDirect || isOther || !this.#known.has(key)) asked.add(words || title);
    const called = nameFrom(words === ANYTHING_ELSE ? '' : words || title, 'somebody');
    if (isDirect && !isOther && !this.#direct.has(key)) this.#direct.set(key, called);
    const name = known?.name ?? this.#known.get(key) ?? this.#names.take(called);
    const longest = Math.max(ringS ?? 0, known?.ringS ?? 0);
    this.#all.set(key, {
      ...{ name, to: number, asked, isQueue: isQueue || (known?.isQueue ?? false) },
      ringS: longest === 0 ? undefined : longest,
    });
    return { to: 'destination', name };
  }
}

/** What is asked for in the same words elsewhere, and leads elsewhere, says which menu it is of. */
export class SpokenWords {
  readonly #ways = new Map<string, string>();

  of(asked: string, title: string, leads: Leads): string {
    if (asked === '') return '';
    const folded = asked.toLocaleLowerCase();
    const way = JSON.stringify(leads);
    const other = this.#ways.get(folded);
    if (other === undefined) this.#ways.set(folded, way);
    return other === undefined || other === way ? asked : `${asked} (${title})`;
  }
}

/** One for each thing that is asked for, and no two by one name. */
export class ToolNames {
  readonly #known = new Map<string, string>();
  readonly #names = new Names();

  /** `entry`: what it is, whatever it is called. */
  of(entry: string, what: string, words: string): string {
    const known = this.#known.get(entry);
    if (known !== undefined) return known;
    const name = nameFrom(what, 'enter_number');
    const taken = this.#names.take(name, nameFrom(`${words} ${what}`, name));
    this.#known.set(entry, taken);
    return taken;
  }
}

/** Each once, however many ways lead there. */
export class Losses {
  readonly #all: Loss[] = [];
  readonly #left: Left[] = [];

  add(where: string, kept: string, lost: string): void {
    if (!this.#all.some((one) => one.where === where && one.lost === lost))
      this.#all.push({ where, kept, lost });
  }

  leave(where: string, what: string): void {
    if (!this.#left.some((one) => one.where === where && one.what === what)) this.#left.push({ where, what });
  }

  all(): readonly Loss[] {
    return this.#all;
  }

  left(): readonly Left[] {
    return this.#left;
  }
}
