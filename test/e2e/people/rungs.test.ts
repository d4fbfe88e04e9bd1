// Down the ladder, step by step: people who are not to be had, callers who hang up on the way, and a profile whose only step
// is the voicemail.
import { expect, test, vi } from 'vitest';
import type { Person } from '../../../src/simulator/phone/people.ts';
import type { Desk } from '../desk.ts';
import { openOffice, routedTo, saidTo } from './ladder-rig.ts';

vi.setConfig({ testTimeout: 90_000 });

const SALES = '+12025550111';
const FRONT = '+12025550112';
const UNAVAILABLE = 'Our assistant is not available just now.';
const NOBODY = (name: string): string => `Sorry, nobody is available for ${name} just now.`;
const CONNECTING = (name: string): string => `Connecting you to ${name}.`;
const BEEP = 'After the beep.';
const NO_MODEL = ['refuse-upgrade:status=401,times=always'];

const profile = (steps: string, sales = 'cold'): string => `
fallback: { within_s: 2, steps: ${steps} }
destinations:
  sales: { to: '${SALES}', description: Sells, spoken: Sales, transfer: ${sales}, ring_s: 5 }
  front: { to: '${FRONT}', description: Everything else, spoken: the front desk, ring_s: 5 }
voicemail: { greeting: ${BEEP} }
`;

async function nobodyIsLeft(desk: Desk): Promise<void> {
  await vi.waitFor(() => expect([...desk.network.calls.values()].filter(({ ended }) => !ended)).toEqual([]), {
    timeout: 15_000,
  });
  expect(desk.network.alone()).toEqual([]);
}

interface Row {
  readonly person: string;
  readonly by: 'cold' | 'warm';
  readonly does: Omit<Person, 'number'>;
  readonly is: readonly string[];
}

test.concurrent.for<Row>([
  { person: 'is busy', by: 'cold', does: { does: 'busy' }, is: ['busy'] },
  { person: 'does not answer', by: 'cold', does: { does: 'no-answer' }, is: ['no-answer'] },
  { person: 'has no such number', by: 'cold', does: { does: 'fails' }, is: ['failed'] },
  {
    person: 'hangs up at once',
    by: 'cold',
    does: { does: 'answers', leavesAfterMs: 1_500 },
    is: ['joined', 'hung-up'],
  },
  { person: 'is busy', by: 'warm', does: { does: 'busy' }, is: ['busy'] },
  { person: 'does not answer', by: 'warm', does: { does: 'no-answer' }, is: ['no-answer'] },
  {
    person: 'presses nothing',
    by: 'warm',
    does: { does: 'answers' },
    is: ['briefed', 'declined'],
  },
  {
    person: 'hangs up in the briefing',
    by: 'warm',
    does: { does: 'answers', hangsUpAfterMs: 1_500 },
    is: ['briefed', 'declined'],
  },
  {
    person: 'takes the call, and hangs up at once',
    by: 'warm',
    does: { does: 'answers', keys: [{ press: '1', afterMs: 1_000 }], leavesAfterMs: 1_500 },
    is: ['briefed', 'joined', 'left', 'hung-up'],
  },
])('$by, and whoever is called $person: the next step', async ({ by, does, is }, context) => {
  const steps = '[{ destination: sales }, { destination: front }, voicemail, apology]';
  const desk = await openOffice(context, {
    profile: profile(steps, by),
    faults: NO_MODEL,
    people: [
      { number: SALES, ...does },
      { number: FRONT, does: 'busy' },
    ],
  });
  const call = desk.place({ patienceMs: 120_000 });
  await call.until('recording');
  call.hangUp();
  const outcome = await call.done;
  expect(outcome.errors).toEqual([]);
  expect(routedTo(desk, call)).toEqual(['fallback', 'sales', 'front', 'voicemail', 'nowhere']);
  expect(desk.told(call, 'person')).toMatchObject([
    ...is.map((one) => ({ destination: 'sales', is: one })),
    { destination: 'front', is: 'busy' },
  ]);
  expect(saidTo(call)).toEqual([
    `${UNAVAILABLE} ${CONNECTING('Sales')}`,
    `${NOBODY('Sales')} ${CONNECTING('the front desk')}`,
    `${NOBODY('the front desk')} ${BEEP}`,
  ]);
  expect(desk.network.callsTo(SALES), 'rung once').toHaveLength(1);
  await nobodyIsLeft(desk);
});

test.concurrent(
  'a menu that nobody answers, then a person who is not there, then the voicemail',
  async (context) => {
    const desk = await openOffice(context, {
      profile: profile('[menu, { destination: front }, voicemail, apology]'),
      faults: NO_MODEL,
      people: [{ number: FRONT, does: 'busy' }],
    });
    const call = desk.place({ patienceMs: 120_000 });
    await call.until('recording');
    call.hangUp();
    await call.done;
    expect(routedTo(desk, call)).toEqual([
      'fallback',
      'menu',
      'menu',
      'menu',
      'front',
      'voicemail',
      'nowhere',
    ]);
  },
);

test.concurrent.for([{ by: 'cold' }, { by: 'warm' }])(
  '$by: a caller who hangs up while somebody rings: it stops ringing',
  async ({ by }, context) => {
    const desk = await openOffice(context, {
      profile: profile('[{ destination: sales }, voicemail, apology]', by),
      faults: NO_MODEL,
      people: [{ number: SALES, does: 'answers', ringsMs: 4_900 }],
    });
    const call = desk.place({ patienceMs: 120_000 });
    const person = await desk.network.called(SALES);
    await person.until('ringing');
    call.hangUp();
    await Promise.all([call.done, person.done]);
    expect(person.events.some(({ type }) => type === 'connected')).toBe(false);
    await vi.waitFor(() => expect(routedTo(desk, call).at(-1)).toBe('nowhere'), { timeout: 15_000 });
    expect(desk.network.calls.size, 'nobody else is called').toBe(2);
    await nobodyIsLeft(desk);
  },
);

test.concurrent('the voicemail alone is a ladder too: for a line as busy as it may be', async (context) => {
  const desk = await openOffice(context, {
    profile: `${profile('[voicemail]')}limits: { calls_at_once: 1 }`,
  });
  const first = desk.place({ patienceMs: 120_000 });
  await first.until('agentStarted');
  const second = desk.place({ from: '+15550100124', patienceMs: 120_000 });
  await second.until('recording');
  second.hangUp();
  await second.done;
  expect(saidTo(second)).toEqual([`${UNAVAILABLE} ${BEEP}`]);
  expect(first.ended).toBe(false);
  first.hangUp();
  await first.done;
  expect(await desk.record(second)).toMatchObject({ outcome: 'lines-busy' });
});
