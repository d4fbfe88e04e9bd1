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
  return { clock, session, playout, media, line, heard };
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

test('[BI1] when the line is cleared, the turn is dead and nothing of it waits any more', () => {
  const { clock, media, playout, line } = rig();
  media.fromAgent(silence(PCM16_24K, 2_000), one);
  media.endTurn(one);
  clock.advance(500);
  const seen: object[] = [];
  const clear = line.clear.bind(line);
  line.clear = () => {
    seen.push({ dead: playout.isDead(one), unheardMs: playout.unheardMs });
    clear();
  };
  media.cut(one);
  expect(seen).toEqual([{ dead: true, unheardMs: 0 }]);
});

test('[BI2] a late end of a dead turn leaves the sound of the next one alone', () => {
  const said = Uint8Array.from({ length: bytesOfMs(PCM16_24K, 100) }, (_, n) => (n * 37) % 251);
  const heardOf = (between: (media: Media) => void): Uint8Array => {
    const { clock, media, line } = rig();
    media.cut(one);
    media.fromAgent(said.subarray(0, 1_111), two);
    between(media);
    media.fromAgent(said.subarray(1_111), two);
    media.endTurn(two);
    clock.advance(1_000);
    return line.heard;
  };
  expect(heardOf((media) => media.endTurn(one))).toEqual(heardOf(() => undefined));
});

test('[BI1] a cut without a line is a cut all the same', () => {
  const { clock, media, line } = rig();
  media.fromAgent(silence(PCM16_24K, 2_000), one);
  media.detach();
  media.cut(one);
  media.attach(line);
  clock.advance(1_000);
  expect(line.log).not.toContain('clear');
  expect(line.played.every(({ atMs }) => atMs === 0)).toBe(true);
});

test('what the caller says reaches the session while the line is away, and after it', () => {
  const { media, session } = rig();
  media.detach();
  media.fromCaller(silence(MULAW_8K, 20));
  expect(session.sent).toHaveLength(1);
});

test('[OP2] caller sound is converted frame by frame: twice the samples, two bytes each', () => {
  const { session, line } = rig();
  line.speak(silence(MULAW_8K, 20), silence(MULAW_8K, 40));
  expect(session.sent.map(({ length }) => length)).toEqual([640, 1_280]);
});
