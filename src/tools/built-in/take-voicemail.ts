// take_voicemail: the caller leaves a message in their own voice after a beep. The call does it, once the agent was heard.
import { z } from 'zod';
import { defineTool } from '../define-tool.ts';

export const takeVoicemail = defineTool({
  name: 'take_voicemail',
  description:
    'Sends the caller to the voicemail, where they leave a message in their own voice; you do not get them back. Call it ' +
    'when they would rather do so than tell you.',
  // The Gemini API refuses an object schema without fields; this one tells the record why.
  args: z.object({
    reason: z
      .string()
      .optional()
      .describe('Why they leave a message, in a few words. For the record, not said aloud.'),
  }),
  timeoutMs: 1_000,
  run: () => ({
    tell: {
      message:
        'The caller gets to the voicemail as soon as they have heard you out. If you have not said so yet, say in one short ' +
        'sentence that they can leave their message after the beep; then say nothing more.',
    },
    then: { type: 'voicemail' },
  }),
});
