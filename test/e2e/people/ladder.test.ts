// Every way in which a model can be of no use, with every ladder: the caller gets to the right step within the profile's
// time. Prints how long each took.
import { afterAll, test, vi } from 'vitest';
import type { FaultSource } from '../../../src/simulator/model/faults/fault.ts';
import type { PhoneCall } from '../../../src/simulator/phone/call.ts';
import type { Desk } from '../desk.ts';
import { durationMs, wav } from '../rig.ts';
import { atPhone, GREETING, openOffice, routedTo, saidTo, YES } from './ladder-rig.ts';

vi.setConfig({ testTimeout: 90_000 });

const WITHIN_MS = 2_000;
/** A busy machine takes its time, and so does a line that is being closed. */
const GRACE_MS = 15_000;

interface Fault {
  readonly name: string;
  readonly faults: readonly FaultSource[];
  readonly environment?: Readonly<Record<string, string>>;
  /** From when on it could be known that there is no model. */
  readonly known: (desk: Desk, call: PhoneCall) => number | undefined;
  readonly greeted: boolean;
}

const opened = (desk: Desk, call: PhoneCall): number | undefined =>
  atPhone(desk, call, desk.told(call, 'line-opened')[0]?.atMs ?? 0);
const lost = (desk: Desk, call: PhoneCall): number | undefined => {
  const [switching] = desk.told(call, 'session-switching');
  return switching && atPhone(desk, call, switching.atMs);
};
const givenUp = (desk: Desk, call: PhoneCall): number | undefined => {
  const last = desk.told(call, 'watchdog').find(({ did }) => did === 'gave up');
  return last && atPhone(desk, call, last.atMs);
};
const QUOTA = 'You exceeded your current quota, please check your plan and billing details.';

const FAULTS: readonly Fault[] = [
  { name: 'setup refused', faults: ['refuse-setup:code=1007,times=always'], known: opened, greeted: false },
  { name: 'key refused', faults: ['refuse-upgrade:status=401,times=always'], known: opened, greeted: false },
  {
    name: 'nobody at its port',
    faults: [],
    environment: { GEMINI_BASE_URL: 'http://127.0.0.1:1' },
    known: opened,
    greeted: false,
  },
  { name: 'HTTP 429', faults: ['refuse-upgrade:status=429,times=always'], known: opened, greeted: false },
  {
    name: 'quota in a 1011',
    faults: [{ fault: 'refuse-setup', code: 1011, reason: QUOTA, times: 'always' }],
    known: opened,
    greeted: false,
  },
  { name: 'too slow', faults: ['never-ready:times=always'], known: opened, greeted: false },
  {
    name: 'lost, and refused',
    faults: ['drop:on=agent-speaking,after=300ms', 'refuse-upgrade:status=401,nth=2,times=always'],
    known: lost,
    greeted: true,
  },
  {
    name: 'lost, and away',
    faults: ['drop:on=agent-speaking,after=300ms', 'refuse-upgrade:nth=2,times=always'],
    known: lost,
    greeted: true,
  },
  {
    name: 'silent',
    faults: ['mute:on=caller-speaking,times=always', 'mute:on=ready,nth=2,times=always'],
    known: givenUp,
    greeted: true,
  },
];

const DESTINATION = '+12025550111';
const UNAVAILABLE = 'Our assistant is not available just now.';
const BEEP = 'Please speak after the beep.';

interface Ladder {
  readonly name: string;
  readonly steps: string;
  /** Undefined: nowhere; the apology alone is said in the agent's place. */
  readonly to: string | undefined;
  /** What the caller hears first. */
  readonly says: readonly string[];
  /** The caller is on the step. */
  readonly on: (call: PhoneCall) => Promise<unknown>;
  /** What they do there; left out: they listen. */
  readonly then?: (call: PhoneCall) => void;
  readonly hungUpBy: 'server' | 'caller';
}

const LADDERS: readonly Ladder[] = [
  {
    name: 'apology',
    steps: '[apology]',
    to: undefined,
    says: [],
    on: (call) => call.until('streamClosed'),
    hungUpBy: 'server',
  },
  {
    name: 'voicemail',
    steps: '[voicemail]',
    to: 'voicemail',
    says: [`${UNAVAILABLE} ${BEEP}`],
    on: (call) => call.until('recording'),
    then: (call) => call.say(wav('caller/yes')),
    hungUpBy: 'server',
  },
  {
    name: 'menu first',
    steps: '[menu, voicemail, apology]',
    to: 'menu',
    says: [UNAVAILABLE, 'For Sales, press 1.', 'To leave a message, press 2.'],
    on: (call) => call.until('said-by-carrier', ({ text }) => text.includes('press 2')),
    then: (call) => call.hangUp(),
    hungUpBy: 'caller',
  },
  {
    name: 'a person first',
    steps: '[{ destination: sales }, voicemail, apology]',
    to: 'sales',
    says: [`${UNAVAILABLE} Connecting you to Sales.`],
    on: (call) => call.until('connected'),
    then: (call) => call.hangUp(),
    hungUpBy: 'caller',
  },
];

const profileOf = (steps: string): string => `
fallback: { within_s: ${WITHIN_MS / 1_000}, steps: ${steps} }
destinations: { sales: { to: '${DESTINATION}', description: Who sells, spoken: Sales } }
voicemail: { greeting: '${BEEP}' }
`;

/** The stream is closed once the apology was heard. */
const firstWordMs = (call: PhoneCall, { to }: Ladder): number =>
  to === undefined
    ? call.events.find(({ type }) => type === 'streamClosed')!.atMs - durationMs('prompts/apology-en')
    : call.events.find(({ type }) => type === 'said-by-carrier')!.atMs;

const took = new Map<string, string>();
const cases = FAULTS.flatMap((fault) =>
  LADDERS.map((ladder): [string, string, Fault, Ladder] => [fault.name, ladder.name, fault, ladder]),
);

test.concurrent.for(cases)('%s: %s', async ([, , fault, ladder], context) => {
  const { expect } = context;
  const desk = await openOffice(context, {
    profile: profileOf(ladder.steps),
    faults: fault.faults,
    ...(fault.environment && { environment: fault.environment }),
    people: [{ number: DESTINATION, does: 'answers' }],
  });
  const call = desk.place({ script: fault.greeted ? [YES] : [], patienceMs: 60_000, quietMs: 1_500 });
  await ladder.on(call);
  ladder.then?.(call);
  const outcome = await call.done;
  const knownMs = fault.known(desk, call);
  const ms = Math.round(firstWordMs(call, ladder) - (knownMs ?? NaN));
  took.set(`${fault.name} ${ladder.name}`, `${ladder.to ?? 'apology'} ${ms}`);

  expect(outcome.errors).toEqual([]);
  expect(outcome.hungUpBy).toBe(ladder.hungUpBy);
  expect(outcome.streams, 'the agent had the caller once').toBe(1);
  expect(saidTo(call).slice(0, ladder.says.length)).toEqual(ladder.says);
  expect(routedTo(desk, call).slice(0, 2)).toEqual(ladder.to === undefined ? [] : ['fallback', ladder.to]);
  expect(desk.told(call, 'call-ended')).toMatchObject([{ reason: 'model-failed' }]);
  const agentSaid = desk
    .told(call, 'transcript')
    .flatMap(({ entry }) => (entry.who === 'agent' ? [entry.heard] : []));
  if (fault.greeted) expect(agentSaid.join(' ')).toContain(GREETING);
  else expect(agentSaid.join('')).toBe('');
  // Without a ladder a model that is there and silent is kept: perhaps nothing was said to us. The silence of the caller ends it.
  if (fault.name === 'silent' && ladder.to === undefined) return;
  expect(ms).toBeLessThan(WITHIN_MS + GRACE_MS);
});

afterAll(() => {
  const rows = [
    ['fault', ...LADDERS.map(({ name }) => name)],
    ...FAULTS.map(({ name }) => [
      name,
      ...LADDERS.map((ladder) => took.get(`${name} ${ladder.name}`) ?? 'not run'),
    ]),
  ];
  const widths = rows[0]!.map((_, n) => Math.max(...rows.map((row) => row[n]!.length)));
  const lines = rows.map((row) =>
    row
      .map((cell, n) => cell.padEnd(widths[n]!))
      .join('  ')
      .trimEnd(),
  );
  console.log(
    [
      `the step, and the ms from when there was no model until its first word; within_s: ${WITHIN_MS / 1_000}`,
      ...lines,
    ].join('\n'),
  );
});
