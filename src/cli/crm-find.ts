// `liveline crm find`: whom the CRM knows by a number, an e-mail address or a name, and what is agreed with them.
import { LivelineError, messageOf } from '../base/errors.ts';
import { parsePhoneNumber } from '../base/phone-number.ts';
import type { Appointment, Contact, Crm } from '../crm/crm.ts';
import { zoneOf } from './calls-table.ts';
import { contactText, contactsTable, type Unread, type WholeContact } from './contact-text.ts';
import { using, type CrmDesk } from './crm-desk.ts';
import { jsonText } from './plain-text.ts';
import { EXIT_BAD_INPUT, EXIT_FAILED } from './serve.ts';

const MOST_CONTACTS = 20;
const MOST_OBJECTS = 5;

/** Resolves to the exit code. */
export function findContact(
  text: string,
  options: { readonly json?: boolean | undefined; readonly utc?: boolean | undefined },
  desk: CrmDesk,
): Promise<number> {
  const { terminal, clock } = desk;
  const asked = askedFor(text.trim());
  if (asked === undefined) {
    terminal.say(
      'crm find takes a phone number with + and its country, such as +15550100123, an e-mail address or a name.',
    );
    return Promise.resolve(EXIT_BAD_INPUT);
  }
  return using(desk, desk.openCrm, async (crm, signal) => {
    const contacts = await asked.find(crm, signal);
    const [first] = contacts;
    if (first === undefined) {
      if (options.json === true) terminal.print(jsonText({ contacts: [] }, 2));
      terminal.say(nobody(crm, asked.by, desk));
      return EXIT_FAILED;
    }
    if (contacts.length > 1) {
      if (options.json === true) terminal.print(jsonText({ contacts }, 2));
      else for (const line of severalText(contacts, terminal.columns)) terminal.print(line);
      return 0;
    }
    const whole = await wholeOf(crm, first, clock.epochMs(), signal);
    if (options.json === true) terminal.print(jsonText({ contacts: [jsonOf(whole)] }, 2));
    else
      for (const line of contactText(whole, { columns: terminal.columns, timeZone: zoneOf(options) }))
        terminal.print(line);
    const faults = Object.entries(partsOf(whole)).filter(([, part]) => 'why' in part && part.isFault);
    for (const [name, part] of faults) terminal.say(`The ${name} could not be read: ${(part as Unread).why}`);
    return faults.length === 0 ? 0 : EXIT_FAILED;
  });
}

interface Asked {
  readonly by: string;
  find(crm: Crm, signal: AbortSignal): Promise<readonly Contact[]>;
}

function askedFor(text: string): Asked | undefined {
  const one = (contact: Contact | undefined): Contact[] => (contact === undefined ? [] : [contact]);
  const phone = parsePhoneNumber(text);
  if (phone !== undefined)
    return { by: 'this number', find: async (crm, signal) => one(await crm.findByPhone(phone, signal)) };
  if (/^\S+@\S+$/.test(text))
    return {
      by: 'this e-mail address',
      find: async (crm, signal) => one(await crm.findByEmail(text, signal)),
    };
  // No name begins so: it is a number without its country.
  if (text === '' || /^[+(\d]/.test(text)) return undefined;
  return { by: 'this name', find: (crm, signal) => crm.findByName(text, MOST_CONTACTS, signal) };
}

const nobody = ({ name }: Crm, by: string, { is, rehearsal }: CrmDesk): string =>
  `${name} knows nobody by ${by}.` +
  (is === 'postgres' && rehearsal
    ? ' This is a rehearsal, which knows the contacts of rehearsals alone.'
    : '');

const severalText = (contacts: readonly Contact[], columns: number): string[] => [
  ...contactsTable(contacts, columns),
  '',
  ...(contacts.length < MOST_CONTACTS ? [] : [`These are the best ${MOST_CONTACTS} matches.`]),
  'One of them whole: liveline crm find <phone or e-mail>',
];

async function wholeOf(
  crm: Crm,
  contact: Contact,
  nowMs: number,
  signal: AbortSignal,
): Promise<WholeContact> {
  const [appointments, orders, tickets] = await Promise.all([
    unlessUnread(signal, crm.appointmentsOf(contact.id, nowMs, signal)),
    unlessUnread(signal, crm.objectsOf(contact.id, 'order', MOST_OBJECTS, signal)),
    unlessUnread(signal, crm.objectsOf(contact.id, 'ticket', MOST_OBJECTS, signal)),
  ]);
  return { contact, appointments, orders, tickets };
}

/** One part that fails does not take the others with it. */
const unlessUnread = <Part>(signal: AbortSignal, part: Promise<Part>): Promise<Part | Unread> =>
  part.catch((thrown: unknown) => {
    if (signal.aborted || !(thrown instanceof LivelineError)) throw thrown;
    return { why: messageOf(thrown), isFault: thrown.code !== 'CRM_UNSUPPORTED' };
  });

const partsOf = ({ appointments, orders, tickets }: WholeContact) => ({ appointments, orders, tickets });

/** Times as ISO 8601; a part that was not read is null, with the reason under `unread`. */
function jsonOf(whole: WholeContact): object {
  const { contact, appointments } = whole;
  const parts = Object.entries({
    ...partsOf(whole),
    appointments: 'why' in appointments ? appointments : appointments.map(withIsoTime),
  });
  return {
    ...contact,
    ...Object.fromEntries(parts.map(([name, part]) => [name, 'why' in part ? null : part])),
    unread: Object.fromEntries(parts.flatMap(([name, part]) => ('why' in part ? [[name, part.why]] : []))),
  };
}

const withIsoTime = ({ startsAtMs, ...rest }: Appointment): object => ({
  ...rest,
  startsAt: new Date(startsAtMs).toISOString(),
});
