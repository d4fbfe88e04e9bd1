import { expect, test } from 'vitest';
import type { TimerName } from '../../src/call/state.ts';
import { Timers } from '../../src/call/timers.ts';
import { ManualClock } from '../doubles/manual-clock.ts';

function rig() {
  const clock = new ManualClock();
  const up: string[] = [];
  const timers = new Timers(clock, (timer: TimerName) => void up.push(`${timer} ${clock.nowMs()}`));
  return { clock, up, timers };
}

test('armed anew, a timer runs anew, and once', () => {
  const { clock, up, timers } = rig();
  timers.arm('keys', 100);
  clock.advance(60);
  timers.arm('keys', 100);
  timers.arm('line', 70);
  clock.advance(1_000);
  expect(up).toEqual(['line 130', 'keys 160']);
});

test('one that is disarmed is never up; nor is any once all are; one that is not armed may be disarmed', () => {
  const { clock, up, timers } = rig();
  timers.arm('keys', 100);
  timers.arm('line', 100);
  timers.arm('goodbye', 100);
  timers.disarm('keys');
  timers.disarm('model');
  clock.advance(99);
  timers.disarm('line');
  clock.advance(1);
  expect(up).toEqual(['goodbye 100']);
  timers.arm('keys', 100);
  timers.arm('line', 100);
  timers.disarmAll();
  clock.advance(1_000);
  expect(up).toHaveLength(1);
});
