import fc from 'fast-check';
import { expect, test } from 'vitest';
import { turnId } from '../../src/base/ids.ts';
import { Transcript, wordsOf, type Entry } from '../../src/call/transcript.ts';

function rig() {
  const changes: Entry[] = [];
  return { changes, transcript: new Transcript((entry) => changes.push(entry)) };
}

test('fragments become one entry per speaker and turn; the caller is complete when the agent begins', () => {
  const { transcript } = rig();
  transcript.turnStarted(turnId(1), 0);
  transcript.agentSaid(turnId(1), 'Hello,', 10);
  transcript.agentSaid(turnId(1), ' who is there?', 20);
  transcript.turnHeard(turnId(1));
  transcript.callerSaid('It', 900);
  transcript.callerSaid(' is Ada.', 950);
  transcript.turnStarted(turnId(2), 1_500);
  expect(transcript.entries).toEqual([
    {
      n: 0,
      who: 'agent',
      atMs: 0,
      turn: 1,
      text: 'Hello, who is there?',
      state: 'done',
      heard: 'Hello, who is there?',
    },
    { n: 1, who: 'caller', atMs: 900, text: 'It is Ada.', state: 'done' },
    { n: 2, who: 'agent', atMs: 1_500, turn: 2, text: '', state: 'open', heard: '' },
  ]);
});

test('a cut turn keeps what was heard apart from what was said', () => {
  const { transcript } = rig();
  transcript.agentSaid(turnId(1), 'We are open from nine to five', 0);
  transcript.cut(turnId(1), () => 0.5);
  expect(transcript.entries).toMatchObject([
    { state: 'cut', heard: 'We are open', text: 'We are open from nine to five' },
  ]);
  transcript.turnHeard(turnId(1));
  expect(transcript.entries, 'cut stays cut').toMatchObject([{ state: 'cut' }]);
});

test('text that comes after the cut joins its turn but was not heard', () => {
  const { transcript } = rig();
  transcript.agentSaid(turnId(1), 'One two', 0);
  transcript.cut(turnId(1), () => 1);
  transcript.agentSaid(turnId(1), ' three', 5);
  expect(transcript.entries).toMatchObject([{ text: 'One two three', heard: 'One two', state: 'cut' }]);
});

test('at the end of the call, open entries are closed at what was heard', () => {
  const { transcript } = rig();
  transcript.agentSaid(turnId(1), 'One two three four', 0);
  transcript.callerSaid('Bye', 10);
  transcript.close(() => 0.5);
  expect(transcript.entries).toMatchObject([{ state: 'cut', heard: 'One two' }, { state: 'done' }]);
});

test('each change is told with the whole entry as it then was', () => {
  const { changes, transcript } = rig();
  transcript.callerSaid('a', 0);
  transcript.callerSaid('b', 1);
  expect(changes.map(({ text }) => text)).toEqual(['a', 'ab']);
});

test('the heard part is always a prefix of whole words, and grows with the share', () => {
  const text = fc
    .array(fc.stringMatching(/^[a-zé]{1,9}$/), { minLength: 1, maxLength: 12 })
    .map((words) => words.join(' '));
  fc.assert(
    fc.property(
      text,
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (said, a, b) => {
        const [less, more] = [wordsOf(said, Math.min(a, b)), wordsOf(said, Math.max(a, b))];
        expect(`${said} `.startsWith(less === '' ? '' : `${less} `)).toBe(true);
        expect(more.startsWith(less)).toBe(true);
        expect(wordsOf(said, 1)).toBe(said);
        expect(wordsOf(said, 0)).toBe('');
      },
    ),
  );
});
