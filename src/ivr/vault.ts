// The vault: what one caller types for one tool. It alone holds the keys, gives them away once and overwrites them. Knows
// neither time nor who asked.
import { DIGITS_OF, type SecretWish } from '../tools/secrets.ts';

/** `nothing`: not a single digit was typed, or all were taken back. */
export type Typed = { is: 'received'; digits: string } | { is: 'not-valid' } | { is: 'nothing' };

export interface Entry {
  /** Digits that were typed, also those that are too many. */
  readonly count: number;
  /** As many as the number has at least. */
  readonly isEnough: boolean;
  /** `over`: nothing more is waited for. */
  press(key: string): 'more' | 'over';
  /** What was typed, once: afterwards there is nothing here any more. */
  finish(): Typed;
}

export interface Wanted extends SecretWish {
  /** Of a birth date: MMDDYYYY, as in the United States; otherwise DDMMYYYY. */
  readonly monthFirst: boolean;
  /** Nobody is born later. */
  readonly epochMs: number;
}

export function openEntry(wanted: Wanted): Entry {
  const { least, most } = limitsOf(wanted);
  const typed = new Uint8Array(most);
  let count = 0;
  const forget = (): void => {
    typed.fill(0);
    count = 0;
  };
  return {
    get count() {
      return count;
    },
    get isEnough() {
      return count >= least;
    },
    press(key) {
      if (key === '#') return 'over';
      if (key === '*') forget();
      else if (/^\d$/.test(key)) {
        if (count < most) typed[count] = Number(key);
        count += 1;
      }
      return least === most && count === most ? 'over' : 'more';
    },
    finish() {
      const length = count;
      const digits = length > most ? '' : typed.subarray(0, length).join('');
      forget();
      if (length === 0) return { is: 'nothing' };
      const checked = digits.length < least ? undefined : asKind(wanted, digits);
      return checked === undefined ? { is: 'not-valid' } : { is: 'received', digits: checked };
    },
  };
}

export function limitsOf({ kind, least, most }: SecretWish): {
  readonly least: number;
  readonly most: number;
} {
  const usual = DIGITS_OF[kind];
  const from = Math.min(Math.max(least ?? usual.least, usual.least), usual.most);
  return { least: from, most: Math.max(from, Math.min(most ?? usual.most, usual.most)) };
}

function asKind({ kind, monthFirst, epochMs }: Wanted, digits: string): string | undefined {
  if (kind === 'card') return isCard(digits) ? digits : undefined;
  return kind === 'birth_date' ? dayOf(digits, monthFirst, epochMs) : digits;
}

/** The check digit of ISO/IEC 7812-1, annex B, known as Luhn's. Zeros alone pass it, and are no card. */
function isCard(digits: string): boolean {
  const sum = Array.from(digits, Number)
    .reverse()
    .reduce((total, digit, at) => total + (at % 2 === 0 ? digit : digit * 2 - (digit > 4 ? 9 : 0)), 0);
  return sum > 0 && sum % 10 === 0;
}

/** Older than anybody has become. */
const OLDEST_YEARS = 130;

/** As YYYYMMDD; undefined for what is no day, or nobody's birthday. */
function dayOf(digits: string, monthFirst: boolean, epochMs: number): string | undefined {
  const [first, second, year] = [digits.slice(0, 2), digits.slice(2, 4), digits.slice(4)];
  const [month, day] = monthFirst ? [first, second] : [second, first];
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  const isReal =
    date.getUTCFullYear() === Number(year) &&
    date.getUTCMonth() + 1 === Number(month) &&
    date.getUTCDate() === Number(day);
  const isSomebodys =
    date.getTime() <= epochMs && Number(year) >= new Date(epochMs).getUTCFullYear() - OLDEST_YEARS;
  return isReal && isSomebodys ? `${year}${month}${day}` : undefined;
}
