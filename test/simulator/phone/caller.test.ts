import { describe, expect, test } from 'vitest';
import { Caller } from '../../../src/simulator/phone/caller.ts';
import { Ear } from '../../../src/simulator/phone/ear.ts';
import type { PhoneEventBody } from '../../../src/simulator/phone/events.ts';
import type { PreparedStep } from '../../../src/simulator/phone/script.ts';
import { Track } from '../../../src/simulator/phone/track.ts';
import { ManualClock } from '../../doubles/manual-clock.ts';

const TICK_MS = 5;
const soundOf = (ms: number): Uint8Array => new Uint8Array(ms * 8).fill(1);
const say = (ms: number, when: PreparedStep['when']): PreparedStep => ({
  do: 'say',
  what: `${ms} ms`,
  sound: soundOf(ms),
  when,
});

/** A caller on an open line, quiet after 700 ms, patient for 3 s. */
function call(steps: PreparedStep[]) {
  const clock = new ManualClock();
  const mouth = new Track(0);
  const heard = new Track(0);
  const events: { type: string; atMs: number; event: PhoneEventBody }[] = [];
  const digits: string[] = [];
  let line = { open: true };
  let over: string | undefined;
  const host = {
    emit: (event: PhoneEventBody, atMs: number) => events.push({ type: event.type, atMs, event }),
    press: (digit: string) => digits.push(digit),
    hangUp: (why: string) => (over ??= why),
    sinceCallMs: (clockMs: number) => clockMs,
  };
  const caller = new Caller({ steps, quietMs: 700, patienceMs: 3_000, mouth, heard, host }, 0);
  const ear = new Ear(clock, heard, {
    onSound: (atMs) => caller.sounded(atMs),
    onMark: () => 0,
    onOverflow: () => 0,
  });
  const advance = (ms: number): void => {
    for (const endMs = clock.nowMs() + ms; clock.nowMs() < endMs && over === undefined;) {
      clock.advance(TICK_MS);
      caller.tick(clock.nowMs(), line.open);
    }
  };
  const clear = (): void => {
    if (ear.clear().forgottenMs > 0) caller.cut(clock.nowMs());
  };
  const at = (type: string): number[] => events.filter((one) => one.type === type).map(({ atMs }) => atMs);
  const setLine = (open: boolean): void => void (line = { open });
  return { clock, caller, mouth, ear, events, digits, advance, clear, at, setLine, over: () => over };
}

describe('when the caller speaks', () => {
  test('agentQuiet: the agent was heard, and nothing has been playing for quietMs', () => {
    const { ear, advance, at, mouth } = call([say(400, 'agentQuiet')]);
    advance(1_000);
    expect(at('said')).toEqual([]);
    ear.play(soundOf(500));
    advance(600);
    ear.play(soundOf(100));
    advance(795);
    expect(at('said')).toEqual([]);
    advance(5);
    expect(at('said')).toEqual([2_400]);
    advance(400);
    expect(at('saidEnd')).toEqual([2_800]);
    expect(at('agentStarted')).toEqual([1_000]);
    expect(mouth.soundBefore(mouth.end)).toBe(400 * 8);
  });

  test('agentQuiet of the next step waits for an answer to what was said', () => {
    const { ear, advance, at } = call([say(400, 'agentQuiet'), say(300, 'agentQuiet')]);
    ear.play(soundOf(100));
    advance(3_000);
    expect(at('said')).toEqual([800]);
    ear.play(soundOf(200));
    advance(1_000);
    expect(at('said')).toEqual([800, 3_900]);
  });

  test('agentSpokeForMs: n ms into the speech, pauses not counted', () => {
    const { ear, advance, at } = call([say(400, { agentSpokeForMs: 300 })]);
    ear.play(soundOf(200));
    advance(400);
    ear.play(soundOf(500));
    advance(95);
    expect(at('said')).toEqual([]);
    advance(5);
    expect(at('said')).toEqual([500]);
  });

  test('a barge-in: what was cut is no answer, the speech after it is', () => {
    const { ear, advance, clear, at } = call([say(400, { agentSpokeForMs: 300 }), say(100, 'agentQuiet')]);
    ear.play(soundOf(5_000));
    advance(1_000);
    clear();
    advance(1_500);
    expect(at('said')).toEqual([300]);
    ear.play(soundOf(500));
    advance(2_000);
    expect(at('said')).toEqual([300, 3_700]);
    expect(at('agentQuiet')).toEqual([1_700, 3_700]);
  });

  test('a second barge-in counts from the end of the first', () => {
    const { ear, advance, at } = call([
      say(100, { agentSpokeForMs: 300 }),
      say(100, { agentSpokeForMs: 300 }),
    ]);
    ear.play(soundOf(2_000));
    advance(2_000);
    expect(at('said')).toEqual([300, 700]);
  });

  test('afterMs counts from the end of the step before, the first from the open line', () => {
    const { advance, at, setLine, digits } = call([
      say(200, { afterMs: 100 }),
      { do: 'press', digits: '1#', when: { afterMs: 150 } },
    ]);
    setLine(false);
    advance(500);
    setLine(true);
    advance(400);
    expect(at('said')).toEqual([605]);
    expect(at('saidEnd')).toEqual([805]);
    expect(digits).toEqual([]);
    advance(100);
    expect(digits).toEqual(['1', '#']);
  });

  test('live speech queues behind what is being said', () => {
    const { caller, clock, advance, at } = call([]);
    caller.say('a', soundOf(100), clock.nowMs());
    caller.say('b', soundOf(100), clock.nowMs());
    advance(300);
    expect(at('said')).toEqual([0, 100]);
    expect(at('saidEnd')).toEqual([100, 200]);
  });
});

describe('when the caller hangs up', () => {
  test('a step says so', () => {
    const { advance, over, clock } = call([{ do: 'hangUp', when: { afterMs: 100 } }]);
    advance(1_000);
    expect([over(), clock.nowMs()]).toEqual(['the script says so', 105]);
  });

  test('patience: counted from the last sound of either', () => {
    const { ear, advance, over, clock } = call([say(1_000, 'agentQuiet')]);
    ear.play(soundOf(500));
    advance(10_000);
    expect([over(), clock.nowMs()]).toEqual(['nothing was heard for 3000 ms', 500 + 700 + 1_000 + 3_000]);
  });

  test('an agent that never speaks is not waited for, and the steps left are told', () => {
    const { advance, over, clock } = call([say(100, 'agentQuiet'), say(100, 'agentQuiet')]);
    advance(10_000);
    expect(over()).toBe('nothing was heard for 3000 ms, 2 steps were left');
    expect(clock.nowMs()).toBe(3_005);
  });

  test('a dead line makes impatient too, a wait that the script asks for does not', () => {
    const dead = call([say(100, 'agentQuiet')]);
    dead.setLine(false);
    dead.advance(10_000);
    expect(dead.over()).toContain('nothing was heard');
    const waiting = call([say(100, { afterMs: 9_000 })]);
    waiting.advance(9_050);
    expect([waiting.over(), waiting.at('said').length]).toEqual([undefined, 1]);
  });
});

test('agentQuiet tells when the sound ended and how much there was', () => {
  const { ear, advance, events } = call([]);
  advance(100);
  ear.play(soundOf(300));
  advance(1_500);
  expect(events.find(({ type }) => type === 'agentQuiet')?.event).toEqual({
    type: 'agentQuiet',
    endedAtMs: 400,
    spokeMs: 300,
  });
});
