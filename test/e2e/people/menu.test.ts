// The keypad menu of a line without a model, in the profile's language: every key, no key, keys too soon, and people who are
// not to be had.
import { expect, test, vi } from 'vitest';
import type { PhoneCall } from '../../../src/simulator/phone/call.ts';
import type { Person } from '../../../src/simulator/phone/people.ts';
import type { CallerStep } from '../../../src/simulator/phone/script.ts';
import type { Desk } from '../desk.ts';
import { openOffice, routedTo, saidTo, YES } from './ladder-rig.ts';

vi.setConfig({ testTimeout: 90_000 });

const COLD = '+12025550111';
const WARM = '+12025550112';
const QUEUE = '+12025550113';
const BUSY = '+12025550114';
const DECLINES = '+12025550115';

const NEVER = "hours: { dates: { 2020-01-01: '09:00-10:00' } }";
const profile = (hours = ''): string => `
language: de-DE
fallback: { within_s: 2, steps: [menu, voicemail, apology] }
destinations:
  rechnungen: { to: '${COLD}', description: Bills, spoken: Rechnungen${hours} }
  vertrieb: { to: '${WARM}', description: Sales, spoken: den Vertrieb, transfer: warm${hours} }
  technik: { to: '${QUEUE}', description: Repairs, spoken: die Technik, transfer: queue${hours} }
  lager: { to: '${BUSY}', description: Stock, spoken: das Lager${hours} }
  werkstatt: { to: '${DECLINES}', description: Workshop, spoken: die Werkstatt, transfer: warm${hours} }
  leitung: { to: '+12025550116', description: The boss, spoken: die Leitung, ${NEVER} }
voicemail: { greeting: Bitte sprechen Sie nach dem Ton. }
`;
const PEOPLE: readonly Person[] = [
  { number: COLD, does: 'answers', leavesAfterMs: 6_000 },
  { number: WARM, does: 'answers', keys: [{ press: '1', afterMs: 3_000 }], leavesAfterMs: 6_000 },
  { number: QUEUE, does: 'answers', keys: [{ press: '1', afterMs: 3_000 }], leavesAfterMs: 6_000 },
  { number: BUSY, does: 'busy', ringsMs: 500 },
  { number: DECLINES, does: 'answers', keys: [{ press: '2', afterMs: 1_000 }] },
];

const WHY = 'Unser Assistent ist im Moment leider nicht erreichbar.';
const AGAIN = 'Das haben wir leider nicht verstanden. Bitte wählen Sie noch einmal.';
const LEAVE = 'Um eine Nachricht zu hinterlassen, drücken Sie die 7.';
const LIST = [
  'Für Rechnungen drücken Sie die 1.',
  'Für den Vertrieb drücken Sie die 2.',
  'Für die Technik drücken Sie die 3.',
  'Für das Lager drücken Sie die 4.',
  'Für die Werkstatt drücken Sie die 5.',
  LEAVE,
];
const BEEP = 'Bitte sprechen Sie nach dem Ton.';
const NOBODY = (name: string): string => `Für ${name} ist im Moment leider niemand erreichbar.`;

/** A key comes while the sentence behind the one that it answers has begun, or has not. */
const unlisted = (call: PhoneCall): string[] => saidTo(call).filter((text) => !LIST.includes(text));

const NO_MODEL = ['refuse-upgrade:status=401,times=always'];
/** Once all choices were read out. */
const pressed = (key: string): CallerStep => ({ press: key, when: { spoken: /hinterlassen/ } });
const leavesAtBeep = (call: PhoneCall): Promise<void> =>
  call.until('recording').then(
    () => call.hangUp(),
    () => undefined,
  );

const office = (context: Parameters<typeof openOffice>[0], hours?: string): Promise<Desk> =>
  openOffice(context, { profile: profile(hours), faults: NO_MODEL, people: PEOPLE });

/** No call that the network placed is left, and nobody sits in a conference by themselves. */
async function nobodyIsLeft(desk: Desk): Promise<void> {
  await vi.waitFor(() => expect([...desk.network.calls.values()].filter(({ ended }) => !ended)).toEqual([]), {
    timeout: 15_000,
  });
  expect(desk.network.alone()).toEqual([]);
}

test.concurrent.for([
  { key: '1', to: 'rechnungen', number: COLD, by: 'a cold transfer' },
  { key: '2', to: 'vertrieb', number: WARM, by: 'a warm one, without an agent to brief' },
  { key: '3', to: 'technik', number: QUEUE, by: 'a queue' },
])('key $key: a person, by $by', async ({ key, to, number }, context) => {
  const desk = await office(context);
  const call = desk.place({ script: [pressed(key)] });
  await call.until('connected');
  const outcome = await call.done;

  expect(outcome).toMatchObject({ errors: [], hungUpBy: 'server' });
  expect(routedTo(desk, call)).toEqual(['fallback', 'menu', to, 'goodbye']);
  const said = saidTo(call);
  expect(said.slice(0, 7)).toEqual([WHY, ...LIST]);
  expect(said[7]).toMatch(/^Sie werden jetzt verbunden: (den |die )?\w+\.$/);
  const [person, ...others] = desk.network.callsTo(number);
  expect(others).toEqual([]);
  expect(person!.events.filter(({ type }) => type === 'connected')).toMatchObject([{ with: call.callSid }]);
  const told = saidTo(person!).join(' ');
  if (key === '2') expect(told).toContain('Ein Anruf für den Vertrieb, von der Nummer');
  if (key === '3') expect(told).toContain('In der Warteschlange für die Technik wartet ein Anruf.');
  if (key === '3')
    expect(said).toContainEqual(expect.stringContaining('Sie sind als Nächstes an der Reihe.'));
  await nobodyIsLeft(desk);
});

test.concurrent.for([
  { key: '4', name: 'das Lager', to: 'lager', person: ['busy'] },
  { key: '5', name: 'die Werkstatt', to: 'werkstatt', person: ['briefed', 'declined'] },
])('key $key: nobody is there ($person), and the menu comes again', async (row, context) => {
  const { key, name, to, person } = row;
  const desk = await office(context);
  const again: CallerStep = { press: '7', when: { spoken: new RegExp(`${name} ist im Moment`) } };
  const call = desk.place({ script: [pressed(key), again] });
  await leavesAtBeep(call);
  await call.done;
  expect(routedTo(desk, call)).toEqual(['fallback', 'menu', to, 'menu', 'voicemail', 'nowhere']);
  expect(desk.told(call, 'person')).toMatchObject(person.map((is) => ({ destination: to, is })));
  const connecting = `Sie werden jetzt verbunden: ${name}.`;
  expect(unlisted(call)).toEqual([WHY, connecting, NOBODY(name), BEEP]);
  await nobodyIsLeft(desk);
});

test.concurrent('the voicemail has a key', async (context) => {
  const desk = await office(context);
  const call = desk.place({ script: [pressed('7')] });
  await leavesAtBeep(call);
  await call.done;
  expect(routedTo(desk, call)).toEqual(['fallback', 'menu', 'voicemail', 'nowhere']);
  expect(saidTo(call)).toEqual([WHY, ...LIST, BEEP]);
});

test.concurrent(
  'a key that leads nowhere, or to somebody who is not there: the menu, three times in all',
  async (context) => {
    const desk = await office(context);
    const after = (spoken: RegExp, press: string): CallerStep => ({ press, when: { spoken } });
    const call = desk.place({
      script: [after(/hinterlassen/, '9'), after(/noch einmal/, '6'), after(/noch einmal/, '#')],
    });
    await leavesAtBeep(call);
    await call.done;
    expect(routedTo(desk, call)).toEqual(['fallback', 'menu', 'menu', 'menu', 'voicemail', 'nowhere']);
    expect(unlisted(call)).toEqual([WHY, AGAIN, AGAIN, BEEP]);
    expect(desk.network.calls.size, 'nobody is called').toBe(1);
  },
);

test.concurrent('no key at all: the menu three times, and then the next step', async (context) => {
  const desk = await office(context);
  const call = desk.place({ patienceMs: 60_000 });
  await leavesAtBeep(call);
  await call.done;
  expect(routedTo(desk, call)).toEqual(['fallback', 'menu', 'menu', 'menu', 'voicemail', 'nowhere']);
  expect(saidTo(call)).toEqual([WHY, ...LIST, AGAIN, ...LIST, AGAIN, ...LIST, BEEP]);
});

test.concurrent('a key while it is still read out ends the reading', async (context) => {
  const desk = await office(context);
  const call = desk.place({ script: [{ press: '1', when: { spoken: /nicht erreichbar/ } }] });
  await call.until('connected');
  call.hangUp();
  await call.done;
  expect(routedTo(desk, call)).toEqual(['fallback', 'menu', 'rechnungen', 'nowhere']);
  expect(saidTo(call).length, 'sentences').toBeLessThan(5);
  await nobodyIsLeft(desk);
});

test.concurrent('whoever hangs up in it is gone, and nobody is called', async (context) => {
  const desk = await office(context);
  const call = desk.place({ script: [{ hangUp: true, when: { spoken: /Vertrieb/ } }] });
  await call.done;
  await vi.waitFor(() => expect(routedTo(desk, call)).toEqual(['fallback', 'menu', 'nowhere']), {
    timeout: 15_000,
  });
  expect(desk.network.calls.size).toBe(1);
  const record = await desk.record(call);
  expect(record).toMatchObject({ outcome: 'model-failed' });
});

test.concurrent('when everybody is closed only the voicemail is offered', async (context) => {
  const desk = await office(context, `, ${NEVER}`);
  const call = desk.place({ script: [pressed('1'), { press: '7', when: { spoken: /noch einmal/ } }] });
  await leavesAtBeep(call);
  await call.done;
  expect(routedTo(desk, call)).toEqual(['fallback', 'menu', 'menu', 'voicemail', 'nowhere']);
  expect(saidTo(call).filter((text) => text !== LEAVE)).toEqual([WHY, AGAIN, BEEP]);
  expect(desk.network.calls.size).toBe(1);
});

test.concurrent(
  'a line as busy as the profile lets it be: the menu for whoever comes then',
  async (context) => {
    const desk = await openOffice(context, {
      profile: `${profile()}limits: { calls_at_once: 1 }`,
      people: PEOPLE,
    });
    const first = desk.place({ patienceMs: 60_000 });
    await first.until('agentStarted');
    const second = desk.place({ from: '+15550100124', script: [pressed('7')] });
    await leavesAtBeep(second);
    await second.done;
    expect(second.events.filter(({ type }) => type === 'streamOpened')).toEqual([]);
    expect(routedTo(desk, second)).toEqual(['fallback', 'menu', 'voicemail', 'nowhere']);
    expect(saidTo(second)).toEqual([WHY, ...LIST, BEEP]);
    expect(desk.told(second, 'call-refused')).toMatchObject([{ why: 'lines-busy' }]);
    expect(first.ended, 'the other call goes on').toBe(false);
    first.hangUp();
    await first.done;
    expect(await desk.record(second)).toMatchObject({ outcome: 'lines-busy' });
  },
);

const TRANSFER = (destination: string): object => ({
  call: { name: 'transfer_call', args: { destination, reason: 'A part', briefing: 'Ada needs a part.' } },
});

test.concurrent.for([
  { to: 'lager', person: ['busy'], name: 'das Lager' },
  { to: 'werkstatt', person: ['briefed', 'declined'], name: 'die Werkstatt' },
])(
  'the agent dies while $to is called in vain: the ladder takes the caller',
  async ({ to, person, name }, context) => {
    const desk = await openOffice(context, {
      profile: `${profile()}tools: [transfer_call]`,
      script: {
        name: 'transfers',
        greeting: { say: 'Guten Tag.' },
        turns: [{ hears: 'Ja.', steps: [TRANSFER(to), { say: 'Ich verbinde.' }] }],
      },
      // Struck down by hand below, and refused from then on.
      faults: ['refuse-upgrade:status=401,nth=2,times=always'],
      people: [
        { number: BUSY, does: 'busy', ringsMs: 6_000 },
        { number: DECLINES, does: 'answers', ringsMs: 4_000, keys: [{ press: '2', afterMs: 1_000 }] },
      ],
    });
    const call = desk.place({ script: [YES, pressed('7')], patienceMs: 60_000 });
    await desk.network.called(to === 'lager' ? BUSY : DECLINES);
    desk.model.sessions.at(-1)!.terminate();
    await leavesAtBeep(call);
    const outcome = await call.done;
    expect(outcome).toMatchObject({ errors: [], streams: 1 });
    expect(desk.told(call, 'call-ended')).toMatchObject([{ reason: 'model-failed' }]);
    expect(desk.told(call, 'person')).toMatchObject(person.map((is) => ({ destination: to, is })));
    expect(routedTo(desk, call)).toEqual([to, 'menu', 'voicemail', 'nowhere']);
    expect(saidTo(call)).toEqual([NOBODY(name), ...LIST, BEEP]);
    await nobodyIsLeft(desk);
  },
);
