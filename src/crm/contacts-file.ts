// Contacts from a YAML file: who is known before there is a database. Knows nothing of how they are searched.
import { readFile } from 'node:fs/promises';
import { LineCounter, parseDocument, type Document } from 'yaml';
import { z } from 'zod';
import { LivelineError, messageOf } from '../base/errors.ts';
import { parsePhoneNumber } from '../base/phone-number.ts';
import type { Contact } from './crm.ts';

const phoneNumber = z
  .string('expected a number in quotes, such as "+15550100100"')
  .transform((text, context) => {
    const phone = parsePhoneNumber(text);
    if (phone === undefined)
      context.addIssue('expected a number with its country code, such as "+15550100100"');
    return phone ?? z.NEVER;
  });

const unique = (field: 'id' | 'phone') => (contacts: readonly Contact[]) =>
  new Set(contacts.map((contact) => contact[field])).size === contacts.length;

const contactsFile = z
  .array(
    z.strictObject({
      id: z.string().min(1),
      name: z.string().trim().min(1),
      phone: phoneNumber,
      email: z.email().optional(),
      facts: z.record(z.string(), z.string('expected words in quotes')).default({}),
    }),
  )
  .refine(unique('id'), 'expected every id once, but one comes twice')
  .refine(unique('phone'), 'expected every phone once, but one comes twice');

/** Throws CONTACTS_INVALID with the place of every fault and, because contacts are private, never with its value. */
export async function loadContacts(path: string): Promise<readonly Contact[]> {
  const text = await readFile(path, 'utf8').catch((thrown: unknown) => {
    throw refusal(path, [messageOf(thrown)]);
  });
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: 'error' });
  if (document.errors.length > 0)
    throw refusal(
      path,
      document.errors.map((error) => `line ${lines.linePos(error.pos[0]).line}: ${error.message}`),
    );
  const checked = contactsFile.safeParse(plainValue(document, path));
  if (checked.success) return checked.data;
  throw refusal(
    path,
    checked.error.issues.map((issue) => `${z.core.toDotPath(issue.path) || 'contacts'}: ${issue.message}`),
  );
}

/** A YAML alias without its anchor is only found out here. */
function plainValue(document: Document, path: string): unknown {
  try {
    return document.toJS();
  } catch (thrown) {
    throw refusal(path, [messageOf(thrown)]);
  }
}

function refusal(path: string, faults: readonly string[]): LivelineError {
  return new LivelineError(
    'CONTACTS_INVALID',
    [`the contacts in ${path} have faults:`, ...faults].join('\n  '),
  );
}
