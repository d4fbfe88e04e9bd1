// end_call: the agent hangs up. The call does it, once the goodbye was heard.
import { z } from 'zod';
import { defineTool } from '../define-tool.ts';

export const endCall = defineTool({
  name: 'end_call',
  description:
    'Ends the phone call. Call it when the caller has said goodbye or wants nothing more; never in the middle of a matter.',
  // The Gemini API refuses an object schema without fields; this one tells the record why.
  args: z.object({
    reason: z
      .string()
      .optional()
      .describe('Why the call ends, in a few words. For the record, not said aloud.'),
  }),
  timeoutMs: 1_000,
  run: () => ({
    tell: {
      message:
        'The call ends as soon as the caller has heard you out. If you have not said goodbye yet, say a short one now; ' +
        'otherwise say nothing more.',
    },
    then: { type: 'hangUp' },
  }),
});
