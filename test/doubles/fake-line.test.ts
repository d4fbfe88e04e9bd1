// The network that a fake line can stand behind. What it keeps without one is in test/contracts/line.contract.ts.
import { expect, test } from 'vitest';
import { MULAW_8K, silence } from '../../src/audio/format.ts';
import { FakeLine } from './fake-line.ts';
import { ManualClock } from './manual-clock.ts';

function rig(downMs: number, upMs: number) {
  const clock = new ManualClock();
  const line = new FakeLine(clock, { downMs, upMs });
  const told: string[] = [];
  line.listen({
    onAudio: () => told.push(`audio ${clock.nowMs()}`),
    onEvent: (event) => told.push(`${event.type === 'marked' ? event.name : event.type} ${clock.nowMs()}`),
  });
  return { clock, line, told };
}

test('sound is heard when it has arrived, and its mark is back when it was heard and has come back', () => {
  const { clock, line, told } = rig(80, 60);
  line.play(silence(MULAW_8K, 100));
  line.mark('a');
  clock.advance(80);
  expect([line.heardMs, line.queuedMs, line.pendingMarks]).toEqual([0, 100, ['a']]);
  clock.advance(100);
  expect([line.heardMs, line.queuedMs]).toEqual([100, 0]);
  clock.advance(59);
  expect(told).toEqual([]);
  clock.advance(1);
  expect(told).toEqual(['a 240']);
  expect(line.pendingMarks).toEqual([]);
});

test('a clear forgets what is unheard when it arrives; marks that were on their way back come when they would have', () => {
  const { clock, line, told } = rig(80, 60);
  line.play(silence(MULAW_8K, 20));
  line.mark('a');
  line.play(silence(MULAW_8K, 500));
  line.mark('b');
  clock.advance(50);
  line.clear();
  clock.advance(1_000);
  expect(line.heardMs).toBe(50);
  expect(told).toEqual(['a 160', 'b 190']);
});

test('what we closed plays on until the carrier knows', () => {
  const { clock, line, told } = rig(80, 60);
  line.play(silence(MULAW_8K, 500));
  clock.advance(100);
  line.close();
  clock.advance(1_000);
  expect(line.heardMs).toBe(100);
  expect(told).toEqual(['closed 240']);
  expect(clock.pending).toBe(0);
});

test('a line that swallows hears, tells and says nothing until it is dropped', () => {
  const { clock, line, told } = rig(0, 0);
  line.play(silence(MULAW_8K, 500));
  line.mark('a');
  clock.advance(100);
  line.swallow();
  line.play(silence(MULAW_8K, 500));
  line.speak(silence(MULAW_8K, 20));
  clock.advance(5_000);
  expect([line.heardMs, told]).toEqual([100, []]);
  expect(line.log, 'though we do not know').toEqual(['play', 'mark', 'play']);
  line.drop();
  expect(told).toEqual(['closed 5100']);
  expect(clock.pending).toBe(0);
});
