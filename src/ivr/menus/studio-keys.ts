// What splits of a Studio flow say of the keys that callers press (twilio.com, Studio Widget Library, Split Based On). What comes of
// them is not known here.
import { KEYS } from '../../agents/keypad-menu.ts';
import { nextOn, type Condition, type Widget } from './studio-flow.ts';

/** What a gather collected. */
type Collected = 'Digits' | 'SpeechResult';

const collectedOf = (text: string, gather: string): Collected | undefined => {
  const found = /widgets\.([^.}|]+)\.(Digits|SpeechResult)/.exec(text.replaceAll(/\s/g, ''));
  return found?.[1] === gather ? (found[2] as Collected) : undefined;
};

const inputOf = ({ properties }: Widget): string =>
  typeof properties['input'] === 'string' ? properties['input'] : '';

/** Whether a split looks at what a gather collected. */
export function splitsOn(split: Widget, gather: string): boolean {
  const inputs = split.transitions.flatMap(({ conditions }) => conditions.flatMap((one) => one.arguments));
  return [...inputs, inputOf(split)].some((text) => collectedOf(text, gather) !== undefined);
}

/** One key, some in brackets, or one or another; all else is a pattern of numbers, or of words. */
function keysOfPattern(pattern: string): string[] | undefined {
  const bare = pattern.trim().replace(/^\^/, '').replace(/\$$/, '');
  const inside = /^\[([0-9*#-]+)\]$/.exec(bare)?.[1];
  if (inside !== undefined) {
    const keys = inside
      .replaceAll(/(\d)-(\d)/g, (_, from: string, to: string) => DIGITS.slice(Number(from), Number(to) + 1))
      .split('');
    return keys.includes('-') ? undefined : keys;
  }
  const keys = bare.replace(/^\((?:\?:)?(.*)\)$/, '$1').split('|');
  return keys.every((key) => /^(?:[0-9#]|\\\*)$/.test(key)) ? keys.map((key) => key.at(-1)!) : undefined;
}
const DIGITS = '0123456789';

/** The keys for which a condition holds; undefined: it does not say so of single keys. */
function keysOf({ type, value }: Condition, isOneKey: boolean): string[] | undefined {
  const listed = (separator: RegExp): string[] | undefined => {
    const keys = value.split(separator).map((part) => part.trim());
    return keys.every((key) => key.length === 1 && KEYS.includes(key)) ? keys : undefined;
  };
  switch (type) {
    case 'equal_to':
      return listed(/$^/);
    case 'matches_any_of':
      return listed(/,/);
    // Of a number they say how it begins, or what is in it.
    case 'starts_with':
      return isOneKey ? listed(/$^/) : undefined;
    case 'contains':
      return isOneKey ? listed(/,/) : undefined;
    case 'regex':
      return keysOfPattern(value);
    default:
      return undefined;
  }
}

export interface SplitKeys {
  readonly keys: readonly {
    readonly key: string;
    readonly next: string | undefined;
    readonly words: string;
  }[];
  readonly noMatch: string | undefined;
  /** Conditions that say nothing of single keys alone, in words. */
  readonly unclear: readonly string[];
}

/** By what a gather collected; `isOneKey`: more than one cannot have been pressed. */
export function keysOfSplit(split: Widget, gather: string, isOneKey: boolean): SplitKeys {
  const matches = split.transitions.filter(({ event }) => event === 'match');
  const of = (one: Condition): Collected | undefined =>
    collectedOf(one.arguments[0] ?? inputOf(split), gather);
  const wordsTo = new Map<string, string>();
  for (const { next, conditions } of matches)
    for (const one of conditions.filter((each) => of(each) === 'SpeechResult'))
      if (next && !wordsTo.has(next)) wordsTo.set(next, one.value.split(',')[0]!.trim());
  const keys = new Map<string, { key: string; next: string | undefined; words: string }>();
  const unclear: string[] = [];
  for (const { next, conditions } of matches) {
    // Whether a key alone leads there depends on something else.
    const others = conditions.filter((one) => of(one) === undefined);
    for (const one of others)
      unclear.push(
        `${one.type} "${one.value}" of ${one.arguments.join(', ') || inputOf(split) || 'nothing'}`,
      );
    if (others.length > 0) continue;
    for (const one of conditions) {
      if (of(one) === 'SpeechResult') continue;
      const found = keysOf(one, isOneKey);
      if (found === undefined) unclear.push(`${one.type} "${one.value}"`);
      // The first that holds is taken.
      for (const key of found ?? [])
        if (!keys.has(key))
          keys.set(key, { key, next: next ?? undefined, words: (next && wordsTo.get(next)) || '' });
    }
  }
  return { keys: [...keys.values()], noMatch: nextOn(split, 'noMatch'), unclear };
}

/** A split, and all that decide by the same where it does not. */
export function splitsFrom(first: Widget, gather: string, widgets: ReadonlyMap<string, Widget>): Widget[] {
  const splits = new Set([first]);
  for (const split of splits) {
    const next = widgets.get(nextOn(split, 'noMatch') ?? '');
    if (next?.type === 'split-based-on' && splitsOn(next, gather)) splits.add(next);
  }
  return [...splits];
}

/** Of splits of which each decides where the one before it does not: the first that has a key is taken. */
export function firstKeys(all: readonly SplitKeys[]): Omit<SplitKeys, 'unclear'> {
  const keys = new Map<string, SplitKeys['keys'][number]>();
  for (const one of all.flatMap((each) => each.keys)) if (!keys.has(one.key)) keys.set(one.key, one);
  return { keys: [...keys.values()], noMatch: all.at(-1)?.noMatch };
}
