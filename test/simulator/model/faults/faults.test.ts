// Which occurrence starts a fault, and how often it acts.
import { expect, test } from 'vitest';
import { silentLog } from '../../../../src/base/log.ts';
import { faultOf, textOf } from '../../../../src/simulator/model/faults/fault.ts';
import { Faults } from '../../../../src/simulator/model/faults/faults.ts';
import { ManualClock } from '../../../doubles/manual-clock.ts';

function rig(...asked: string[]) {
  const clock = new ManualClock();
  const acted: string[] = [];
  const faults = new Faults(asked.map(faultOf), {
    clock,
    log: silentLog,
    onFault: (fault, session) => acted.push(`${textOf(fault)} @${session ?? 'none'}`),
  });
  return { clock, faults, acted };
}

test.each<[string, boolean[]]>([
  ['drop:on=idle', [true, false, false, false]],
  ['drop:on=idle,nth=3', [false, false, true, false]],
  ['drop:on=idle,nth=2,times=2', [false, true, true, false]],
  ['drop:on=idle,times=always', [true, true, true, true]],
  ['drop:on=idle,every=2s', [true, true, true, true]],
  ['drop:on=idle,every=2s,times=1', [true, false, false, false]],
  ['drop:on=ready', [false, false, false, false]],
])('%s is done at %j of four occurrences', (text, done) => {
  const { faults } = rig(text);
  expect([1, 2, 3, 4].map(() => faults.saw('idle').length > 0)).toEqual(done);
});

test.each<[string, boolean[]]>([
  ['forget', [true, false, false]],
  ['forget:nth=2', [false, true, false]],
  ['forget:times=2', [true, true, false]],
  ['forget:times=always', [true, true, true]],
])('%s takes %j of three chances', (text, taken) => {
  const { faults } = rig(text);
  expect([1, 2, 3].map(() => faults.snap('forget', 1) !== undefined)).toEqual(taken);
});

test('with a trigger, a trap is set by its nth occurrence and takes the chances after it', () => {
  const { faults, acted } = rig('forget:on=idle,nth=2,times=2');
  const chance = (): boolean => faults.snap('forget', 7) !== undefined;
  faults.saw('idle');
  expect(chance()).toBe(false);
  faults.saw('idle');
  expect([chance(), chance(), chance()]).toEqual([true, true, false]);
  faults.saw('idle');
  expect(chance()).toBe(false);
  expect(acted).toEqual(Array(2).fill('forget:on=idle,nth=2,times=2 @7'));
});

test('a delayed trap is set when its time has come, and no timer is left by close', () => {
  const { faults, clock } = rig('refuse-upgrade:after=2s', 'forget:on=idle,after=1s');
  faults.saw('idle');
  clock.advance(1_999);
  expect(faults.snap('refuse-upgrade', undefined)).toBeUndefined();
  expect(faults.snap('forget', 1)).toBeDefined();
  clock.advance(1);
  expect(faults.snap('refuse-upgrade', undefined)).toMatchObject({ status: 503 });
  const other = rig('refuse-upgrade:after=2s');
  other.faults.close();
  expect(other.clock.pending).toBe(0);
});

test('a chance that is not where the fault wants it does not count', () => {
  const { faults } = rig('ignore-short:under=500ms,times=1');
  const utter = (ms: number): boolean =>
    faults.snap('ignore-short', 1, ({ under }) => ms < under) !== undefined;
  expect([utter(600), utter(400), utter(400)]).toEqual([false, true, false]);
});

test('two faults of a kind take a chance each', () => {
  const { faults } = rig('refuse-setup:code=1011', 'refuse-setup:code=1008');
  expect([1, 2, 3].map((session) => faults.snap('refuse-setup', session)?.code)).toEqual([
    1_011,
    1_008,
    undefined,
  ]);
});
