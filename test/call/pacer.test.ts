import { expect, test } from 'vitest';
import { Pacer } from '../../src/call/pacer.ts';
import { ManualClock } from '../doubles/manual-clock.ts';

function rig() {
  const clock = new ManualClock();
  const beats: string[] = [];
  const paced = (name: string) => ({ beat: () => void beats.push(`${name} ${clock.nowMs()}`) });
  return { clock, beats, pacer: new Pacer(clock), a: paced('a'), b: paced('b') };
}

test('one heartbeat of 20 ms for all who play, and none when nobody does', () => {
  const { clock, beats, pacer, a, b } = rig();
  pacer.add(a);
  pacer.add(b);
  pacer.add(a);
  expect(clock.pending).toBe(1);
  clock.advance(40);
  expect(beats).toEqual(['a 20', 'b 20', 'a 40', 'b 40']);
  pacer.remove(a);
  pacer.remove(a);
  clock.advance(20);
  expect(beats.slice(4)).toEqual(['b 60']);
  pacer.remove(b);
  expect(clock.pending).toBe(0);
  pacer.add(a);
  clock.advance(20);
  expect(beats.slice(5), 'and begins again').toEqual(['a 80']);
});

test('one who stops within a beat takes nothing from the others', () => {
  const { clock, beats, pacer, b } = rig();
  const quitter = { beat: () => pacer.remove(quitter) };
  pacer.add(quitter);
  pacer.add(b);
  clock.advance(40);
  expect(beats).toEqual(['b 20', 'b 40']);
});
