// opt_out: the caller's number is never called again by us.
import { z } from 'zod';
import { parsePhoneNumber } from '../../base/phone-number.ts';
import { defineTool } from '../define-tool.ts';
import { ToolRefusal } from '../refusal.ts';
import { wordsField } from './fields.ts';

const MOST_REASON_CHARACTERS = 200;

export const optOut = defineTool({
  name: 'opt_out',
  description:
    'Writes down that the number of the caller is not to be called by us any more. Call it as soon as they ask for that, in whatever words.',
  args: z.object({
    reason: wordsField('Their words, in short.', MOST_REASON_CHARACTERS).optional(),
  }),
  timeoutMs: 5_000,
  effect: {},
  async run({ reason = '' }, { caller, callId, optOuts, signal }) {
    const number = parsePhoneNumber(caller);
    if (number === undefined)
      throw new ToolRefusal(
        'The number is withheld, so it cannot be written down. Ask for the number that is not to be called any more, and take a message of it.',
      );
    if (optOuts === undefined)
      throw new ToolRefusal(
        'This line keeps no list of numbers that are not to be called. Take a message of it.',
      );
    await optOuts.add({ number, callId, reason }, signal);
    return { tell: { message: 'The number is not called by us any more.' } };
  },
});
