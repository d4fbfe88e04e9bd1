import { expect, test } from 'vitest';
import type { Closing } from '../../src/agents/holidays.ts';
import { profileSchema } from '../../src/agents/profile.ts';
import { checkPeople } from '../../src/cli/people-checks.ts';
import { readConfig, type Environment } from '../../src/config.ts';

/** A Monday, 11:00 in UTC. */
const MONDAY_MS = Date.UTC(2026, 10, 23, 11);
const CARRIER = { TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`, TWILIO_AUTH_TOKEN: 'token' };
const MAIL = { SMTP_URL: 'smtp://mail.example.com', MAIL_FROM: 'desk@example.com' };

const profile = (fields: object) =>
  profileSchema().parse({ name: 'Desk', numbers: '*', greeting: 'Hello.', instructions: 'Help.', ...fields });

const found = (fields: object, environment: Environment = CARRIER) =>
  Array.from(
    checkPeople(readConfig(environment), [profile(fields)], MONDAY_MS),
    ({ verdict, what, says }) => `${verdict} ${what}: ${says}`,
  );

const PEOPLE = {
  destinations: {
    sales: { to: '+12025550111', description: 'S', transfer: 'warm' },
    lab: { to: 'sip:ada@lab.example.com', description: 'L', transfer: 'refer' },
    night: { to: '+12025550113', description: 'N', hours: { weekdays: '20:00-23:00' } },
  },
};

test('nothing is said of a profile without people', () => {
  expect(found({})).toEqual([]);
});

test('whom callers can be sent to, masked, and who is closed now; then the ladder in one line', () => {
  const fallback = { within_s: 6, steps: ['menu', { destination: 'sales' }, 'apology'] };
  const [people] = found({ ...PEOPLE, fallback });
  expect(people).toBe(
    'ok people: Desk: sales +1202•••••11 (warm), lab sip:•••@lab.example.com (refer), night +1202•••••13 (cold, closed now); ' +
      'without a model for 6 s: menu → sales → apology',
  );
});

test('who may hand callers to whom, and who takes nobody now', () => {
  const to = (agent: string) => ({ agent, description: 'D' });
  const desk = profile({
    hand_over_to: { invoices: to('Billing'), night: to('Night') },
    tools: ['hand_over'],
  });
  const billing = profile({ name: 'Billing', hand_over_to: { back: to('Desk') }, tools: ['hand_over'] });
  const closed = { hours: { weekdays: '20:00-23:00' }, closed: { greeting: 'Closed.', then: 'hang_up' } };
  const says = (...profiles: ReturnType<typeof profile>[]) =>
    Array.from(checkPeople(readConfig(CARRIER), profiles, MONDAY_MS), (finding) => finding.says);
  expect(says(desk, billing, profile({ name: 'Night', ...closed }))[0]).toBe(
    'Desk: hands callers over to invoices (Billing), night (Night, closed now)\n' +
      'Billing: hands callers over to back (Desk)\n' +
      'Night: closed now: a goodbye',
  );
  const answers = { ...closed, closed: { greeting: 'Hello.', then: 'agent' } };
  expect(says(desk, billing, profile({ name: 'Night', ...answers }))[0], 'its agent takes them').toContain(
    'night (Night)\n',
  );
});

test.each([
  ['voicemail', 'closed now: voicemail'],
  ['hang_up', 'closed now: a goodbye'],
  ['agent', 'closed now: the agent answers'],
  [{ destination: 'sales' }, 'closed now: sales'],
])('closed, then %j', (then, says) => {
  const fields = { ...PEOPLE, hours: { weekdays: '14:00-18:00' }, voicemail: {} };
  expect(found({ ...fields, closed: { greeting: 'Closed.', then } })[0]).toContain(says);
  const open = { ...fields, hours: { weekdays: '10:00-18:00' } };
  expect(found({ ...open, closed: { greeting: 'Closed.', then } })[0]).not.toContain('closed now:');
});

test('messages by e-mail without a mail server would wait: a fault', () => {
  const mail = { voicemail: { deliver_to: ['desk@example.com'] } };
  expect(found(mail)).toEqual([
    'fault voicemail: Desk: messages go by e-mail, and SMTP_URL and MAIL_FROM are not set: they would wait for a day, and then be given up',
  ]);
  expect(found(mail, { ...CARRIER, ...MAIL })).toEqual(['ok voicemail: delivered: Desk']);
});

test('messages that nobody is brought are said to be so; posts without a secret too', () => {
  expect(found({ voicemail: {} })).toEqual([
    'ok voicemail: Desk: kept here, and brought to nobody (voicemail.deliver_to; npx liveline voicemails list)',
  ]);
  const posted = { voicemail: { deliver_to: ['https://crm.example.com/voicemail'] } };
  expect(found(posted)).toContain('note webhooks: Desk: what is posted is not signed; set WEBHOOK_SECRET');
  expect(found(posted, { ...CARRIER, WEBHOOK_SECRET: 'a-secret-of-the-tests' })).toEqual([
    'ok voicemail: delivered: Desk',
  ]);
  const popped = { to: '+12025550111', description: 'S', transfer: 'warm', screen_pop: 'https://a.example/' };
  expect(found({ destinations: { sales: popped } })).toContain(
    'note webhooks: Desk: what is posted is not signed; set WEBHOOK_SECRET',
  );
});

test('which countries are dialled; and that without credentials nobody is called', () => {
  expect(found(PEOPLE)).toContain(
    'ok dialling: any country; DIAL_COUNTRIES, such as US,CA, allows some only',
  );
  const words = found(PEOPLE, { DIAL_COUNTRIES: 'us,CA' });
  expect(words).toContain('ok dialling: US, CA only (DIAL_COUNTRIES)');
  expect(words.at(-1)).toMatch(/^note transfers: without TWILIO_ACCOUNT_SID/);
});

test('a calendar of which nothing is to come', () => {
  const read = (closing: Pick<Closing, 'on' | 'lasts'>) => {
    const desk = profile({ hours: { weekdays: '09:00-17:00', holidays: './holidays.ics' } });
    const holidays = { file: '/agents/holidays.ics', closings: [{ except: [], ...closing }] };
    return Array.from(
      checkPeople(readConfig(CARRIER), [{ ...desk, hours: { ...desk.hours!, holidays } }], MONDAY_MS),
      ({ what }) => what,
    );
  };
  const today = Math.floor(MONDAY_MS / 86_400_000);
  const once = (firstDay: number, days = 1) => ({ on: { firstDay, rule: undefined }, lasts: { days } });
  const yearly = {
    every: 'year' as const,
    interval: 1,
    months: [],
    monthDays: [],
    weekdays: [],
    positions: [],
    weekStart: 1,
  };
  expect(read(once(today - 1))).toContain('holidays');
  expect(read(once(today - 1, 2))).not.toContain('holidays');
  expect(read(once(today))).not.toContain('holidays');
  expect(read({ ...once(0), on: { firstDay: 0, rule: { ...yearly, untilDay: undefined } } })).not.toContain(
    'holidays',
  );
  expect(read({ ...once(0), on: { firstDay: 0, rule: { ...yearly, untilDay: 400 } } })).toContain('holidays');
});

test('what is most likely not meant is noted after who there is', () => {
  const [people, noted] = found(PEOPLE);
  expect(people).toMatch(/^ok people: /);
  expect(noted).toMatch(/^note people: Desk: nobody is connected with sales, lab, night;/);
});
