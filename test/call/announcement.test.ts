// When a recording may begin.
import { expect, test } from 'vitest';
import { silentLog } from '../../src/base/log.ts';
import { turnId } from '../../src/base/ids.ts';
import { Announcement } from '../../src/call/announcement.ts';
import type { Entry } from '../../src/call/transcript.ts';

const WORDS = [{ part: 'recording', text: 'This call is recorded for training.' }] as const;

const agent = (n: number, heard: string, state: 'open' | 'done' | 'cut' = 'done'): Entry => ({
  ...{ n, who: 'agent', atMs: 0, turn: turnId(n + 1), text: heard, state, heard },
});

function rig(words: ConstructorParameters<typeof Announcement>[0]['words'] = WORDS) {
  const told: string[] = [];
  const announcement = new Announcement({
    words,
    instruct: (text) => void told.push(text),
    onHeard: () => void told.push('heard'),
    log: silentLog,
  });
  return { announcement, told };
}

test('where nothing is to be said it may begin at once', () => {
  expect(rig([]).told).toEqual(['heard']);
});

test('it begins once, when the turn was heard to its end', () => {
  const { announcement, told } = rig();
  announcement.said(agent(0, 'This call is recorded for training. Hello!', 'open'));
  expect(told).toEqual([]);
  announcement.said(agent(0, 'This call is recorded for training. Hello!'));
  announcement.said(agent(1, 'This call is recorded for training.'));
  expect(told).toEqual(['heard']);
});

test('a turn that was cut off counts for nothing, however much of it was heard', () => {
  const { announcement, told } = rig();
  announcement.said(agent(0, 'This call is recorded for training.', 'cut'));
  expect(told).toEqual([]);
});

test('an agent that leaves it out is asked once, and nothing begins before it says it', () => {
  const { announcement, told } = rig();
  announcement.said(agent(0, 'Hello, how can I help?'));
  expect(told).toEqual([expect.stringContaining('This call is recorded for training.')]);
  announcement.said(agent(1, 'We open at nine.'));
  announcement.said(agent(2, 'And close at five.'));
  expect(told).toHaveLength(1);
  announcement.said(agent(3, 'By the way, this call is recorded for training.'));
  expect(told[1]).toBe('heard');
});
