// create_ticket: opens a case for the staff, and tells the number that it goes by.
import { z } from 'zod';
import { defineTool } from '../define-tool.ts';
import { nameField, wordsField } from './fields.ts';
import { fromCaller } from './from-caller.ts';

export const createTicket = defineTool({
  name: 'create_ticket',
  description:
    'Opens a ticket for something that the staff must look into: a fault, a complaint, a request. Call it once, when the ' +
    'caller has said all of it. Gives the number of the ticket to tell the caller.',
  args: z.object({
    subject: wordsField('What it is about, in a few words.', 150),
    details: wordsField('Everything that the caller said about it, in full sentences.', 4_000),
    name: nameField("The caller's name, if they gave it."),
  }),
  timeoutMs: 5_000,
  effect: {},
  async run({ subject, details, name }, context) {
    const { from, contactId } = await fromCaller(name, context);
    const { number } = await context.crm.createObject(
      { kind: 'ticket', contactId, title: subject, from, text: details },
      context.effectKey,
      context.signal,
    );
    return {
      tell: { number, message: `The ticket is open; its number is ${number}. Tell the caller this number.` },
    };
  },
});
