import { expect, test } from 'vitest';
import { cancelAppointment } from '../../../src/tools/built-in/cancel-appointment.ts';
import { listAppointments } from '../../../src/tools/built-in/list-appointments.ts';
import type { Contact, Crm } from '../../../src/crm/crm.ts';
import type { ToolContext } from '../../../src/tools/tool.ts';
import { bookAppointment } from '../../../src/tools/built-in/book-appointment.ts';
import { ADA, ADA_PHONE, appointment, CONTACTS, contextOf, memoryCrm, tell } from '../rig.ts';

const STRANGER = '+15550100199';
const JOHN = CONTACTS[3]!;
const signal = new AbortController().signal;

const booked = (): Crm =>
  memoryCrm({
    appointments: [
      appointment('2026-11-26T09:30:00-05:00'),
      appointment('2026-11-26T14:00:00-05:00'),
      appointment('2026-12-01T10:00:00-05:00'),
      appointment('2026-11-23T09:45:00-05:00', { minutes: 60 }), // under way
      appointment('2026-11-30T10:00:00-05:00', { contactId: JOHN.id }),
    ],
  });
const BOB: Contact = { id: 'id-of-bob', name: 'Bob Moreno', phone: ADA_PHONE, facts: {} };
const sharing = (): Crm =>
  memoryCrm({
    contacts: [...CONTACTS, BOB],
    appointments: [
      appointment('2026-11-30T09:00:00-05:00'),
      appointment('2026-11-30T10:00:00-05:00', { contactId: BOB.id }),
    ],
  });
const left = async (context: ToolContext, contactId = ADA.id): Promise<number> =>
  (await context.crm.appointmentsOf(contactId, 0, signal)).length;

test('by its date, when it is the only one', async () => {
  const context = contextOf({ crm: booked() });
  expect(await tell(cancelAppointment, { date: '2026-12-01', time: '' }, context)).toMatchObject({
    when: 'Tuesday, December 1 at 10:00 AM',
    message: 'Cancelled: Tuesday, December 1 at 10:00 AM.',
  });
  expect(await left(context)).toBe(3);
});

test('several on that date: it asks which, and takes the time', async () => {
  const context = contextOf({ crm: booked() });
  expect(await tell(cancelAppointment, { date: '2026-11-26' }, context)).toMatchObject({
    status: 'error',
    retryable: true,
    message: expect.stringMatching(/which of them/) as string,
    appointments: [{ time: '09:30' }, { time: '14:00' }],
  });
  expect(await left(context)).toBe(4);
  await tell(cancelAppointment, { date: '2026-11-26', time: '14:00' }, context);
  expect(await tell(listAppointments, {}, context)).toMatchObject({
    appointments: [{ time: '09:45' }, { time: '09:30' }, { time: '10:00' }],
  });
});

test('none then: it tells which there are, and cancels nothing; what is under way stays', async () => {
  const context = contextOf({ crm: booked() });
  for (const args of [{ date: '2026-11-27' }, { date: '2026-12-01', time: '10:30' }, { date: '2026-11-23' }])
    expect(await tell(cancelAppointment, args, context)).toMatchObject({
      message: expect.stringMatching(/no appointment then/) as string,
      appointments: [{}, {}, {}],
    });
  expect(await left(context)).toBe(4);
});

test('nothing at all to cancel', async () => {
  const told = await tell(cancelAppointment, { date: '2026-11-26' }, contextOf());
  expect(told['message']).toMatch(/nothing to cancel/);
});

test('somebody else’s needs their whole name and their number', async () => {
  const context = contextOf({ crm: booked() });
  const date = '2026-11-30';
  for (const args of [
    { date, name: 'John Smith' },
    { date, phone: JOHN.phone },
    { date, name: 'John', phone: JOHN.phone },
  ])
    expect(await tell(cancelAppointment, args, context)).toMatchObject({ status: 'error' });
  expect(await left(context, JOHN.id)).toBe(1);
  await tell(cancelAppointment, { date, name: 'John Smith', phone: JOHN.phone }, context);
  expect(await left(context, JOHN.id)).toBe(0);
});

test.each([STRANGER, 'anonymous'])(
  'a caller who is not in the records cancels nothing: %s',
  async (caller) => {
    expect((await tell(cancelAppointment, { date: '2026-11-26' }, contextOf({ caller })))['message']).toMatch(
      /both the full name/,
    );
  },
);

test('an hour that comes twice is cancelled by what the clock shows', async () => {
  const crm = memoryCrm({ appointments: [appointment('2027-11-07T01:30:00-05:00')] });
  const told = await tell(cancelAppointment, { date: '2027-11-07', time: '01:30' }, contextOf({ crm }));
  expect(told['message']).toMatch(/^Cancelled/);
});

test('what was booked can be cancelled, and then be booked once more', () => {
  expect(cancelAppointment.effect).toMatchObject({ reverses: ['book_appointment'] });
  expect(bookAppointment.effect).toMatchObject({ reverses: ['cancel_appointment'] });
});

test.each([
  [{ date: '2026-12-01' }, { date: '2026-12-01', time: '10:00' }],
  [
    { date: '2026-12-01', time: '16:00' },
    { date: '2026-12-01', time: '10:00' },
  ],
  [
    { date: ' 2026-11-26 ', time: '9:30' },
    { date: '2026-11-26', time: '09:30:00' },
  ],
])('%j cancels what is about the same day as the booking of %j, and no other', async (cancelled, booking) => {
  const about = cancelAppointment.effect?.about?.(await cancelAppointment.accept(cancelled));
  const aboutOf = async (args: object) =>
    bookAppointment.effect?.about?.(await bookAppointment.accept({ about: 'Check-up', ...args }));
  expect(about).toBe(booking.date);
  expect(about).toBe(await aboutOf(booking));
  expect(about).not.toBe(await aboutOf({ ...booking, date: '2026-12-02' }));
});

test('one of two who share the calling number cancels their own with their full name, and nobody else’s', async () => {
  const context = contextOf({ crm: sharing() });
  const date = '2026-11-30';
  for (const args of [{ date }, { date, name: 'Bob' }, { date, name: 'Jane Doe' }])
    expect(await tell(cancelAppointment, args, context)).toMatchObject({ status: 'error' });
  expect(await left(context, BOB.id)).toBe(1);
  expect(await tell(cancelAppointment, { date, name: 'Bob Moreno' }, context)).toMatchObject({
    message: 'Cancelled: Monday, November 30 at 10:00 AM.',
  });
  expect(await left(context, BOB.id)).toBe(0);
  expect(await left(context)).toBe(1);
});
