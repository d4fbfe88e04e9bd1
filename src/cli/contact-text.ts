// Contacts in a terminal: several as a table, one with all that is known of it. Prints nothing.
import { styleText } from 'node:util';
import type { Appointment, Contact, CrmObject } from '../crm/crm.ts';
import { zonedTimeText } from './calls-table.ts';
import { cut, visible, widthOf, wrapped } from './plain-text.ts';
import { columnOf, tableLines } from './table.ts';

/** What could not be read, and why; `isFault` false: this CRM has nothing of the kind. */
export interface Unread {
  readonly why: string;
  readonly isFault: boolean;
}

/** All that the CRM says of one contact. */
export interface WholeContact {
  readonly contact: Contact;
  readonly appointments: readonly Appointment[] | Unread;
  readonly orders: readonly CrmObject[] | Unread;
  readonly tickets: readonly CrmObject[] | Unread;
}

export function contactsTable(contacts: readonly Contact[], columns: number): string[] {
  const [titles = '', ...rows] = tableLines(
    [
      columnOf(contacts, { title: 'name', least: 16 }, ({ name }) => name),
      columnOf(contacts, { title: 'phone', least: 16 }, ({ phone = '' }) => phone),
      columnOf(contacts, { title: 'e-mail', least: 16 }, ({ email = '' }) => email),
      columnOf(contacts, { title: 'id', least: 10 }, ({ id }) => id),
    ],
    columns,
  );
  return [styleText('bold', titles), ...rows];
}

export interface ContactTextOptions {
  readonly columns: number;
  /** IANA; undefined: that of this machine. */
  readonly timeZone: string | undefined;
}

export function contactText(
  { contact, appointments, orders, tickets }: WholeContact,
  { columns, timeZone }: ContactTextOptions,
): string[] {
  const { name, phone = '–', email = '–', id, facts } = contact;
  const when = ({ startsAtMs }: Appointment): string =>
    zonedTimeText(new Date(startsAtMs).toISOString(), timeZone);
  return [
    styleText('bold', wrapped([{ text: name }], columns).join('\n')),
    ...rows([['phone', phone], ['e-mail', email], ['id', id], ...Object.entries(facts)], columns),
    ...part('Appointments', appointments, columns, (one) => [when(one), `${one.about}, ${one.minutes} min`]),
    ...part('Orders', orders, columns, objectRow),
    ...part('Tickets', tickets, columns, objectRow),
  ];
}

const objectRow = ({ number, title, status, facts }: CrmObject): Row => [
  number,
  [`${title}: ${status}`, ...Object.entries(facts).map(([fact, value]) => `${fact}: ${value}`)].join('; '),
];

type Row = readonly [string, string];

function part<One>(
  title: string,
  found: readonly One[] | Unread,
  columns: number,
  rowOf: (one: One) => Row,
): string[] {
  if ('why' in found)
    return ['', `${title}: ${found.isFault ? 'could not be read' : 'this CRM has none to be asked for'}`];
  if (found.length === 0) return ['', `${title}: none`];
  return ['', `${title}:`, ...rows(found.map(rowOf), columns)];
}

const INDENT = '  ';
const MOST_LABEL = 30;
/** Fewer columns say nothing any more; the lines are then too long. */
const LEAST_VALUE = 20;

/** What something is, and beside it what there is to say of it, over as many lines as it takes. */
function rows(pairs: readonly Row[], columns: number): string[] {
  const labels = pairs.map(([label]) => cut(visible(label), MOST_LABEL));
  const width = Math.max(...labels.map(widthOf));
  const room = Math.max(LEAST_VALUE, columns - INDENT.length - width - 2);
  return pairs.flatMap(([, value], n) =>
    wrapped([{ text: value }], room).map((line, at) => {
      const label = at === 0 ? labels[n]! : '';
      return `${INDENT}${label}${' '.repeat(width - widthOf(label))}  ${line}`.trimEnd();
    }),
  );
}
