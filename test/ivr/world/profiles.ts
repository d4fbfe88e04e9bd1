// Profiles of all kinds that the schema accepts.
import fc from 'fast-check';
import { profileSchema, type Profile } from '../../../src/agents/profile.ts';
import { OURS } from '../routes-rig.ts';

export interface Offices {
  /** The first is in force; an operator may put others of the same name in its place. */
  readonly versions: readonly Profile[];
  /** Of a destination: what no account dials, by the guard of this run. */
  readonly refused: ReadonlySet<string>;
}

/** The walk begins on a Monday at ten in New York; one closes while it goes on. */
const HOURS = [undefined, undefined, undefined, { mon: '10:00-10:04' }, { mon: '09:00-09:30' }];
const NAMES = ['sales', 'billing', 'support', 'lab'] as const;

const destination = fc.record({
  transfer: fc.constantFrom('cold', 'warm', 'warm', 'queue', 'queue', 'refer'),
  ring_s: fc.constantFrom(5, 20, 60),
  caller_id: fc.constantFrom('caller', 'ours'),
  hours: fc.constantFrom(...HOURS),
  callback: fc.constantFrom('on', 'off'),
  longest_wait_min: fc.constantFrom(1, 10),
  pops: fc.boolean(),
  moved: fc.nat(3).map((one) => one === 0),
  renamed: fc.nat(7).map((one) => one === 0),
  refused: fc.nat(7).map((one) => one === 0),
});

const wishes = fc.record({
  destinations: fc.array(destination, { maxLength: NAMES.length, size: 'max' }),
  steps: fc.shuffledSubarray(['menu', ...NAMES]),
  end: fc.constantFrom(['voicemail', 'apology'], ['voicemail'], ['apology']),
  voicemail: fc.boolean(),
  closed: fc.constantFrom('agent', 'voicemail', 'hang_up', 'sales', 'billing', 'support'),
});

const versions = wishes.map(({ destinations, steps, end, voicemail, closed }) => {
  const written = destinations.map(({ pops, refused, transfer, hours, moved, renamed, ...rest }, at) => {
    const to = transfer === 'refer' ? `sip:${NAMES[at]!}@example.com` : `+120255501${moved ? 2 : 1}${at}`;
    const more = { ...(hours && { hours }), ...(pops && { screen_pop: 'https://crm.example.com/pop' }) };
    return {
      name: renamed ? `${NAMES[at]!}_desk` : NAMES[at]!,
      refused,
      file: { ...rest, ...more, to, transfer, description: 'Somebody' },
    };
  });
  const has = (name: string): boolean => written.some((one) => one.name === name);
  const ladder = steps
    .filter((step) => step === 'menu' || has(step))
    .map((step) => (step === 'menu' ? step : { destination: step }));
  const then = ['agent', 'voicemail', 'hang_up'].includes(closed)
    ? closed
    : has(closed)
      ? { destination: closed }
      : 'agent';
  const profile = profileSchema().parse({
    ...{ name: 'Desk', numbers: [OURS], instructions: 'Be kind.', greeting: 'Hello!' },
    time_zone: 'America/New_York',
    destinations: Object.fromEntries(written.map(({ name, file }) => [name, file])),
    ...(voicemail && { voicemail: { greeting: 'Please leave a message.' } }),
    hours: { mon: '09:00-17:00' },
    closed: { greeting: 'We are closed.', then },
    fallback: { steps: [...ladder, ...end] },
  });
  return { profile, refused: written.filter(({ refused }) => refused).map(({ file }) => file.to) };
});

export const offices: fc.Arbitrary<Offices> = fc
  .array(versions, { minLength: 1, maxLength: 3, size: 'max' })
  .map((written) => ({
    versions: written.map(({ profile }) => profile),
    refused: new Set(written.flatMap(({ refused }) => refused)),
  }));
