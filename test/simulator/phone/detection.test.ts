import fc from 'fast-check';
import { expect, test } from 'vitest';
import { USUAL_DETECTION, verdictOf, type JudgedAs } from '../../../src/simulator/phone/detection.ts';
import { utterancesOf, type PickUp } from '../../../src/simulator/phone/greeting.ts';

const soon = { ...USUAL_DETECTION, waitsForMessageEnd: false, callback: undefined };
const late = { ...soon, waitsForMessageEnd: true };
const MACHINE: PickUp = {
  is: 'machine',
  greeting: 'This is the voicemail of Ada. Please leave a message after the tone, thank you.',
  beeps: true,
};
const NO_BEEP: PickUp = { ...MACHINE, beeps: false };
const HUMAN: PickUp = { is: 'human', says: 'Hello?' };
const [greeting, beep] = utterancesOf(MACHINE);
const greetedMs = (greeting?.atMs ?? 0) + (greeting?.ms ?? 0);
const beepedMs = (beep?.atMs ?? 0) + (beep?.ms ?? 0);

test('the greeting of this machine is long enough to be told from a human', () => {
  expect(greeting?.ms).toBeGreaterThan(USUAL_DETECTION.speechMs);
  expect(beep?.ms).toBe(500);
});

test.each([
  ['a machine, at once', MACHINE, soon, { answeredBy: 'machine_start', afterMs: 2_900 }],
  ['a machine, at its beep', MACHINE, late, { answeredBy: 'machine_end_beep', afterMs: beepedMs + 200 }],
  [
    'a machine without a beep, at its silence',
    NO_BEEP,
    late,
    { answeredBy: 'machine_end_silence', afterMs: greetedMs + 1_200 },
  ],
  ['a human who says nothing', { is: 'human' } as const, soon, { answeredBy: 'unknown', afterMs: 5_000 }],
  ['a fax', { is: 'fax' } as const, late, { answeredBy: 'fax', afterMs: 2_800 }],
])('%s', (_, pickUp, detection, verdict) => {
  expect(verdictOf(pickUp, undefined, detection)).toEqual(verdict);
});

test('a human is told once the word is over and silence follows', () => {
  const word = utterancesOf(HUMAN)[0]!;
  const verdict = { answeredBy: 'human', afterMs: word.atMs + word.ms + 1_200 };
  expect(verdictOf(HUMAN, undefined, soon)).toEqual(verdict);
  expect(verdictOf(HUMAN, undefined, late)).toEqual(verdict);
});

test('the greeting may be longer than it listens', () => {
  expect(verdictOf(MACHINE, undefined, { ...late, timeoutMs: 3_000 })).toEqual({
    answeredBy: 'unknown',
    afterMs: 3_000,
  });
});

test('whoever they are taken for, one verdict comes in time', () => {
  const judged = fc.constantFrom<JudgedAs | undefined>(undefined, 'human', 'machine', 'fax', 'unknown');
  const pickUp = fc.constantFrom<PickUp>(HUMAN, MACHINE, NO_BEEP, { is: 'human' }, { is: 'fax' });
  fc.assert(
    fc.property(
      pickUp,
      judged,
      fc.boolean(),
      fc.integer({ min: 3_000, max: 59_000 }),
      (who, as, waits, timeoutMs) => {
        const verdict = verdictOf(who, as, { ...soon, waitsForMessageEnd: waits, timeoutMs });
        expect(verdict.afterMs).toBeGreaterThan(0);
        expect(verdict.afterMs).toBeLessThanOrEqual(timeoutMs);
        const said = verdict.answeredBy.split('_')[0];
        const silent = who.is === 'human' && who.says === undefined;
        if (!silent && verdict.afterMs < timeoutMs) expect(said).toBe(as ?? who.is);
      },
    ),
  );
});
