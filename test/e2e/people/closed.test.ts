// Calls that come outside of the hours, or on a holiday: what the profile says becomes of them, and what is recorded.
import { expect, test, vi } from 'vitest';
import type { CallPage } from '../../../src/records/record.ts';
import type { Person } from '../../../src/simulator/phone/people.ts';
import { wav } from '../rig.ts';
import { GREETING, openOffice, routedTo, saidTo, TALKS, YES } from './ladder-rig.ts';

vi.setConfig({ testTimeout: 90_000 });

const EMERGENCY = '+12025550121';
const DAY_MS = 86_400_000;
/** So many days from now, in UTC. */
const dayOf = (days: number): string => new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);

/** Open at all hours, but for today and whatever a test that runs at midnight takes for today. */
const CLOSED_TODAY = `every_day: '00:00-24:00', dates: { ${[-1, 0, 1].map((days) => `${dayOf(days)}: closed`).join(', ')} }`;
const NEVER_OPEN = "dates: { 2020-01-01: '09:00-10:00' }";
const WORDS = 'Harbour office. We are closed at the moment.';

const profile = (then: string, hours = NEVER_OPEN): string => `
time_zone: UTC
hours: { ${hours} }
closed: { greeting: '${WORDS}', then: ${then} }
destinations:
  emergency: { to: '${EMERGENCY}', description: At night, spoken: the technician on call }
voicemail: { greeting: After the beep. }
fallback: { steps: [voicemail, apology] }
`;

test.concurrent('hang_up: they are told so, and it is recorded', async (context) => {
  const desk = await openOffice(context, { profile: profile('hang_up') });
  const call = desk.place();
  const outcome = await call.done;
  expect(outcome).toMatchObject({ errors: [], hungUpBy: 'server', streams: 0 });
  expect(saidTo(call)).toEqual([WORDS]);
  expect(desk.model.sessions, 'no model is paid for it').toEqual([]);

  const record = await desk.record(call);
  expect(record).toMatchObject({ outcome: 'closed', from: call.from, profile: 'Desk', turns: [], tools: [] });
  await vi.waitFor(async () => {
    expect((await desk.record(call)).events).toContainEqual(
      expect.objectContaining({ type: 'routed', facts: { to: 'goodbye', why: 'it is closed' } }),
    );
  });
  const response = await fetch(`${desk.app.publicBaseUrl}/api/v1/calls?outcome=closed&limit=200`);
  const { calls } = (await response.json()) as CallPage;
  expect(calls.map(({ id }) => id)).toContain(call.callSid);
});

test.concurrent('agent: the agent answers, and says the other greeting', async (context) => {
  const desk = await openOffice(context, { profile: profile('agent', CLOSED_TODAY) });
  const call = desk.place({ script: [YES, { hangUp: true, when: 'agentQuiet' }] });
  const session = await desk.model.session(1);
  const { text } = await session.until('prompted');
  expect(text).toContain(WORDS);
  await call.done;
  expect(routedTo(desk, call)).toEqual(['nowhere']);
  expect(await desk.record(call)).toMatchObject({ outcome: 'caller-hung-up' });
});

test.concurrent.for([
  { when: 'a date is closed', hours: CLOSED_TODAY },
  { when: 'no day is open', hours: NEVER_OPEN },
])('voicemail, because $when', async ({ hours }, context) => {
  const desk = await openOffice(context, { profile: profile('voicemail', hours) });
  const call = desk.place({ patienceMs: 30_000 });
  await call.until('recording');
  call.say(wav('caller/leave-a-message'));
  const outcome = await call.done;
  expect(outcome).toMatchObject({ errors: [], hungUpBy: 'server', streams: 0 });
  expect(saidTo(call)).toEqual([`${WORDS} After the beep.`, 'Thank you for your message.']);
  expect(await desk.record(call)).toMatchObject({ outcome: 'closed' });
  expect(desk.model.sessions).toEqual([]);
});

test.concurrent('a destination: they are connected', async (context) => {
  const people: Person[] = [{ number: EMERGENCY, does: 'answers', leavesAfterMs: 7_000 }];
  const desk = await openOffice(context, { profile: profile('{ destination: emergency }'), people });
  const call = desk.place();
  await call.until('connected');
  const outcome = await call.done;
  expect(outcome).toMatchObject({ errors: [], hungUpBy: 'server', streams: 0 });
  expect(saidTo(call)).toEqual([`${WORDS} Connecting you to the technician on call.`]);
  expect(desk.network.callsTo(EMERGENCY)).toHaveLength(1);
  expect(desk.told(call, 'person')).toMatchObject([{ destination: 'emergency', is: 'joined' }]);
});

test.concurrent('a destination where nobody is: down the ladder', async (context) => {
  const people: Person[] = [{ number: EMERGENCY, does: 'busy' }];
  const desk = await openOffice(context, { profile: profile('{ destination: emergency }'), people });
  const call = desk.place({ patienceMs: 30_000 });
  await call.until('recording');
  call.hangUp();
  await call.done;
  expect(saidTo(call).slice(1)).toEqual([
    'Sorry, nobody is available for the technician on call just now. After the beep.',
  ]);
  expect(desk.told(call, 'person')).toMatchObject([{ destination: 'emergency', is: 'busy' }]);
  expect(await desk.record(call)).toMatchObject({ outcome: 'closed' });
});

/** An event, in the words of RFC 5545. */
const calendar = (...lines: readonly string[]): string =>
  [
    ...['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Test//EN', 'BEGIN:VEVENT', 'UID:one@example.com'],
    ...['DTSTAMP:20260101T000000Z', 'SUMMARY:Away', ...lines, 'END:VEVENT', 'END:VCALENDAR', ''],
  ].join('\r\n');
const bare = (day: string): string => day.replaceAll('-', '');
const stamp = (fromNowMs: number): string =>
  new Date(Date.now() + fromNowMs).toISOString().replaceAll(/[-:]|\.\d+/g, '');

test.concurrent.for([
  {
    event: 'on whole days, with today',
    lines: [`DTSTART;VALUE=DATE:${bare(dayOf(-1))}`, `DTEND;VALUE=DATE:${bare(dayOf(2))}`],
    closed: true,
  },
  {
    event: 'for these hours',
    lines: [`DTSTART:${stamp(-3_600_000)}`, `DTEND:${stamp(3_600_000)}`],
    closed: true,
  },
  {
    event: 'of another week',
    lines: [`DTSTART;VALUE=DATE:${bare(dayOf(-9))}`, `DTEND;VALUE=DATE:${bare(dayOf(-7))}`],
    closed: false,
  },
])('a calendar with an event $event: closed $closed', async ({ lines, closed }, context) => {
  const desk = await openOffice(context, {
    profile: profile('hang_up', "every_day: '00:00-24:00', holidays: ./holidays.ics"),
    files: { 'holidays.ics': calendar(...lines) },
    script: TALKS,
  });
  const call = desk.place({ script: [{ hangUp: true, when: 'agentQuiet' }] });
  await call.done;
  const heard = desk
    .told(call, 'transcript')
    .flatMap(({ entry }) => (entry.who === 'agent' ? [entry.heard] : []));
  expect(saidTo(call)).toEqual(closed ? [WORDS] : []);
  expect(heard.join(' ').includes(GREETING)).toBe(!closed);
  expect(await desk.record(call)).toMatchObject({ outcome: closed ? 'closed' : 'caller-hung-up' });
});
