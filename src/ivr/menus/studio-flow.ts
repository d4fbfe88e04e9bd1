// A Twilio Studio flow as JSON: its shape, and its properties (twilio.com, Studio Flow Definition and Widget Library). What comes of
// them is not known here.
import { z } from 'zod';
import { LivelineError, messageOf } from '../../base/errors.ts';

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
export type Condition = z.output<typeof condition>;

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

/** As Twilio speaks where a widget does not say (twilio.com, TwiML <Say>, language). */
const UNSAID_LANGUAGE = 'en-US';

/** Of all that speak, as BCP 47 tags. Empty: none says it. */
export function languagesOfFlow({ states }: Flow): string[] {
  const tags = states
    .filter((state) => propertyOf(state, 'say') !== '' || propertyOf(state, 'language') !== '')
    .map((state) => propertyOf(state, 'language'));
  return tags.some((tag) => tag !== '') ? tags.map((tag) => tag || UNSAID_LANGUAGE) : [];
}
