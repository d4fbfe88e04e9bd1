// The words that faults share: the moments of a conversation that start them, and how their fields are written.
// Knows no fault.
import { z } from 'zod';

/**
 * `upgrade`: the socket opened · `setup`: the setup came · `ready`: setupComplete was sent · `greeting`: its first sound
 * was sent · `caller-speaking`: the ear noticed speech · `thinking`: speech ended, nothing is said yet · `agent-speaking`:
 * the first sound of a reply that is not the greeting was sent · `tool-running`: a toolCall was sent · `idle`:
 * turnComplete was sent.
 */
export const TRIGGERS = [
  'upgrade',
  'setup',
  'ready',
  'greeting',
  'caller-speaking',
  'thinking',
  'agent-speaking',
  'tool-running',
  'idle',
] as const;
export type Trigger = (typeof TRIGGERS)[number];

/** Numbers and truths also as text, which is what the command line gives. */
export const count = z.coerce.number<number | string>().int().min(1).max(1_000_000);
export const yesOrNo = z.union([z.boolean(), z.stringbool({ truthy: ['true'], falsy: ['false'] })], {
  error: 'expected true or false',
});
export const times = z.union([z.literal('always').transform(() => Infinity), count], {
  error: 'expected a whole number from 1, or always',
});
export const trigger = z.enum(TRIGGERS);

/** RFC 6455 7.4: 1004 to 1006 and 1015 never stand in a close frame. */
const isClosable = (code: number): boolean =>
  (code >= 1_000 && code <= 1_014 && (code < 1_004 || code > 1_006)) || (code >= 3_000 && code <= 4_999);
export const closeCode = z.coerce
  .number<number | string>()
  .int()
  .refine(isClosable, 'expected a code that a close frame may carry (for 1006, use drop)');

/** Where one field ends and the next begins in the text form; hence no reason may hold it. */
export const FIELD_BREAK = /,\s*(?=[a-z][a-zA-Z]*=)/;
export const reason = z
  .string()
  .refine((text) => !FIELD_BREAK.test(text) && !/[\r\n]/.test(text), 'expected one line without ",word="');

/** What the API says of its own faults (livekit/agents#2274, googleapis/python-genai#985). */
export const INTERNAL_ERROR = 'Internal error encountered.';

/** One kind of fault; a field that it does not know is told together with those it does. */
export const kind = <Name extends string, Shape extends z.ZodRawShape>(fault: Name, shape: Shape) =>
  z.strictObject(
    { fault: z.literal(fault), ...shape },
    {
      error: (issue) =>
        issue.code === 'unrecognized_keys'
          ? `${fault} takes no ${issue.keys.join(', ')}; it takes ${Object.keys(shape).join(', ')}`
          : undefined,
    },
  );
