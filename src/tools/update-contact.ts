// update_contact: changes what the records say of the caller, or of somebody whose name and phone the caller knows.
import { z } from 'zod';
import type { Contact } from '../crm/crm.ts';
import { defineTool } from './define-tool.ts';
import { emailField, nameField, phoneField } from './fields.ts';
import { ToolRefusal } from './refusal.ts';
import type { ToolContext } from './tool.ts';
import { knownToChange } from './whose.ts';

const MOST_NOTE_CHARACTERS = 1_000;

export const updateContact = defineTool({
  name: 'update_contact',
  description:
    "Changes the caller's entry in the customer records: name, e-mail address, phone number, or a note that is added. " +
    'Give only what changes. Say it back to the caller first, spelled out, and call this when they have agreed.',
  args: z.object({
    name: nameField('The new full name.'),
    email: emailField('The new e-mail address.'),
    phone: phoneField('The new phone number with its country code.'),
    note: z
      .string()
      .trim()
      .max(500)
      .optional()
      .describe('Something new for the staff to know about this person, in a sentence.'),
    registered_name: nameField(
      'Only for somebody whose number the call does not come from: the full name that they are registered with.',
    ),
    registered_phone: phoneField('With registered_name: the phone number that they are registered with.'),
  }),
  timeoutMs: 5_000,
  // What was changed may be changed back, and then once more.
  effect: { reverses: ['update_contact'] },
  async run({ name, email, phone, note, registered_name, registered_phone }, context) {
    const changed = Object.entries({ name, 'e-mail address': email, 'phone number': phone, note })
      .filter(([, value]) => value)
      .map(([what]) => what);
    if (changed.length === 0)
      throw new ToolRefusal(
        'Nothing was given to change. Ask the caller what is to be changed, and to what.',
      );
    const contact = await knownToChange({ name: registered_name, phone: registered_phone }, context);
    if (phone !== undefined) await refuseTaken(phone, contact, context);
    const facts = note ? { note: withNote(contact.facts['note'], note) } : undefined;
    const now = await context.crm.updateContact(contact.id, { name, email, phone, facts }, context.signal);
    return {
      tell: { name: now.name, changed, message: `Changed in the records: ${changed.join(', ')}.` },
    };
  },
});

async function refuseTaken(phone: string, { id }: Contact, { crm, signal }: ToolContext): Promise<void> {
  const holder = await crm.findByPhone(phone, signal);
  if (holder !== undefined && holder.id !== id)
    throw new ToolRefusal(
      'This phone number is in the records already, under another person. Nothing was changed; offer to take a message.',
    );
}

/** The staff's own notes stay. */
function withNote(noted: string | undefined, note: string): string {
  const both = noted === undefined || noted === '' ? note : noted.includes(note) ? noted : `${noted} ${note}`;
  if (both.length > MOST_NOTE_CHARACTERS && both !== noted)
    throw new ToolRefusal(
      'The note on this person is full, and nothing was changed. Offer to take a message instead.',
    );
  return both;
}
