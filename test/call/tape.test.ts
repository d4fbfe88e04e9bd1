// The tape: what passes a line is told to whoever follows, and the call notices nothing of it.
import { expect, test } from 'vitest';
import { MULAW_8K } from '../../src/audio/format.ts';
import type { LineEvent } from '../../src/carrier/line.ts';
import { silentLog } from '../../src/base/log.ts';
import { Tape, type TapeTaker } from '../../src/call/tape.ts';
import { lineContract } from '../contracts/line.contract.ts';
import { FakeLine } from '../doubles/fake-line.ts';
import { ManualClock } from '../doubles/manual-clock.ts';

const frame = (value: number): Uint8Array => new Uint8Array(160).fill(value);

lineContract('taped, with nobody who follows', () => {
  const clock = new ManualClock();
  const carrier = new FakeLine(clock);
  const settle = (ms: number): Promise<void> => {
    clock.advance(ms);
    return Promise.resolve();
  };
  return {
    line: new Tape(MULAW_8K, silentLog).watch(carrier),
    speak: (sound) => carrier.speak(sound),
    press: (digit) => carrier.press(digit),
    stop: () => carrier.stop(),
    drop: () => carrier.drop(),
    settle: () => settle(0),
    pass: settle,
    get told() {
      return carrier.log.filter((what) => what !== 'close');
    },
    get heard() {
      return carrier.heard;
    },
    dispose: () => Promise.resolve(),
  };
});

function rig() {
  const clock = new ManualClock();
  const tape = new Tape(MULAW_8K, silentLog);
  const carrier = new FakeLine(clock);
  const line = tape.watch(carrier);
  const events: LineEvent[] = [];
  line.listen({ onAudio: () => undefined, onEvent: (event) => void events.push(event) });
  const heard: [caller: number, agent: number][] = [];
  let closed = 0;
  const stop = tape.subscribe({
    heard: (caller, agent) => void heard.push([caller[0]!, agent[0]!]),
    closed: () => void (closed += 1),
  });
  return { clock, tape, carrier, line, events, heard, stop, closed: () => closed };
}

test('who listens in hears the caller, and beside that what the carrier plays', () => {
  const { carrier, line, heard, clock } = rig();
  line.play(Buffer.concat([frame(1), frame(2), frame(3)]));
  carrier.speak(frame(11), frame(12));
  line.clear();
  carrier.speak(frame(13));
  clock.advance(0);
  expect(heard).toEqual([
    [11, 1],
    [12, 2],
    [13, 0xff],
  ]);
});

const deaf = (more: Partial<TapeTaker>): TapeTaker => ({
  marksClears: false,
  opened: () => undefined,
  heard: () => undefined,
  played: () => undefined,
  marked: () => undefined,
  markBack: () => undefined,
  cleared: () => undefined,
  lost: () => undefined,
  hushed: () => undefined,
  closed: () => undefined,
  ...more,
});

test('the mark before a clear is nothing of the call, and is sent only for whoever wants it', () => {
  const { tape, carrier, line, events, clock } = rig();
  line.play(frame(1));
  line.mark('1');
  line.clear();
  clock.advance(100);
  expect(carrier.log).toEqual(['play', 'mark', 'clear']);
  const came: string[] = [];
  tape.follow(deaf({ marksClears: true, markBack: (name) => void came.push(name) }));
  line.clear();
  clock.advance(100);
  expect(carrier.log).toEqual(['play', 'mark', 'clear', 'mark', 'clear']);
  expect(came).toHaveLength(1);
  expect(events).toEqual([{ type: 'marked', name: '1' }]);
});

test('whoever fails on what it is told is let go, and neither the call nor anybody else notices', () => {
  for (const fails of ['opened', 'heard', 'played', 'marked', 'markBack', 'cleared', 'lost'] as const) {
    const { tape, carrier, line, heard, events, clock } = rig();
    const told: string[] = [];
    const failing = deaf({ marksClears: true, closed: () => void told.push('closed') });
    tape.follow({
      ...failing,
      [fails]: () => {
        told.push(fails);
        throw new RangeError('a fault');
      },
    });
    line.play(frame(1));
    line.mark('1');
    carrier.speak(frame(11));
    clock.advance(100);
    line.clear();
    clock.advance(100);
    expect(heard).toEqual([[11, 1]]);
    expect(events).toEqual([{ type: 'marked', name: '1' }]);
    carrier.drop();
    tape.watch(new FakeLine(clock));
    expect(told).toEqual([fails, 'closed']);
  }
});

test('of what is sent to a caller of whom nothing comes only the last is kept', () => {
  const { carrier, line, heard } = rig();
  for (let n = 0; n < 1_000; n += 1) line.play(frame(n % 97));
  carrier.speak(frame(11));
  // Of 20 s the last 12.
  expect(heard).toEqual([[11, 400 % 97]]);
});

test('while a secret is typed both are silent', () => {
  const { tape, carrier, line, heard } = rig();
  line.play(Buffer.concat([frame(1), frame(2), frame(3)]));
  carrier.speak(frame(11));
  tape.hush(true);
  carrier.speak(frame(12));
  tape.hush(false);
  carrier.speak(frame(13));
  expect(heard).toEqual([
    [11, 1],
    [0xff, 0xff],
    [13, 3],
  ]);
});

test('it goes over several lines, and ends once', () => {
  const { tape, carrier, heard, closed, clock } = rig();
  const next = new FakeLine(clock);
  tape.watch(next).listen({ onAudio: () => undefined, onEvent: () => undefined });
  carrier.speak(frame(11));
  next.speak(frame(12));
  tape.close();
  tape.close();
  next.speak(frame(13));
  expect(heard).toEqual([[12, 0xff]]);
  expect(closed()).toBe(1);
});

test('who has stopped hears nothing more', () => {
  const { carrier, heard, stop, tape, closed } = rig();
  stop();
  carrier.speak(frame(11));
  tape.close();
  expect(heard).toEqual([]);
  expect(closed()).toBe(0);
});
