// Which number sound and words get. What the model's messages make of it stands in conversation.test.ts.
import { describe, expect, test } from 'vitest';
import { Turns } from '../../../src/live/gemini/turns.ts';
import type { SessionEvent } from '../../../src/live/session.ts';
import { ManualClock } from '../../doubles/manual-clock.ts';

function turning() {
  const clock = new ManualClock();
  const events: SessionEvent[] = [];
  return { turns: new Turns(clock, (event) => void events.push(event)), clock, events };
}

describe('take', () => {
  test('numbers rise with the model’s turns, and none is given twice', () => {
    const { turns } = turning();
    const numbers = [turns.take(), turns.sound(), turns.take(), turns.take()];
    turns.complete();
    numbers.push(turns.sound(), turns.take());
    expect(numbers).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test('does not break the turn that is open, and is not the model’s latest', () => {
    const { turns } = turning();
    turns.sound();
    turns.take();
    expect(turns.sound()).toBe(1);
    expect(turns.latest).toBe(1);
  });

  test('an interruption kills what was taken too; late sound of the turn keeps its number', () => {
    const { turns, events } = turning();
    turns.sound();
    turns.take();
    turns.interrupted();
    expect(events).toContainEqual({ type: 'interrupted', upTo: 2 });
    expect(turns.sound()).toBe(1);
    turns.complete();
    expect(turns.sound()).toBe(3);
  });

  test('sound after an interruption before any turn of the model is nobody’s, also when a number was taken', () => {
    const { turns, events } = turning();
    turns.take();
    turns.interrupted();
    expect(turns.sound()).toBeUndefined();
    expect(events).toEqual([{ type: 'interrupted', upTo: 1 }]);
  });
});

describe('in a turn', () => {
  test('from the first sound until it is complete', () => {
    const { turns } = turning();
    const seen = [turns.isInTurn];
    turns.sound();
    seen.push(turns.isInTurn);
    turns.generated();
    seen.push(turns.isInTurn, turns.isSpeaking);
    turns.complete();
    seen.push(turns.isInTurn);
    expect(seen).toEqual([false, true, true, false, false]);
  });

  test('not after a cut', () => {
    const { turns } = turning();
    turns.sound();
    turns.interrupted();
    expect([turns.isInTurn, turns.isSpeaking]).toEqual([false, false]);
  });
});

describe('broken', () => {
  test('in a turn: it ends, once, and the next has a new number', () => {
    const { turns, events } = turning();
    turns.sound();
    expect(turns.broken()).toBe(true);
    expect(turns.broken()).toBe(false);
    expect(turns.sound()).toBe(2);
    expect(events.map(({ type }) => type)).toEqual(['turnStarted', 'turnEnded', 'turnStarted']);
  });

  test('not when all its sound had come, nor when it was cut, nor when only words had come', () => {
    const { turns, events } = turning();
    turns.words('early');
    expect(turns.broken()).toBe(false);
    turns.sound();
    turns.generated();
    expect(turns.broken()).toBe(false);
    turns.sound();
    turns.interrupted();
    expect(turns.broken()).toBe(false);
    expect(turns.sound()).toBe(3);
    expect(events.filter(({ type }) => type === 'agentSaid')).toEqual([]);
  });
});
