// send_digits: keys are pressed on the line, for another company's keypad menu. The call does it, once the agent was heard.
import { z } from 'zod';
import { defineTool } from '../define-tool.ts';

/** What `<Play digits>` and `sendDigits` take (Twilio docs, TwiML Play), and as many as they do. */
const KEYS = /^[0-9A-D*#wW]{1,32}$/;

export const sendDigits = defineTool({
  name: 'send_digits',
  description:
    'Presses keys on the telephone line, for a keypad menu at the other end that asks for them. Call it when a recorded voice ' +
    'asks you to press or type something; never to connect a caller with somebody.',
  args: z.object({
    digits: z
      .string()
      .trim()
      .regex(KEYS, 'expected 1 to 32 of: 0 to 9, A to D, *, #, w')
      .describe(
        'The keys, in order: 0 to 9, * and #. w waits for half a second, where the menu needs time: 1w2#.',
      ),
  }),
  timeoutMs: 1_000,
  run: ({ digits }) => ({
    tell: { message: 'The keys are pressed now. Say nothing: listen to what comes of them.' },
    then: { type: 'sendKeys', keys: digits },
  }),
});
