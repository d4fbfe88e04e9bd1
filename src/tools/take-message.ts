// take_message: writes down what the caller wants passed on, once per function call of the model.
import { z } from 'zod';
import { parsePhoneNumber } from '../base/phone-number.ts';
import { defineTool } from './define-tool.ts';

export const takeMessage = defineTool({
  name: 'take_message',
  description:
    'Writes down a message for the staff, who read it later. Call it once, when the caller has said all of it.',
  args: z.object({
    message: z
      .string()
      .trim()
      .min(1, 'expected what to pass on, in full sentences')
      .describe(
        'What to pass on, complete, with the number to call back if it is not the one they call from.',
      ),
    name: z.string().trim().optional().describe("The caller's name, if they gave it."),
  }),
  timeoutMs: 5_000,
  async run({ message, name }, { callId, toolCallId, caller, crm, signal }) {
    const number = parsePhoneNumber(caller);
    // Whom it comes from is a kindness to the reader; the message must not be lost over it.
    const contact = number && (await crm.findByPhone(number, signal).catch(() => undefined));
    const from = name ? `${name}, ${caller}` : caller;
    // The model counts its function calls anew in every session, so that its id alone would meet another call's.
    await crm.takeMessage({ contactId: contact?.id, from, text: message }, `${callId}/${toolCallId}`, signal);
    return { tell: { message: 'The message is written down. Tell the caller that it will be passed on.' } };
  },
});
