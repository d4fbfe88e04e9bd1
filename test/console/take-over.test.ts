import { describe, expect, test } from 'vitest';
import { WHY_NOT } from '../../src/console/commands.ts';
import { takeOver, type Handset } from '../../src/console/take-over.ts';
import type { TakeOverWord } from '../../src/console/take-over-words.ts';
import { id, rig } from '../call/rig.ts';

const FRAME = new Uint8Array(160).fill(0x33);

function page(name = 'ada', all = rig(), answered = all.answered()) {
  const words: TakeOverWord[] = [];
  let closed = 0;
  const handset: Handset = { tell: (word) => void words.push(word), close: () => void (closed += 1) };
  const { clock, switchboard } = all;
  const got = takeOver({ desk: switchboard.operator(id), name, handset, clock });
  const connection = 'refused' in got ? undefined : got;
  return {
    ...{ all, words, answered, ...answered, connection: connection! },
    refused: 'refused' in got ? got.refused : undefined,
    get closed() {
      return closed;
    },
    speak: (frames: number): void => {
      for (let n = 0; n < frames; n++) {
        connection?.heard(FRAME);
        clock.advance(20);
      }
    },
  };
}

describe('[OA6] the page of an operator', () => {
  test('is heard, gives back with a note, and is told that it is over', () => {
    const one = page();
    one.speak(100);
    expect(one.line.heard.filter((byte) => byte === 0x33).length / 160).toBeGreaterThan(95);
    expect(one.connection.said('{"type":"give-back","note":" Refund. "}')).toBeUndefined();
    expect(one.words).toEqual([{ type: 'taken-over' }, { type: 'over' }]);
    expect(one.closed).toBe(1);
    expect(one.all.of('operator-gave-back')).toMatchObject([{ by: 'ada', forMs: 2_000, note: 'Refund.' }]);
    one.all.clock.advance(3_500);
    expect(one.all.clock.pending, 'nothing is waited for').toBe(0);
    expect(one.all.of('operator-gave-back')).toHaveLength(1);
  });

  test('whose connection is gone has given it back', () => {
    const one = page();
    one.speak(10);
    one.connection.gone();
    expect(one.all.of('operator-gave-back')).toHaveLength(1);
    expect(one.session.prompts.at(-1)).toContain('a colleague of yours');
  });

  test('so has one of which nothing comes for three seconds, though its socket is open', () => {
    const one = page();
    one.speak(100);
    one.all.clock.advance(2_900);
    expect(one.all.of('operator-gave-back')).toEqual([]);
    one.all.clock.advance(200);
    expect(one.all.of('operator-gave-back')).toHaveLength(1);
    expect(one.words.at(-1)).toEqual({ type: 'over' });
  });

  test('several frames may come in one message; what is none is not heard', () => {
    const one = page();
    one.connection.heard(new Uint8Array(160 * 5 + 7).fill(0x33));
    one.all.clock.advance(500);
    expect(one.line.heardMs).toBe(100);
  });

  test('what is no word of ours is refused, and changes nothing', () => {
    const one = page();
    for (const text of ['', '{', '"x"', '{"type":"hang-up"}', '{"type":"give-back","note":7}'])
      expect(one.connection.said(text)).toMatch(/give-back/);
    expect(one.all.of('operator-gave-back')).toEqual([]);
  });
});

test('[OA4] a second operator is refused with a word, and disturbs nobody', () => {
  const one = page();
  const two = page('bob', one.all, one.answered);
  expect(two.refused).toBe('taken');
  expect(two.words).toEqual([{ type: 'refused', why: 'taken', message: WHY_NOT.taken }]);
  expect(two.closed).toBe(1);
  one.speak(50);
  expect(one.words).toEqual([{ type: 'taken-over' }]);
});

test('[OA7] a caller who hangs up ends it, and the page is told', () => {
  const one = page();
  one.line.stop();
  expect(one.words.at(-1)).toEqual({ type: 'over' });
  one.connection.gone();
  one.connection.heard(FRAME);
  one.all.clock.advance(10_000);
  expect(one.closed).toBe(1);
});

test('a call that is not here is refused', () => {
  const words: TakeOverWord[] = [];
  const handset: Handset = { tell: (word) => void words.push(word), close: () => undefined };
  expect(takeOver({ desk: undefined, name: 'ada', handset, clock: rig().clock })).toEqual({
    refused: 'no-such-call',
  });
  expect(words).toMatchObject([{ type: 'refused', why: 'no-such-call' }]);
});
