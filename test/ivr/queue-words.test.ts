import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CALLBACK_KEY, queueWords, type QueueMoment, type QueueSaid } from '../../src/ivr/queue-words.ts';
import { destination } from './plans.ts';

const moment = (more: Partial<QueueMoment> = {}): QueueMoment => ({
  ...{ position: 3, waitedS: 0, averageS: 0, destination: destination('billing') },
  ...{ language: 'en', mayCallBack: false, said: undefined },
  ...more,
});
const texts = (more: Partial<QueueMoment>): string[] => queueWords(moment(more)).say.map(({ text }) => text);
const LINE = 'You are number 3 in line.';

test.each([
  [
    'by the profile until others have waited',
    {},
    'You are number 2 in line. The wait is about 8 minutes.',
    2,
  ],
  ['by what others waited', { averageS: 65 }, 'You are number 3 in line. The wait is about 4 minutes.', 3],
  ['no more than the longest wait', { averageS: 900 }, `${LINE} The wait is about 10 minutes.`, 3],
  ['a whole minute', { averageS: 60 }, 'You are next in line. The wait is about 1 minute.', 1],
  ['less', { averageS: 59.9 }, 'You are next in line. The wait is less than a minute.', 1],
  ['what cannot be', { averageS: NaN }, `${LINE} The wait is about 10 minutes.`, 3],
])('the estimate: %s', (_, more, says, position) => {
  expect(texts({ ...more, position })).toEqual([says]);
});

test('again when the place has changed, or after a minute', () => {
  const said = { position: 3, atS: 10, times: 1 };
  expect(queueWords(moment({ said, waitedS: 69 }))).toEqual({ say: [], said });
  expect(queueWords(moment({ said, waitedS: 70 }))).toMatchObject({
    say: [{ text: `${LINE} The wait is about 10 minutes.`, language: 'en' }],
    said: { position: 3, atS: 70, times: 2 },
  });
  for (const position of [2, 4])
    expect(queueWords(moment({ said, waitedS: 11, position })).said).toEqual({ position, atS: 11, times: 2 });
});

test('what was said of an earlier wait does not count', () => {
  expect(queueWords(moment({ said: { position: 3, atS: 500, times: 9 }, waitedS: 2 })).say).toHaveLength(1);
});

test('every second time a callback is offered, where there is one', () => {
  const offers = (mayCallBack: boolean): boolean[] => {
    let said: QueueSaid | undefined;
    return [0, 60, 120, 180].map((waitedS) => {
      const now = queueWords(moment({ said, waitedS, mayCallBack }));
      said = now.said;
      return now.say.some(({ text }) => text.includes(`press ${CALLBACK_KEY}`));
    });
  };
  expect(offers(true)).toEqual([true, false, true, false]);
  expect(offers(false)).toEqual([false, false, false, false]);
});

test('however it goes, nobody waits longer than a minute and a sound for a word, and hears nothing false', () => {
  const step = fc.record({
    moreS: fc.integer({ min: 1, max: 40 }),
    position: fc.integer({ min: 1, max: 30 }),
  });
  const averageS = fc.double({ min: 0, max: 5_000, noNaN: true });
  const longest = fc.integer({ min: 1, max: 60 });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 20 }), averageS, longest, (steps, average, max) => {
      const where = destination('billing', {
        queue: { longestWaitMin: max, minutesACall: 4, callback: true },
      });
      let said: QueueSaid | undefined;
      let waitedS = 0;
      for (const { moreS, position } of steps) {
        waitedS += moreS;
        const before = said;
        const now = queueWords(moment({ said, waitedS, position, averageS: average, destination: where }));
        said = now.said;
        expect(waitedS - said.atS).toBeLessThan(60);
        expect(said.position).toBe(position);
        if (before?.position === position && waitedS - before.atS < 60) expect(now.say).toEqual([]);
        else {
          const text = now.say[0]!.text;
          expect(text).toContain(position === 1 ? 'next in line' : `number ${position} in line`);
          const minutes = /about (\d+) minutes?\.$/.exec(text)?.[1];
          const reckonedS = position * (average > 0 ? average : 240);
          if (minutes === undefined) expect(reckonedS).toBeLessThan(60);
          else {
            expect(Number(minutes)).toBeLessThanOrEqual(max);
            expect(Number(minutes)).toBeGreaterThanOrEqual(1);
            if (Number(minutes) < max) expect(Number(minutes) * 60).toBeGreaterThanOrEqual(reckonedS);
          }
        }
      }
    }),
  );
});
