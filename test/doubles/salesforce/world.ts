// The world of the CRM's rules as an organisation would have it in Salesforce: numbers as people typed them, remarks of
// the staff beside what callers may hear.
import { HEADING } from '../../../src/crm/salesforce/facts.ts';
import type { World } from '../../contracts/crm-world.ts';
import { USER_ID } from './login.ts';
import type { SalesforceStandIn } from './salesforce.ts';

export const REMARK = 'Pays late; do not tell.';

const described = (facts: Readonly<Record<string, string>>): string =>
  `${REMARK}\r\n\r\n${HEADING}\r\n${Object.entries(facts)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}\r\n${REMARK}`;

/** One after the other; `xxx-xxxx` is the last seven digits. */
const SPELLINGS: readonly ((last7: string) => object)[] = [
  (last) => ({ Phone: `(555) ${last}` }),
  (last) => ({ Phone: `+1 (555) ${last}` }),
  (last) => ({ Phone: '+1 555-555-5555', MobilePhone: `555.${last.replace('-', '.')}` }),
  // None that is looked for: the index alone finds it.
  (last) => ({ HomePhone: `1 / 555 / ${last}` }),
  (last) => ({ MobilePhone: `+1555${last.replace('-', '')}` }),
];

/** The ids of Salesforce, by those of the world. */
export function seedWorld({ records }: SalesforceStandIn, world: World): ReadonlyMap<string, string> {
  const ids = new Map<string, string>();
  for (const [i, { id, name, phone, email, facts }] of world.contacts.entries()) {
    const words = name.split(' ');
    const number =
      phone === undefined ? {} : SPELLINGS[i % SPELLINGS.length]!(`${phone.slice(5, 8)}-${phone.slice(8)}`);
    const row = {
      LastName: words.pop()!,
      FirstName: words.join(' '),
      ...number,
      ...(email === undefined ? {} : { Email: email }),
      Description: described(facts),
    };
    ids.set(id, records.seed('Contact', row));
  }
  for (const { id, contactId, startsAtMs, minutes, about, status } of world.appointments)
    ids.set(
      id,
      records.seed('Event', {
        OwnerId: USER_ID,
        WhoId: ids.get(contactId)!,
        Subject: about,
        StartDateTime: new Date(startsAtMs).toISOString(),
        DurationInMinutes: minutes,
        IsDeleted: status === 'cancelled',
      }),
    );
  for (const { id, kind, number, contactId, title, status, facts, createdAtMs } of world.objects) {
    const common = {
      Status: status,
      Description: described(facts),
      CreatedDate: new Date(createdAtMs).toISOString(),
    };
    const contact = contactId === undefined ? null : ids.get(contactId)!;
    if (kind === 'order')
      ids.set(
        id,
        records.seed('Order', { ...common, OrderNumber: number, Name: title, BillToContactId: contact }),
      );
    else if (kind === 'ticket')
      ids.set(
        id,
        records.seed('Case', { ...common, CaseNumber: number, Subject: title, ContactId: contact }),
      );
    else ids.set(id, records.seed('Task', { ...common, Subject: title, WhoId: contact }));
  }
  return ids;
}
