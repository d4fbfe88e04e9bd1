// The words that faults share: the moments of a conversation that start them, and how their fields are written.
// Knows no fault.
import { z } from 'zod';

/** The moments, in the order in which a call comes to them, and what each of them is. */
export const MOMENTS = {
  upgrade: 'the socket was opened',
  setup: 'the setup came',
  ready: 'setupComplete was sent',
  greeting: 'the first sound of the greeting was sent',
  'caller-speaking': 'the model noticed that the caller speaks',
  thinking: 'the caller stopped speaking, and nothing is said yet',
  'agent-speaking': 'the first sound of a reply that is not the greeting was sent',
  'tool-running': 'a toolCall was sent',
  idle: 'turnComplete was sent',
} as const;
export type Trigger = keyof typeof MOMENTS;
export const TRIGGERS = Object.keys(MOMENTS) as Trigger[];

/** Numbers and truths also as text, which is what the command line gives. */
export function whole(from: number, to: number) {
  const error = `expected a whole number from ${from} to ${to}`;
  return z.coerce
    .number<number | string>({ error })
    .refine((n) => Number.isInteger(n) && n >= from && n <= to, { error, abort: true });
}
export const count = whole(1, 1_000_000);
export const yesOrNo = z.union([z.boolean(), z.stringbool({ truthy: ['true'], falsy: ['false'] })], {
  error: 'expected true or false',
});
export const times = z.union([z.literal('always').transform(() => Infinity), count], {
  error: 'expected a whole number from 1, or always',
});
export const trigger = z.enum(TRIGGERS, { error: `expected one of ${TRIGGERS.join(', ')}` });

/** RFC 6455 7.4: 1004 to 1006 and 1015 never stand in a close frame. */
const isClosable = (code: number): boolean =>
  Number.isInteger(code) &&
  ((code >= 1_000 && code <= 1_014 && (code < 1_004 || code > 1_006)) || (code >= 3_000 && code <= 4_999));
const CODE_WORDS = 'expected a code that a close frame may carry (for 1006, use drop)';
export const closeCode = z.coerce
  .number<number | string>({ error: CODE_WORDS })
  .refine(isClosable, CODE_WORDS);

/** Where one field ends and the next begins in the text form; hence no reason may hold it. */
export const FIELD_BREAK = /,\s*(?=[a-z][a-zA-Z]*=)/;
export const reason = z
  .string({ error: 'expected text' })
  .refine((text) => !FIELD_BREAK.test(text) && !/[\r\n]/.test(text), 'expected one line without ",word="');

/** What the API says of its own faults (livekit/agents#2274, googleapis/python-genai#985). */
export const INTERNAL_ERROR = 'Internal error encountered.';

/** One kind of fault and what it means; a field that it does not know is told together with those it does. */
export const kind = <Name extends string, Shape extends z.ZodRawShape>(
  fault: Name,
  meaning: string,
  shape: Shape,
) =>
  z
    .strictObject(
      { fault: z.literal(fault), ...shape },
      {
        error: (issue) =>
          issue.code === 'unrecognized_keys'
            ? `${fault} takes no ${issue.keys.join(', ')}; it takes ${Object.keys(shape).join(', ')}`
            : undefined,
      },
    )
    .describe(meaning);
