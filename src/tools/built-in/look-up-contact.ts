// look_up_contact: who somebody is and what is known of them, in words fit to be said aloud; never an id.
import { z } from 'zod';
import { defineTool } from '../define-tool.ts';
import { emailField, nameField, phoneField } from './fields.ts';
import { toldFacts } from './told.ts';
import { warning, whoseToRead } from './whose.ts';

export const lookUpContact = defineTool({
  name: 'look_up_contact',
  description:
    'Looks somebody up in the customer records: by phone number, by e-mail address, by name or, with no argument, whoever ' +
    'is calling. Gives their name and facts such as the next appointment.',
  args: z.object({
    phone: phoneField('A phone number with its country code, such as +1 555 010 0100.'),
    email: emailField('An e-mail address, such as ada@example.com.'),
    name: nameField(
      'A name as the caller said it, without titles; the first or the last name alone will do.',
    ),
  }),
  timeoutMs: 4_000,
  async run(identity, context) {
    const found = await whoseToRead(identity, context);
    if (found.is === 'ask') return { tell: found.tell };
    const { name, facts } = found.contact;
    const more = Object.keys(facts).length === 0 ? ' Nothing more is known of them; do not look again.' : '';
    return { tell: { found: 1, name, facts: toldFacts(facts), message: warning(found.own) + more } };
  },
});
