// take_message: writes down what the caller wants passed on, once for the same words in a call.
import { z } from 'zod';
import { defineTool } from '../define-tool.ts';
import { nameField } from './fields.ts';
import { fromCaller } from './from-caller.ts';

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
    name: nameField("The caller's name, if they gave it."),
  }),
  timeoutMs: 5_000,
  effect: {},
  async run({ message, name }, context) {
    const { from, contactId } = await fromCaller(name, context);
    await context.crm.createObject(
      { kind: 'message', contactId, title: `Message from ${from}`, from, text: message },
      context.effectKey,
      context.signal,
    );
    return { tell: { message: 'The message is written down. Tell the caller that it will be passed on.' } };
  },
});
