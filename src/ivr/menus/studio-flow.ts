// A Twilio Studio flow as JSON: its shape, and what its widgets say of the keys that callers press (twilio.com, Studio Flow
// Definition and Widget Library). What comes of them is not known here.
import { z } from 'zod';
import { LivelineError, messageOf } from '../../base/errors.ts';
import { KEYS } from '../../agents/keypad-menu.ts';

const condition = z.object({
  type: z.string(),
  arguments: z.array(z.string()).default([]),
  value: z.coerce.string().default(''),
});

const transition = z.object({
  event: z.string(),
  next: z.string().nullish(),
  conditions: z.array(condition).default([]),
});

const widget = z.object({
  name: z.string(),
  type: z.string(),
  transitions: z.array(transition).default([]),
  properties: z.record(z.string(), z.unknown()).default({}),
});

const flow = z.object({ initial_state: z.string(), states: z.array(widget).min(1) });
/** As the REST API answers, the definition is inside. */
const fetched = z.object({ definition: flow }).transform(({ definition }) => definition);

export type Widget = z.output<typeof widget>;
export type Flow = z.output<typeof flow>;
type Condition = z.output<typeof condition>;

/** Throws MENU_INVALID: it is no JSON, or no flow. */
export function readFlow(file: string, text: string): Flow {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (thrown) {
    throw new LivelineError('MENU_INVALID', `${file}: no JSON that can be read: ${messageOf(thrown)}`);
  }
  const isFetched = typeof value === 'object' && value !== null && 'definition' in value;
  const checked = (isFetched ? fetched : flow).safeParse(value);
  if (checked.success) return checked.data;
  const faults = checked.error.issues.map(({ path, message }) => `${z.core.toDotPath(path)}: ${message}`);
  throw new LivelineError(
    'MENU_INVALID',
    [`${file}: no definition of a Studio flow, as its JSON is exported:`, ...faults.slice(0, 10)].join(
      '\n  ',
    ),
  );
}

export const nextOn = ({ transitions }: Widget, ...events: readonly string[]): string | undefined =>
  transitions.find(({ event, next }) => events.includes(event) && next)?.next ?? undefined;

export const propertyOf = ({ properties }: Widget, name: string): string => {
  const value = properties[name];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
};

/** What a value of the flow stands for nobody knows before the call. */
const LIQUID = /\{\{.*?\}\}|\{%.*?%\}/gs;
export const hasLiquid = (text: string): boolean => text.search(LIQUID) >= 0;
export const withoutLiquid = (text: string): string =>
  text
    .replaceAll(LIQUID, '…')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();

/** Whether a split looks at what a gather collected. */
export function splitsOn({ properties, transitions }: Widget, gather: string): boolean {
  const looksAt = (text: string): boolean =>
    text.replaceAll(/\s/g, '').match(/widgets\.([^.}|]+)\.(?:Digits|SpeechResult)/)?.[1] === gather;
  const inputs = transitions.flatMap(({ conditions }) => conditions.flatMap((one) => one.arguments));
  return [...inputs, typeof properties['input'] === 'string' ? properties['input'] : ''].some(looksAt);
}

const isSpeech = (one: Condition): boolean => one.arguments.some((text) => text.includes('.SpeechResult'));

/** The keys for which a condition holds; undefined: it does not say so of single keys. */
function keysOf({ type, value }: Condition): string[] | undefined {
  const listed = (separator: RegExp): string[] | undefined => {
    const keys = value.split(separator).map((part) => part.trim());
    return keys.every((key) => key.length === 1 && KEYS.includes(key)) ? keys : undefined;
  };
  switch (type) {
    case 'equal_to':
    case 'starts_with':
      return listed(/$^/);
    case 'matches_any_of':
    case 'contains':
      return listed(/,/);
    case 'regex': {
      const inside = /^\^?\[?([0-9*#|]+)\]?\$?$/.exec(value)?.[1];
      return inside?.split('').filter((key) => key !== '|');
    }
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
  /** Conditions that say nothing of single keys, in words. */
  readonly unclear: readonly string[];
}

export function keysOfSplit(split: Widget): SplitKeys {
  const matches = split.transitions.filter(({ event }) => event === 'match');
  const wordsTo = new Map<string, string>();
  for (const { next, conditions } of matches)
    for (const one of conditions.filter(isSpeech))
      if (next && !wordsTo.has(next)) wordsTo.set(next, one.value.split(',')[0]!.trim());
  const keys = new Map<string, { key: string; next: string | undefined; words: string }>();
  const unclear: string[] = [];
  for (const { next, conditions } of matches)
    for (const one of conditions) {
      if (isSpeech(one)) continue;
      const found = keysOf(one);
      if (found === undefined) unclear.push(`${one.type} "${one.value}"`);
      // The first that holds is taken.
      for (const key of found ?? [])
        if (!keys.has(key))
          keys.set(key, { key, next: next ?? undefined, words: (next && wordsTo.get(next)) || '' });
    }
  return { keys: [...keys.values()], noMatch: nextOn(split, 'noMatch'), unclear };
}
