import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LivelineError } from '../../src/base/errors.ts';
import { turnId } from '../../src/base/ids.ts';
import { greetingKey, Greetings, Recording, saysGreeting } from '../../src/call/greetings.ts';
import type { SessionEvent } from '../../src/live/session.ts';

const KEYS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
const one = turnId(1);
const two = turnId(2);
const bytes = (length: number, fill = 1): Uint8Array => new Uint8Array(length).fill(fill);

describe('[GR3] what is kept is bounded', () => {
  test('the oldest goes first, whether there are too many or too much', () => {
    const few = new Greetings({ entries: 2 });
    for (const key of ['a', 'b', 'c']) few.keep(key, bytes(1));
    expect(['a', 'b', 'c'].filter((key) => few.get(key))).toEqual(['b', 'c']);
    const small = new Greetings({ bytes: 10 });
    small.keep('a', bytes(4));
    small.keep('b', bytes(4));
    small.keep('c', bytes(7));
    expect(['a', 'b', 'c'].filter((key) => small.get(key))).toEqual(['c']);
  });

  test('one that is too large for all of it displaces nothing; the first of two stays', () => {
    const greetings = new Greetings({ bytes: 10 });
    greetings.keep('a', bytes(4, 1));
    greetings.keep('b', bytes(11));
    greetings.keep('a', bytes(4, 2));
    expect(greetings.get('b')).toBeUndefined();
    expect(greetings.get('a')).toEqual(bytes(4, 1));
  });

  test('whatever is kept, in whatever order', () => {
    const any = fc.array(fc.tuple(fc.constantFrom(...KEYS), fc.nat(12)), { maxLength: 60 });
    fc.assert(
      fc.property(any, (all) => {
        const greetings = new Greetings({ entries: 3, bytes: 20 });
        for (const [key, length] of all) {
          greetings.keep(key, bytes(length));
          const there = KEYS.flatMap((each) => greetings.get(each) ?? []);
          expect(there.length).toBeLessThanOrEqual(3);
          expect(there.reduce((sum, sound) => sum + sound.length, 0)).toBeLessThanOrEqual(20);
          expect(greetings.get(key), 'the newest is there').toBeDefined();
        }
      }),
    );
  });
});

test('[GR2] whatever makes it sound different makes it another greeting', () => {
  const profile = { name: 'A', voice: 'Kore', model: 'm', language: 'en-US' };
  const keys = [
    greetingKey(profile, 'Hello'),
    greetingKey(profile, 'Hello!'),
    greetingKey({ ...profile, name: 'B' }, 'Hello'),
    greetingKey({ ...profile, voice: undefined }, 'Hello'),
    greetingKey({ ...profile, model: 'n' }, 'Hello'),
    greetingKey({ ...profile, language: 'en-GB' }, 'Hello'),
  ];
  expect(new Set(keys).size).toBe(keys.length);
  expect(greetingKey({ ...profile }, 'Hello')).toBe(keys[0]);
});

describe('[GR3] a recording', () => {
  test('is of the first turn alone, whole, and is handed over once', () => {
    const recording = new Recording(100);
    recording.add(one, bytes(2, 1));
    recording.add(two, bytes(2, 9));
    recording.add(one, bytes(3, 2));
    expect(recording.finish(one)).toEqual(new Uint8Array([1, 1, 2, 2, 2]));
    expect(recording.finish(one)).toBeUndefined();
  });

  test('is nothing when the greeting was another turn, or had no sound, or is too long', () => {
    const other = new Recording(100);
    other.add(one, bytes(2));
    expect(other.finish(two)).toBeUndefined();
    expect(new Recording(100).finish(one)).toBeUndefined();
    const long = new Recording(4);
    long.add(one, bytes(4));
    long.add(one, bytes(1));
    expect(long.finish(one)).toBeUndefined();
  });

  test.each<[string, SessionEvent, boolean]>([
    ['cut', { type: 'interrupted', upTo: one }, true],
    ['broken off', { type: 'switching', planned: false, why: 'x', broken: true }, true],
    ['this caller’s alone, as a tool was called', { type: 'toolsCalled', calls: [] }, true],
    ['the last', { type: 'failed', error: new LivelineError('LIVE_CLOSED', 'x') }, true],
    ['followed by a renewal', { type: 'switching', planned: true, why: 'x', broken: false }, false],
    ['ended', { type: 'turnEnded', turn: one }, false],
  ])('that is %s is thrown away: %#', (_what, event, spoils) => {
    const recording = new Recording(100);
    recording.add(one, bytes(2));
    recording.onEvent(event);
    recording.add(one, bytes(2));
    expect(recording.finish(one) === undefined).toBe(spoils);
  });
});

test.each([
  ['Hello, this is Harbour Dental. How can I help?', true],
  [' hello this is Harbor Dental — how can I help ', true],
  ['Hello Ada, this is Harbour Dental. How can I help?', false],
  ['Hello, this is Harbour Dental.', false],
  ['Good day, here speaks Harbour Clinic. May I help?', false],
  ['', false],
])('[GR3] "%s" says the greeting: %s', (said, says) => {
  expect(saysGreeting(said, 'Hello, this is Harbour Dental. How can I help?')).toBe(says);
});

test('[GR3] words of other scripts count too', () => {
  expect(saysGreeting('Здравствуйте, чем помочь', 'Здравствуйте! Чем помочь?')).toBe(true);
  expect(saysGreeting('Прощайте', 'Здравствуйте')).toBe(false);
});
