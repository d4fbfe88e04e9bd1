import { expect, test } from 'vitest';
import type { Crm } from '../../../src/crm/crm.ts';
import { bookAppointment } from '../../../src/tools/built-in/book-appointment.ts';
import { ADA, ADA_PHONE, appointment, CONTACTS, contextOf, memoryCrm, tell } from '../rig.ts';

const STRANGER = '+15550100199';
const THURSDAY = { date: '2026-11-26', time: '09:30', about: 'Check-up' };
const JOHN = CONTACTS[3]!;
const signal = new AbortController().signal;

test('the caller’s own: half an hour at the clock of the office, told back in words', async () => {
  const context = contextOf();
  expect(await tell(bookAppointment, { ...THURSDAY, name: '', phone: '', minutes: 0 }, context)).toEqual({
    name: 'Ada Moreno',
    when: 'Thursday, November 26 at 9:30 AM',
    date: '2026-11-26',
    time: '09:30',
    minutes: 30,
    about: 'Check-up',
    message: 'Booked for Ada Moreno: Thursday, November 26 at 9:30 AM.',
  });
  expect(await context.crm.appointmentsOf(ADA.id, 0, signal)).toMatchObject([
    {
      startsAtMs: Date.parse('2026-11-26T09:30:00-05:00'),
      minutes: 30,
      about: 'Check-up',
      status: 'booked',
    },
  ]);
});

test('the effect key is the key of the booking', async () => {
  const inner = memoryCrm();
  const keys: string[] = [];
  const crm: Crm = {
    ...inner,
    bookAppointment(booking, key, aborted) {
      keys.push(key);
      return inner.bookAppointment(booking, key, aborted);
    },
  };
  await tell(bookAppointment, THURSDAY, contextOf({ crm, effectKey: 'key-1' }));
  expect(keys).toEqual(['key-1']);
});

test('what the caller has already is theirs, not taken: another key books nothing more', async () => {
  const context = contextOf();
  const first = await tell(bookAppointment, THURSDAY, context);
  const again = await tell(
    bookAppointment,
    { ...THURSDAY, about: 'Check' },
    { ...context, effectKey: 'other' },
  );
  expect(again).toEqual({
    ...first,
    message: 'Already booked for Ada Moreno: Thursday, November 26 at 9:30 AM.',
  });
  expect(await context.crm.appointmentsOf(ADA.id, 0, signal)).toHaveLength(1);
  const overlapping = { ...THURSDAY, time: '09:45' };
  expect(await tell(bookAppointment, overlapping, { ...context, effectKey: 'third' })).toMatchObject({
    status: 'error',
  });
});

test('a time that is taken asks for another, and names nobody', async () => {
  const crm = memoryCrm({
    appointments: [appointment('2026-11-26T09:15:00-05:00', { contactId: JOHN.id, about: 'Root canal' })],
  });
  const told = await tell(bookAppointment, THURSDAY, contextOf({ crm }));
  expect(told).toMatchObject({
    status: 'error',
    message: expect.stringMatching(/taken.*another time/) as string,
  });
  expect(JSON.stringify(told)).not.toMatch(/John|Root/);
});

test('an unknown caller gives a name, is entered with the calling number, and stays one person', async () => {
  const crm = memoryCrm({
    appointments: [appointment('2026-11-26T09:30:00-05:00', { contactId: JOHN.id })],
  });
  const context = contextOf({ crm, caller: STRANGER });
  expect((await tell(bookAppointment, THURSDAY, context))['message']).toMatch(/Ask for their full name/);
  expect(await crm.findByPhone(STRANGER, signal)).toBeUndefined();

  const named = { ...THURSDAY, name: 'Jane Doe' };
  expect(await tell(bookAppointment, named, context)).toMatchObject({ status: 'error' }); // taken
  const later = { ...contextOf({ crm, caller: STRANGER }), effectKey: 'CA1/book_appointment/2' };
  expect(await tell(bookAppointment, { ...named, time: '10:30' }, later)).toMatchObject({
    name: 'Jane Doe',
  });
  expect(await crm.findByName('Jane Doe', 5, signal)).toMatchObject([{ phone: STRANGER }]);
});

test('a withheld number needs a name and a number to call back', async () => {
  const context = contextOf({ caller: 'anonymous' });
  expect((await tell(bookAppointment, { ...THURSDAY, name: 'Jane Doe' }, context))['message']).toMatch(
    /Ask for a phone number/,
  );
  const told = await tell(bookAppointment, { ...THURSDAY, name: 'Jane Doe', phone: STRANGER }, context);
  expect(told).toMatchObject({ name: 'Jane Doe' });
  expect(await context.crm.findByPhone(STRANGER, signal)).toMatchObject({ name: 'Jane Doe' });
});

test('two people who are new in one call are two people', async () => {
  const context = contextOf({ caller: 'anonymous' });
  const jane = { ...THURSDAY, name: 'Jane Doe', phone: STRANGER };
  const joan = { ...THURSDAY, time: '10:30', name: 'Joan Doe', phone: '+15550100198' };
  expect(await tell(bookAppointment, jane, context)).toMatchObject({ name: 'Jane Doe' });
  const next = { ...context, effectKey: 'CA1/book_appointment/2' };
  expect(await tell(bookAppointment, joan, next)).toMatchObject({ name: 'Joan Doe' });
});

test.each([{ name: 'Ada Moreno' }, { name: 'ada moreno', phone: ADA_PHONE }])(
  'who shares the calling number books with their full name, and is not entered again: %j',
  async (identity) => {
    const bob = { ...ADA, id: 'id-of-bob', name: 'Bob Moreno' };
    const context = contextOf({ crm: memoryCrm({ contacts: [...CONTACTS, bob] }) });
    expect((await tell(bookAppointment, { ...THURSDAY, name: 'Ada' }, context))['message']).toMatch(
      /full name/,
    );
    expect(await tell(bookAppointment, { ...THURSDAY, ...identity }, context)).toMatchObject({
      message: expect.stringMatching(/^Booked for Ada Moreno/) as string,
    });
    expect(await context.crm.appointmentsOf(ADA.id, 0, signal)).toHaveLength(1);
    const found = await context.crm.findByName('Ada Moreno', 5, signal);
    expect(found.filter(({ name }) => name === ADA.name)).toEqual([ADA]);
  },
);

test('two people who are new and call from a number that others share are two people, each entered once', async () => {
  const bob = { ...ADA, id: 'id-of-bob', name: 'Bob Moreno' };
  const crm = memoryCrm({ contacts: [...CONTACTS, bob] });
  const book = (name: string, time: string) =>
    tell(
      bookAppointment,
      { ...THURSDAY, name, time },
      { ...contextOf({ crm }), effectKey: `${name} ${time}` },
    );
  for (const [name, time] of [
    ['Carol Moreno', '09:30'],
    ['Dan Moreno', '10:30'],
    ['Carol Moreno', '11:30'],
  ] as const) {
    expect(await book(name, time)).toMatchObject({ name });
    expect(await crm.findByName(name, 5, signal)).toMatchObject([{ name, phone: ADA_PHONE }]);
  }
});

test('for somebody of the records whom the caller cannot name, nothing is booked', async () => {
  const context = contextOf();
  const args = { ...THURSDAY, name: 'Jane Doe', phone: JOHN.phone };
  expect((await tell(bookAppointment, args, context))['message']).toMatch(/together/);
  expect(await context.crm.appointmentsOf(JOHN.id, 0, signal)).toEqual([]);
});

test('past, outside the hours, at an hour that is left out: refused before anything is entered', async () => {
  const office = { timeZone: 'America/New_York', language: 'en-US', isOpenAt: () => false };
  const context = contextOf({ caller: STRANGER, office });
  const named = { ...THURSDAY, name: 'Jane Doe' };
  for (const args of [
    named,
    { ...named, date: '2026-11-22' },
    { ...named, date: '2027-03-14', time: '02:30' },
  ])
    expect(await tell(bookAppointment, args, context)).toMatchObject({ status: 'error', retryable: true });
  expect(await context.crm.findByPhone(STRANGER, signal)).toBeUndefined();
});

test.each([
  { ...THURSDAY, date: '26.11.2026' },
  { ...THURSDAY, date: '2026-02-30' },
  { ...THURSDAY, date: '' },
  { ...THURSDAY, time: '9:30 AM' },
  { ...THURSDAY, time: '25:00' },
  { ...THURSDAY, time: '' },
  { ...THURSDAY, about: ' ' },
  { ...THURSDAY, minutes: -30 },
  { ...THURSDAY, minutes: 10_000 },
  { ...THURSDAY, phone: '010 0123' },
  {},
])('bad arguments never run: %j', async (args) => {
  await expect(bookAppointment.accept(args)).rejects.toMatchObject({ code: 'TOOL_ARGUMENTS_INVALID' });
});

test('9:30, 09:30 and 09:30:00 are the same arguments', async () => {
  const accepted = await Promise.all(
    ['9:30', '09:30', ' 09:30:00'].map((time) => bookAppointment.accept({ ...THURSDAY, time })),
  );
  expect(accepted).toEqual([accepted[0], accepted[0], accepted[0]]);
});

test('what was cancelled can be booked, and then be cancelled once more', () => {
  expect(bookAppointment.effect).toMatchObject({ reverses: ['cancel_appointment'] });
});
