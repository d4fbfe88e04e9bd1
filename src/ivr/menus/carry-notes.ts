// What an import keeps count of while it goes through an old IVR: whom it connects callers with, what they ask for, and what was
// lost. Knows no graph.
import type { Leads } from '../../agents/keypad-menu.ts';
import type { CarriedDestination } from './carried.ts';
import { Names, nameFrom } from './names.ts';
import type { Loss } from './old-menu.ts';

/** One for each number, however many ways lead there. */
export class Destinations {
  readonly #byNumber = new Map<string, CarriedDestination>();
  readonly #names = new Names();

  leads(to: string, words: string, title: string, isQueue: boolean): Leads {
    const known = this.#byNumber.get(to);
    const name = known?.name ?? this.#names.take(nameFrom(words || title, 'somebody'));
    const asked = known?.asked ?? new Set<string>();
    asked.add(words || title);
    this.#byNumber.set(to, { name, to, asked, isQueue: isQueue || (known?.isQueue ?? false) });
    return { to: 'destination', name };
  }

  all(): CarriedDestination[] {
    return [...this.#byNumber.values()];
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

/** Each once, however many ways lead there. */
export class Losses {
  readonly #all: Loss[];

  constructor(known: readonly Loss[]) {
    this.#all = [...known];
  }

  add(where: string, kept: string, lost: string): void {
    if (!this.#all.some((one) => one.where === where && one.lost === lost))
      this.#all.push({ where, kept, lost });
  }

  all(): readonly Loss[] {
    return this.#all;
  }
}
