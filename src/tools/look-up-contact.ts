// look_up_contact: who somebody is and what is known of them, in words fit to be said aloud; never an id.
import { z } from 'zod';
import { parsePhoneNumber } from '../base/phone-number.ts';
import type { Contact } from '../crm/crm.ts';
import { sameName } from '../crm/names.ts';
import type { JsonObject } from '../live/session.ts';
import { defineTool } from './define-tool.ts';
import type { ToolContext } from './tool.ts';

/** More names than this cannot be told apart by ear. */
const MOST_NAMES = 5;

const NOBODY =
  'Do not look this up again; ask for another name or number only if you need one, or go on without it.';

export const lookUpContact = defineTool({
  name: 'look_up_contact',
  description:
    'Looks somebody up in the customer records: by phone number, by name or, with no argument, whoever is calling. ' +
    'Gives their name and facts such as the next appointment.',
  args: z.object({
    // Models send an empty text for what they mean to leave out.
    phone: z
      .string()
      .transform((text, context) => {
        const number = parsePhoneNumber(text);
        if (number === undefined && text.trim() !== '')
          context.addIssue('expected the whole number with its country code, such as +1 555 010 0100');
        return number;
      })
      .optional()
      .describe('A phone number with its country code, such as +1 555 010 0100.'),
    name: z
      .string()
      .trim()
      .optional()
      .describe('A name as the caller said it, without titles; the first or the last name alone will do.'),
  }),
  timeoutMs: 4_000,
  run: async ({ phone, name }, context) => ({
    tell: await (phone !== undefined
      ? byPhone(phone, name, context)
      : name
        ? byName(name, context)
        : byCaller(context)),
  }),
});

async function byPhone(phone: string, name: string | undefined, context: ToolContext): Promise<JsonObject> {
  const contact = await context.crm.findByPhone(phone, context.signal);
  if (contact !== undefined) return one(contact, context);
  return name
    ? byName(name, context)
    : { found: 0, message: `Nobody in the records has this number. ${NOBODY}` };
}

async function byCaller(context: ToolContext): Promise<JsonObject> {
  const number = parsePhoneNumber(context.caller);
  if (number !== undefined) return byPhone(number, undefined, context);
  return { found: 0, message: `The caller's number is withheld, so they are not known by it. ${NOBODY}` };
}

async function byName(name: string, context: ToolContext): Promise<JsonObject> {
  const matches = await context.crm.findByName(name, MOST_NAMES, context.signal);
  const namesakes = matches.filter((contact) => sameName(contact.name, name));
  const meant = namesakes.length > 0 ? namesakes : matches;
  if (meant.length === 0) return { found: 0, message: `Nobody in the records has this name. ${NOBODY}` };
  if (meant.length === 1) return one(meant[0]!, context);
  const names = [...new Set(meant.map((contact) => contact.name))];
  const ask =
    names.length === 1
      ? 'Several people have this very name. Ask for the phone number they are registered with, then look that up.'
      : 'Several people fit. Ask the caller which of them is meant, then look up that full name.';
  return { found: meant.length, names, message: ask };
}

function one({ name, phone, facts }: Contact, { caller }: ToolContext): JsonObject {
  const whose =
    phone === parsePhoneNumber(caller)
      ? "The call comes from this person's own number."
      : "The call does not come from this person's number: be sure that you speak with them before you tell any fact.";
  const more = Object.keys(facts).length === 0 ? ' Nothing more is known of them; do not look again.' : '';
  return { found: 1, name, facts, message: whose + more };
}
