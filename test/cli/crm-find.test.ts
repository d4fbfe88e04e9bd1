import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LivelineError } from '../../src/base/errors.ts';
import { checkCrm } from '../../src/cli/crm-check.ts';
import { ANSWERS_WITHIN_MS } from '../../src/cli/crm-desk.ts';
import { findContact } from '../../src/cli/crm-find.ts';
import { contactText } from '../../src/cli/contact-text.ts';
import { widthOf } from '../../src/cli/plain-text.ts';
import type { Contact, Crm } from '../../src/crm/crm.ts';
import { createMemoryCrm } from '../../src/crm/memory.ts';
import { crmRig } from './crm-rig.ts';

const ADA: Contact = {
  ...{ id: 'ada', name: 'Ada Moreno', phone: '+15550100123', email: 'ada@example.com' },
  facts: { 'last visit': 'a filling in March' },
};
const BEN: Contact = { id: 'ben', name: 'Ben Moreno', facts: {} };
const booked = (day: number) => ({
  ...{ id: `a${day}`, contactId: 'ada', startsAtMs: Date.UTC(2026, 0, day, 9, 30), minutes: 30 },
  ...{ about: 'a check-up', status: 'booked' as const },
});
const crmWith = (changes: Partial<Crm> = {}): Crm => ({
  ...createMemoryCrm({
    contacts: [ADA, BEN],
    // Two days before and two after the clock of tests begins.
    appointments: [{ ...booked(1), startsAtMs: Date.UTC(2025, 11, 30) }, booked(3)],
    objects: [
      {
        ...{ id: 'o1', kind: 'order', number: 'HD-2041', contactId: 'ada', title: 'a night guard' },
        ...{ status: 'ready to be picked up', facts: { expected: 'on Friday' } },
      },
    ],
  }),
  ...changes,
});

test.each(['+1 (555) 010-0123', 'ADA@example.com', 'ada moreno'])('%j finds her, whole', async (who) => {
  const { desk, out, err, state } = crmRig({ crm: crmWith() });
  expect(await findContact(who, { utc: true }, desk)).toBe(0);
  expect({ out, err }).toEqual({
    out: [
      'Ada Moreno',
      '  phone       +15550100123',
      '  e-mail      ada@example.com',
      '  id          ada',
      '  last visit  a filling in March',
      '',
      'Appointments:',
      '  2026-01-03 09:30:00 UTC  a check-up, 30 min',
      '',
      'Orders:',
      '  HD-2041  a night guard: ready to be picked up; expected: on Friday',
      '',
      'Tickets: none',
    ],
    err: [],
  });
  expect(state).toEqual({ opened: 1, closed: 1 });
});

test('--json: the same, times in ISO 8601', async () => {
  const { desk, out } = crmRig({ crm: crmWith() });
  expect(await findContact('ada@example.com', { json: true }, desk)).toBe(0);
  expect(JSON.parse(out.join('\n'))).toEqual({
    contacts: [
      {
        ...ADA,
        appointments: [
          {
            ...{ id: 'a3', contactId: 'ada', startsAt: '2026-01-03T09:30:00.000Z', minutes: 30 },
            ...{ about: 'a check-up', status: 'booked' },
          },
        ],
        orders: [expect.objectContaining({ number: 'HD-2041' })],
        tickets: [],
        unread: {},
      },
    ],
  });
});

test('several of a name: a table, and as JSON the contacts alone', async () => {
  const table = crmRig({ crm: crmWith() });
  expect(await findContact('Moreno', {}, table.desk)).toBe(0);
  expect(table.out).toEqual([
    'name        phone         e-mail           id',
    'Ada Moreno  +15550100123  ada@example.com  ada',
    'Ben Moreno                                 ben',
    '',
    'One of them whole: liveline crm find <phone or e-mail>',
  ]);
  const json = crmRig({ crm: crmWith() });
  expect(await findContact('Moreno', { json: true }, json.desk)).toBe(0);
  expect(JSON.parse(json.out.join('\n'))).toEqual({ contacts: [ADA, BEN] });
});

test('nobody: exit 1, and what was asked for is not repeated', async () => {
  for (const who of ['+15550100999', 'who@example.com', 'Zacharias']) {
    const { desk, out, err } = crmRig({ crm: crmWith(), rehearsal: true });
    expect(await findContact(who, { json: true }, desk)).toBe(1);
    expect(JSON.parse(out.join('\n'))).toEqual({ contacts: [] });
    expect(err).toHaveLength(1);
    expect(err[0]).toMatch(/knows nobody by this .*\. This is a rehearsal/);
    expect(err[0]).not.toContain(who);
  }
});

test.each(['', '  ', '5550100123', '+12', '(555) 010-0123'])(
  '%j is nothing to look for: exit 2',
  async (who) => {
    const { desk, err, state } = crmRig({ crm: crmWith() });
    expect(await findContact(who, {}, desk)).toBe(2);
    expect(err).toEqual([expect.stringMatching(/^crm find takes a phone number with \+/)]);
    expect(state.opened).toBe(0);
  },
);

test('a part that this CRM has not is said, and is no failure; one that fails is', async () => {
  const unsupported = () => Promise.reject(new LivelineError('CRM_UNSUPPORTED', 'no such request'));
  const lacking = crmRig({ crm: crmWith({ appointmentsOf: unsupported }) });
  expect(await findContact('ada@example.com', {}, lacking.desk)).toBe(0);
  expect(lacking.out).toContain('Appointments: this CRM has none to be asked for');
  expect(lacking.out).toContain('Tickets: none');

  const away = () => Promise.reject(new LivelineError('CRM_UNAVAILABLE', 'HubSpot: no answer'));
  const failing = crmRig({ crm: crmWith({ objectsOf: away }) });
  expect(await findContact('ada@example.com', { json: true }, failing.desk)).toBe(1);
  expect(failing.err).toEqual([
    'The orders could not be read: HubSpot: no answer',
    'The tickets could not be read: HubSpot: no answer',
  ]);
  expect(JSON.parse(failing.out.join('\n'))).toMatchObject({
    contacts: [{ id: 'ada', orders: null, unread: { orders: 'HubSpot: no answer' } }],
  });
});

test('a CRM that refuses, or says nothing: one line, exit 1, closed', async () => {
  const refuse = () => Promise.reject(new LivelineError('CRM_REFUSED', 'HubSpot: the token is not taken'));
  const refused = crmRig({ crm: crmWith({ findByPhone: refuse, check: refuse }) });
  expect(await findContact('+15550100123', {}, refused.desk)).toBe(1);
  expect(await checkCrm(refused.desk)).toBe(1);
  expect({ out: refused.out, err: refused.err, closed: refused.state.closed }).toEqual({
    out: [],
    err: Array<string>(2).fill('HubSpot: the token is not taken'),
    closed: 2,
  });

  const deaf = (signal: AbortSignal): Promise<never> =>
    new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
  const silent = crmRig({ crm: crmWith({ check: deaf }) });
  const checked = checkCrm(silent.desk);
  await Promise.resolve().then(() => undefined);
  silent.clock.advance(ANSWERS_WITHIN_MS);
  expect(await checked).toBe(1);
  expect(silent.err).toEqual([expect.stringMatching(/^The CRM did not answer within 10 s/)]);
  expect([silent.state.closed, silent.clock.pending]).toEqual([1, 0]);
});

test('what is not of our making is passed on, after closing', async () => {
  const { desk, state } = crmRig({ crm: crmWith({ check: () => Promise.reject(new TypeError('a bug')) }) });
  await expect(checkCrm(desk)).rejects.toThrow('a bug');
  expect(state.closed).toBe(1);
});

test('check: it answers; and whether it takes keys', async () => {
  const own = crmRig({ crm: crmWith({ name: 'PostgreSQL' }) });
  expect(await checkCrm(own.desk)).toBe(0);
  expect(own.out).toEqual(['PostgreSQL answers, after 0 ms.']);
  const theirs = crmRig({ crm: crmWith({ name: 'HubSpot', keepsKeys: false }) });
  expect(await checkCrm(theirs.desk)).toBe(0);
  expect(theirs.out[1]).toMatch(/does not itself see to it that a thing is made once/);
});

test('whatever is known of contacts, lines fit and nothing acts', () => {
  const text = fc.string({ unit: 'binary', maxLength: 60 });
  fc.assert(
    fc.property(
      fc.record({ name: text, phone: text, facts: fc.dictionary(text, text, { maxKeys: 4 }) }),
      text,
      fc.integer({ min: 60, max: 160 }),
      (contact, about, columns) => {
        const whole = {
          contact: { ...contact, id: about },
          appointments: [{ ...booked(3), about }],
          orders: [],
          tickets: [
            { id: '1', kind: 'ticket' as const, number: 'T-1', title: about, status: about, facts: {} },
          ],
        };
        for (const line of contactText(whole, { columns, timeZone: 'UTC' }).slice(1)) {
          expect(widthOf(line)).toBeLessThanOrEqual(columns);
          expect(line).not.toMatch(/[\p{Cc}\u202e]/u);
        }
      },
    ),
  );
});
