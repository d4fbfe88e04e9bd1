// Customers from a YAML file: the people of a rehearsal, with what is agreed with them, relative to today. Knows nothing
// of where they are kept.
import { readFile } from 'node:fs/promises';
import { IANAZone } from 'luxon';
import { isNode, LineCounter, parseDocument, type Document } from 'yaml';
import { z } from 'zod';
import { LivelineError, messageOf } from '../base/errors.ts';
import { parsePhoneNumber } from '../base/phone-number.ts';

const phoneNumber = z
  .string('expected a number in quotes, such as "+15550100100"')
  .transform((text, context) => {
    const phone = parsePhoneNumber(text);
    if (phone === undefined)
      context.addIssue('expected a number with its country code, such as "+15550100100"');
    return phone ?? z.NEVER;
  });

/** Luxon's numbers (moment.github.io/luxon, DateTime.weekday). */
const WEEKDAYS = {
  monday: 1,
  tuesday: 2,
  wednesday: 3,
  thursday: 4,
  friday: 5,
  saturday: 6,
  sunday: 7,
} as const;
const words = z.string('expected words in quotes');
/** What the tables of the CRM take. */
const MOST = { idCharacters: 200, nameCharacters: 500, emailCharacters: 320, factsBytes: 65_536 };
const most = (count: number): [number, string] => [count, `expected at most ${count} characters`];

/** As PostgreSQL keeps an object of words: a header, then eight bytes and the text of each name and word (jsonb.h). */
const sizeOf = (facts: Readonly<Record<string, string>>): number =>
  Object.entries(facts)
    .flat()
    .reduce((bytes, text) => bytes + 4 + Buffer.byteLength(text), 8);
const facts = z
  .record(z.string(), words)
  .refine(
    (given) => sizeOf(given) <= MOST.factsBytes,
    `expected at most ${MOST.factsBytes / 1_024} kB of facts`,
  )
  .default({});

/** The next such day of the week, Monday being 1, or the n-th working day; today is neither. */
export type SampleDay = { readonly weekday: number } | { readonly inWorkingDays: number };

const sampleAppointment = z
  .strictObject({
    in_days: z.int().min(1).max(365).optional(),
    on: z
      .enum(Object.keys(WEEKDAYS) as (keyof typeof WEEKDAYS)[], 'expected a day, such as thursday')
      .transform((day) => WEEKDAYS[day])
      .optional(),
    at: z
      .string('expected a time in quotes, such as "10:00"')
      .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected a time, such as "10:00"'),
    minutes: z.int().min(1).max(480),
    about: words.min(1).max(...most(10_000)),
  })
  .refine(
    ({ in_days, on }) => (in_days === undefined) !== (on === undefined),
    'expected either in_days or on',
  )
  .transform(({ in_days, on, at, minutes, about }) => ({
    day: (in_days === undefined ? { weekday: on! } : { inWorkingDays: in_days }) as SampleDay,
    /** By the clock on the wall. */
    hour: Number(at.slice(0, 2)),
    minute: Number(at.slice(3)),
    minutes,
    about,
  }));

const sampleOrder = z
  .strictObject({
    number: z
      .string('expected a number in quotes')
      .min(1)
      .max(...most(100)),
    title: words.min(1).max(...most(10_000)),
    status: words.min(1),
    days_ago: z.int().min(0).max(3_650),
    facts,
  })
  .transform(({ days_ago, ...order }) => ({ ...order, daysAgo: days_ago }));

const customer = z.strictObject({
  id: z
    .string()
    .min(1)
    .max(...most(MOST.idCharacters)),
  name: z
    .string()
    .trim()
    .min(1)
    .max(...most(MOST.nameCharacters)),
  phone: phoneNumber,
  email: z
    .email()
    .max(...most(MOST.emailCharacters))
    .optional(),
  facts,
  appointments: z.array(sampleAppointment).default([]),
  orders: z.array(sampleOrder).default([]),
});

const once =
  <T>(keysOf: (customer: T) => readonly string[]) =>
  (customers: readonly T[]): boolean => {
    const keys = customers.flatMap(keysOf);
    return new Set(keys).size === keys.length;
  };
type Customer = z.output<typeof customer>;

const timeZone = z
  .string()
  .refine((zone) => IANAZone.isValidZone(zone), 'expected a zone, such as America/New_York');

const customersFile = z.strictObject({
  time_zone: timeZone,
  customers: z
    .array(customer)
    .refine(
      once<Customer>(({ id }) => [id]),
      'expected every id once, but one comes twice',
    )
    .refine(
      once<Customer>(({ phone }) => [phone]),
      'expected every phone once, but one comes twice',
    )
    .refine(
      once<Customer>(({ orders }) => orders.map(({ number }) => number)),
      'expected every order number once, but one comes twice',
    ),
});
/** Where nobody asks for the times of appointments. */
const zonelessFile = customersFile.extend({ time_zone: timeZone.default('UTC') });

export interface SampleCustomer extends Customer {
  /** IANA: where its appointments take place. */
  readonly timeZone: string;
}
export type SampleAppointment = Customer['appointments'][number];

/**
 * `needsZone` false: the file need not say where appointments take place. Throws CONTACTS_INVALID with the place of every
 * fault and, because contacts are private, never with its value.
 */
export async function loadCustomers(path: string, needsZone = true): Promise<SampleCustomer[]> {
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
  const checked = (needsZone ? customersFile : zonelessFile).safeParse(plainValue(document, path));
  if (!checked.success)
    throw refusal(
      path,
      checked.error.issues.map((issue) => {
        const field = z.core.toDotPath(issue.path) || 'customers';
        return `line ${lineOf(document, lines, issue.path)}: ${field}: ${issue.message}`;
      }),
    );
  const { time_zone: zone, customers } = checked.data;
  return customers.map((one) => ({ ...one, timeZone: zone }));
}

/** Of the field, or of what it is missing in. */
function lineOf(document: Document, lines: LineCounter, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
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
