import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LivelineError } from '../../src/base/errors.ts';
import { loadCustomers, type SampleCustomer } from '../../src/crm/contacts-file.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'contacts-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function refusalOf(text: string): Promise<string> {
  const path = join(folder, 'contacts.yaml');
  await writeFile(path, text);
  const thrown: unknown = await loadCustomers(path).catch((caught: unknown) => caught);
  expect(thrown).toBeInstanceOf(LivelineError);
  expect(thrown).toMatchObject({ code: 'CONTACTS_INVALID' });
  return (thrown as LivelineError).message;
}

/** A file of customers in New York. */
const fileOf = (customers: string): string => `time_zone: America/New_York\ncustomers:\n${customers}`;

async function load(text: string): Promise<SampleCustomer[]> {
  const path = join(folder, 'contacts.yaml');
  await writeFile(path, text);
  return loadCustomers(path);
}

describe('the committed customers', () => {
  test('are 25 invented people, Ada Moreno with her appointment and her order among them', async () => {
    const customers = await loadCustomers(
      resolve(import.meta.dirname, '../../fixtures/contacts/customers.yaml'),
    );
    expect(customers).toHaveLength(25);
    expect(customers.find(({ phone }) => phone === '+15550100123')).toMatchObject({
      id: 'ada-moreno',
      name: 'Ada Moreno',
      facts: {
        'next appointment': 'Thursday at half past nine, a check-up with Doctor Osei',
        'last order': 'a night guard, ready to be picked up',
      },
      timeZone: 'America/New_York',
      appointments: [{ day: { weekday: 4 }, hour: 9, minute: 30, minutes: 30 }],
      orders: [{ number: 'HD-2041', daysAgo: 9 }, { number: 'HD-1987' }],
    });
    for (const { phone } of customers) expect(phone).toMatch(/^\+155501001\d\d$/);
  });

  test('no two of their appointments can meet, whatever day they fall on', async () => {
    const customers = await loadCustomers(
      resolve(import.meta.dirname, '../../fixtures/contacts/customers.yaml'),
    );
    const spans = customers
      .flatMap(({ appointments }) => appointments)
      .map(({ hour, minute, minutes }) => [hour * 60 + minute, hour * 60 + minute + minutes] as const)
      .sort(([a], [b]) => a - b);
    expect(spans.length).toBeGreaterThan(15);
    for (const [i, [start]] of spans.entries())
      if (i > 0) expect(start).toBeGreaterThanOrEqual(spans[i - 1]![1]);
  });
});

test('numbers may be written as people write them', async () => {
  expect(await load(fileOf('- { id: a, name: Ada, phone: "+1 (555) 010-0123" }\n'))).toEqual([
    {
      id: 'a',
      name: 'Ada',
      phone: '+15550100123',
      facts: {},
      appointments: [],
      orders: [],
      timeZone: 'America/New_York',
    },
  ]);
});

describe('a faulty file is refused, with the place and without the private value', () => {
  const ada = (more: string): string => `- { id: a, name: Ada, phone: "+15550100123", ${more} }`;
  const at = (when: string): string => ada(`\n  appointments: [{ minutes: 30, about: x, ${when} }]`);
  test.each([
    [
      '- { id: a, name: Ada, phone: +15550100123 }',
      'line 3: customers[0].phone: expected a number in quotes',
    ],
    [
      '- { id: b, name: B, phone: "+15550100124" }\n- { id: a, name: Ada, phone: "555 0123" }',
      'line 4: customers[1].phone: expected a number with its country code',
    ],
    [ada('fax: x'), 'line 3: customers[0]: Unrecognized key: "fax"'],
    [ada('facts: { age: 41 }'), 'line 3: customers[0].facts.age: expected words'],
    [at('at: "9:30", in_days: 1'), 'line 4: customers[0].appointments[0].at: expected a time'],
    [at('at: 9, in_days: 1'), 'appointments[0].at: expected a time in quotes'],
    [at('at: "09:30"'), 'line 4: customers[0].appointments[0]: expected either in_days or on'],
    [at('at: "09:30", in_days: 1, on: friday'), 'appointments[0]: expected either in_days or on'],
    [at('at: "09:30", in_days: 0'), 'appointments[0].in_days: Too small'],
    [at('at: "09:30", on: Caturday'), 'appointments[0].on: expected a day'],
    [
      ada('orders: [{ number: 1, title: x, status: y, days_ago: 1 }]'),
      'orders[0].number: expected a number in',
    ],
    [
      `- { id: a, name: ${'Ada '.repeat(130)}x, phone: "+15550100123" }`,
      'line 3: customers[0].name: expected at most 500 characters',
    ],
    [
      `- { id: ${'a'.repeat(201)}, name: Bo, phone: "+15550100124" }`,
      'line 3: customers[0].id: expected at most 200 characters',
    ],
    [
      ada(`facts: { Ada: "${'0123 '.repeat(14_000)}" }`),
      'line 3: customers[0].facts: expected at most 64 kB',
    ],
    ['- id: a\n  id: b\n', 'line 4: Map keys must be unique'],
    ['- *nobody\n', 'Unresolved alias'],
  ])('%j', async (customers, expected) => {
    const message = await refusalOf(fileOf(customers));
    expect(message).toContain(expected);
    expect(message).not.toMatch(/Ada|0123/);
  });

  test.each([
    ['', 'line 1: customers: Invalid input: expected object'],
    ['- a list', 'line 1: customers: Invalid input: expected object'],
    ['customers: []', 'line 1: time_zone: Invalid input'],
    ['time_zone: Nowhere/Land\ncustomers: []', 'line 1: time_zone: expected a zone'],
    ['time_zone: UTC\ncustomers: x', 'line 2: customers: Invalid input: expected array'],
  ])('%j', async (text, expected) => expect(await refusalOf(text)).toContain(expected));

  test('two with one number, one id or one order', async () => {
    const order = 'orders: [{ number: HD-1, title: x, status: y, days_ago: 1 }]';
    const message = await refusalOf(
      fileOf(`${ada(order)}\n- { id: a, name: Eve, phone: "+1 555 010 0123", ${order} }\n`),
    );
    expect(message).toContain('expected every id once');
    expect(message).toContain('expected every phone once');
    expect(message).toContain('expected every order number once');
  });

  test('no file', async () => {
    await expect(loadCustomers(join(folder, 'nowhere.yaml'))).rejects.toThrow(
      /nowhere\.yaml have faults:\n {2}ENOENT/,
    );
  });
});
