// update_contact: changes what the records say of the caller, or of somebody whose name and phone the caller knows.
import { z } from 'zod';
import type { Contact } from '../../crm/crm.ts';
import { defineTool } from '../define-tool.ts';
import { emailField, nameField, phoneField } from './fields.ts';
import { ToolRefusal } from '../refusal.ts';
import type { ToolContext } from '../tool.ts';
import { isCalling, keepCaller, knownToChange } from './whose.ts';

const MOST_NOTE_CHARACTERS = 1_000;

export const updateContact = defineTool({
  name: 'update_contact',
  description:
    "Changes the caller's entry in the customer records: name, e-mail address, phone number, or a note that is added. " +
    'For somebody whose number the call does not come from, only a note can be added. Give only what changes. ' +
    'Say it back to the caller first, spelled out, and call this when they have agreed.',
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
      'Only with a note on somebody whose number the call does not come from: the full name that they are registered with.',
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
    if (name !== undefined || email !== undefined || phone !== undefined)
      await refuseOthers(contact, context);
    if (phone !== undefined) await refuseTaken(phone, contact, context);
    const facts = note ? { note: withNote(contact.facts['note'], note) } : undefined;
    // Before: also when nobody can say whether it was changed.
    if (phone !== undefined) keepCaller(contact, context);
    const now = await context.crm.updateContact(contact.id, { name, email, phone, facts }, context.signal);
    return {
      tell: { name: now.name, changed, message: `Changed in the records: ${changed.join(', ')}.` },
      about: contact.id,
    };
  },
});

/** A name and a number are easily known: whoever could move an entry to another phone with them would have taken it over. */
async function refuseOthers(contact: Contact, context: ToolContext): Promise<void> {
  if (!(await isCalling(contact, context)))
    throw new ToolRefusal(
      'Name, e-mail address and phone number can be changed only in a call from the number that is registered, so ' +
        'nothing was changed. Say so; a note alone can be added, or offer to take a message.',
    );
}

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
