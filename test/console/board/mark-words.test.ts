import { expect, test } from 'vitest';
import type { MarkFacts } from '../../../src/console/board-notice.ts';
import { markWords } from '../../../src/console/web/board/mark-words.ts';

test('what a newer server tells, and this page has no words for, is told by its own', () => {
  const newer = { type: 'line-sang', callId: 'CA1', atMs: 1_200, song: 'a ballad', verses: [1, 2] };
  expect(markWords(newer as unknown as MarkFacts)).toEqual({
    tone: 'neutral',
    title: 'Line sang',
    detail: 'song: a ballad, verses: [1,2]',
  });
});
