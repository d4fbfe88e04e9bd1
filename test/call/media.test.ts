import { expect, test } from 'vitest';
import { MULAW_8K, PCM16_24K, bytesOfMs, silence } from '../../src/audio/format.ts';
import { turnId } from '../../src/base/ids.ts';
import { Media } from '../../src/call/media.ts';
import { Pacer } from '../../src/call/pacer.ts';
import { Playout } from '../../src/call/playout.ts';
import { FakeLine } from '../doubles/fake-line.ts';
import { FakeSession } from '../doubles/fake-session.ts';
import { ManualClock } from '../doubles/manual-clock.ts';

const one = turnId(1);
const two = turnId(2);

function rig() {
  const clock = new ManualClock();
  const session = new FakeSession();
  const heard: number[] = [];
  const playout = new Playout({
    format: MULAW_8K,
    clock,
    pacer: new Pacer(clock),
    onTurnHeard: (turn) => heard.push(turn),
  });
  const media = new Media(session, playout, MULAW_8K);
  const line = new FakeLine(clock);
  line.listen({
    onAudio: (frame) => media.fromCaller(frame),
    onEvent: (event) => {
      if (event.type === 'marked') playout.marked(event.name);
    },
  });
  media.attach(line);
  return { clock, session, media, line, heard };
}

test('[TU2] a turn of any length is heard whole: the converter’s tail too, padded to a frame', () => {
  const { clock, media, line, heard } = rig();
  media.fromAgent(silence(PCM16_24K, 33), one);
  media.endTurn(one);
  clock.advance(200);
  expect(line.heard.length).toBe(bytesOfMs(MULAW_8K, 40));
  expect(heard).toEqual([1]);
});

test('[TU2] a prompt of any length is heard whole and padded to a frame', () => {
  const { clock, media, line, heard } = rig();
  media.playPrompt(new Uint8Array(200).fill(7), one);
  clock.advance(200);
  expect([...line.heard]).toEqual([...new Array<number>(200).fill(7), ...new Array<number>(120).fill(0xff)]);
  expect(heard).toEqual([1]);
});

test('[BI1][BI2] after a cut nothing of the dead turn is left, not even in the converter', () => {
  const loud = new Uint8Array(new Int16Array(bytesOfMs(PCM16_24K, 100) / 2).fill(12_000).buffer);
  const { clock, media, line } = rig();
  media.fromAgent(loud.subarray(0, loud.length - 3), one);
  clock.advance(50);
  media.cut(one);
  media.fromAgent(loud, one);
  media.endTurn(one);
  clock.advance(200);
  const before = line.heard.length;
  media.fromAgent(silence(PCM16_24K, 100), two);
  media.endTurn(two);
  clock.advance(200);
  const after = line.heard.slice(before);
  expect(after.length).toBeGreaterThanOrEqual(bytesOfMs(MULAW_8K, 100));
  expect(after.every((byte) => byte === 0xff)).toBe(true);
});

test('[OP2] caller sound is converted frame by frame: twice the samples, two bytes each', () => {
  const { session, line } = rig();
  line.speak(silence(MULAW_8K, 20), silence(MULAW_8K, 40));
  expect(session.sent.map(({ length }) => length)).toEqual([640, 1_280]);
});
