import { expect, test } from 'vitest';
import { listAppointments } from '../../../src/tools/built-in/list-appointments.ts';
import { ADA_PHONE, appointment, CONTACTS, contextOf, memoryCrm, tell } from '../rig.ts';

const STRANGER = '+15550100199';
const JOHN = CONTACTS[3]!;

const crm = memoryCrm({
  appointments: [
    appointment('2026-12-01T10:00:00-05:00', { about: 'x'.repeat(5_000) }),
    appointment('2026-11-26T09:30:00-05:00'),
    appointment('2026-11-01T09:30:00-05:00'),
    appointment('2026-11-27T09:30:00-05:00', { status: 'cancelled' }),
    appointment('2026-11-26T11:00:00-05:00', { contactId: JOHN.id, about: 'Root canal' }),
  ],
});

test('the caller’s own that are still to come, soonest first, without ids, long words cut', async () => {
  const told = await tell(listAppointments, { name: '', phone: '' }, contextOf({ crm }));
  expect(told).toMatchObject({
    found: 2,
    name: 'Ada Moreno',
    appointments: [
      { when: 'Thursday, November 26 at 9:30 AM', date: '2026-11-26', time: '09:30' },
      { when: 'Tuesday, December 1 at 10:00 AM' },
    ],
    message: "They have 2 coming appointments. The call comes from this person's own number.",
  });
  expect(JSON.stringify(told)).not.toContain('id-of');
  expect(JSON.stringify(told).length).toBeLessThan(1_500);
});

test('somebody else’s come with the warning', async () => {
  const told = await tell(listAppointments, { phone: JOHN.phone }, contextOf({ crm }));
  expect(told).toMatchObject({
    found: 1,
    message: expect.stringContaining('be sure that you speak') as string,
  });
});

test.each([
  [{ name: 'Adam' }, ADA_PHONE, /no coming appointment/],
  [{}, STRANGER, /Nobody in the records/],
  [{}, 'anonymous', /withheld/],
  [{ name: 'Moreno' }, ADA_PHONE, /Several people fit/],
])('%j by %s', async (args, caller, words) => {
  const told = await tell(listAppointments, args, contextOf({ crm, caller }));
  expect(told['message']).toMatch(words);
  expect(told['appointments'] ?? []).toEqual([]);
});
