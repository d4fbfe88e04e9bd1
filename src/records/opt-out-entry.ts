// An opt-out as it is shown and asked for: a number that is not to be called again. These schemas are its types and its
// documentation.
import { z } from 'zod';
import { canonicalNumber } from '../agents/canonical-number.ts';
import { parsePhoneNumber } from '../base/phone-number.ts';

export const MOST_REASON_CHARACTERS = 200;
export const NUMBER_EXPECTED = 'expected a phone number with a plus and its country, such as +15550100123';
export const REASON_EXPECTED = `expected text of at most ${MOST_REASON_CHARACTERS} characters`;

/** As people write it: spaces, dots, dashes and brackets are none of the number's. */
const writtenNumber = z
  .string(NUMBER_EXPECTED)
  .refine((text) => parsePhoneNumber(text) !== undefined, NUMBER_EXPECTED);

export const optOutEntry = z
  .object({
    number: z.string().describe('E.164.'),
    addedAt: z.iso.datetime(),
    callId: z
      .string()
      .nullable()
      .describe('The call in which it was asked for; null: outside of one, or forgotten.'),
    reason: z.string().describe('In which words, if there were any.'),
  })
  .meta({ id: 'OptOut' });
export type OptOutEntry = z.output<typeof optOutEntry>;

export const optOutQuery = z.strictObject({
  number: writtenNumber.optional().describe('This one alone, with its country.'),
  limit: z.coerce.number().pipe(z.int().min(1).max(200)).default(50),
  cursor: z.string().optional().describe('`next` of the page before.'),
});
export type OptOutQuery = z.output<typeof optOutQuery>;

export const optOutPage = z
  .object({
    optOuts: z.array(optOutEntry).describe('Newest first.'),
    next: z.string().nullable().describe('The cursor of the next page; null: there is none.'),
  })
  .meta({ id: 'OptOutPage' });
export type OptOutPage = z.output<typeof optOutPage>;

export const newOptOut = z
  .strictObject(
    {
      // One with a digit too many protects nobody.
      number: writtenNumber
        .refine((text) => canonicalNumber(text) !== undefined, NUMBER_EXPECTED)
        .describe('With a plus and its country.'),
      reason: z
        .string(REASON_EXPECTED)
        .trim()
        .max(MOST_REASON_CHARACTERS, REASON_EXPECTED)
        .default('')
        .describe('Who asked for it, and how; for people.'),
    },
    'expected the fields number and reason (which may be left out), and no others',
  )
  .meta({ id: 'NewOptOut' });
