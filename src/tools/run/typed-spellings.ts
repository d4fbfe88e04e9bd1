// How digits that were typed may be written by others: so that they can be taken out of what a service says. Knows no tool.
import type { SecretKind } from '../secrets.ts';

export interface Spellings {
  readonly texts: readonly RegExp[];
  /** Whether it is what was typed, as a number, which has no zeros in front. */
  readonly isNumber: (value: number | bigint) => boolean;
}

/** A number that is shorter stands inside of others by chance. */
const LONG_DIGITS = 8;
/** Services write numbers in groups, with whatever between them. */
const BETWEEN = '[^\\p{L}\\p{N}]{0,3}';
const APART = '[^\\p{L}\\p{N}]{1,3}';

/** `digits`: as the tool got them, so of a birth date YYYYMMDD. */
export function spellingsOf(kind: SecretKind, digits: string): Spellings {
  const orders = kind === 'birth_date' ? ordersOf(digits).map((parts) => parts.join('')) : [digits];
  const numbers = new Set(orders.map((order) => BigInt(order)));
  return {
    texts: [...orders.map(grouped), ...(kind === 'birth_date' ? ordersOf(digits).map(apart) : [])],
    isNumber: (value) => (typeof value === 'bigint' || Number.isInteger(value)) && numbers.has(BigInt(value)),
  };
}

/** Of YYYYMMDD: as it is, day first, month first. */
function ordersOf(digits: string): readonly (readonly string[])[] {
  const [year, month, day] = [digits.slice(0, 4), digits.slice(4, 6), digits.slice(6)];
  return [
    [year, month, day],
    [day, month, year],
    [month, day, year],
  ];
}

function grouped(digits: string): RegExp {
  const all = Array.from(digits).join(BETWEEN);
  return new RegExp(digits.length < LONG_DIGITS ? `(?<!\\d)${all}(?!\\d)` : all, 'gu');
}

/** As people write a date: days and months without a zero in front, years without the century. */
function apart(parts: readonly string[]): RegExp {
  const each = parts.map((part) =>
    part.length === 4 ? `(?:${part.slice(0, 2)})?${part.slice(2)}` : part.replace(/^0/, '0?'),
  );
  return new RegExp(`(?<!\\d)${each.join(APART)}(?!\\d)`, 'gu');
}
