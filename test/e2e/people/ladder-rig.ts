// One call to a line whose model is of no use, and what the caller met in its place: the words, the verbs, and how long it
// took. Knows no assertion.
import type { TestContext } from 'vitest';
import { systemClock } from '../../../src/base/clock.ts';
import { fastClock } from '../../../src/simulator/fast-clock.ts';
import type { FaultSource } from '../../../src/simulator/model/faults/fault.ts';
import type { ScriptSource } from '../../../src/simulator/model/script.ts';
import type { PhoneCall } from '../../../src/simulator/phone/call.ts';
import type { Person } from '../../../src/simulator/phone/people.ts';
import { openDesk, type Desk, type DeskOptions } from '../desk.ts';
import { wav } from '../rig.ts';

/** Of the real time. */
const SPEED = 3;

export const GREETING = 'Hello, harbour office.';
export const ANSWER = 'Then Thursday at nine it is, and please bring your insurance card along.';
export const TALKS: ScriptSource = {
  name: 'talks',
  greeting: { say: GREETING },
  turns: [{ hears: 'Yes, please.', steps: [{ say: ANSWER }] }],
  otherwise: { steps: [{ say: 'Go on.' }] },
};

export type OfficeOptions = Pick<DeskOptions, 'profile' | 'files' | 'environment'> & {
  readonly script?: ScriptSource;
  readonly faults?: readonly FaultSource[];
  readonly people?: readonly Person[];
  readonly speed?: number;
};

/** A desk on a fast clock, and the people whom it can call. */
export async function openOffice(
  context: Pick<TestContext, 'onTestFinished'>,
  options: OfficeOptions,
): Promise<Desk> {
  const { script = TALKS, faults = [], people = [], speed = SPEED, ...desk } = options;
  const opened = await openDesk(context, {
    ...desk,
    script,
    model: { faults },
    clock: fastClock(speed, systemClock),
  });
  for (const person of people) opened.network.addPerson(person);
  return opened;
}

export const YES = { say: wav('caller/yes') } as const;

/** All that the carrier's voice has said, in order. */
export const saidTo = (call: PhoneCall): string[] =>
  call.events.flatMap((event) => (event.type === 'said-by-carrier' ? [event.text] : []));

/** Where the caller was sent, in order. */
export const routedTo = (desk: Desk, call: PhoneCall): string[] =>
  desk.told(call, 'routed').map(({ to }) => to);

/** Since the call was placed, as the phone counts: of a time that the server tells since it was answered. */
export function atPhone(desk: Desk, call: PhoneCall, atMs: number): number {
  const opened = call.events.find(({ type }) => type === 'streamOpened')?.atMs ?? 0;
  return opened + atMs - (desk.told(call, 'line-opened')[0]?.atMs ?? 0);
}
