import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { turnId } from '../../src/base/ids.ts';
import { Transcript, wordsWithin, type Entry, type Played } from '../../src/call/transcript.ts';

/** A share of a second of sound. */
const heard = (share: number): Played => ({ acceptedMs: 1_000, heardMs: 1_000 * share });

function rig() {
  const changes: Entry[] = [];
  return { changes, transcript: new Transcript((entry) => changes.push(entry)) };
}

test('fragments become one entry per speaker and turn; the caller is complete when the agent begins', () => {
  const { transcript } = rig();
  transcript.turnStarted(turnId(1), 0);
  transcript.agentSaid(turnId(1), 'Hello,', 10, 0);
  transcript.agentSaid(turnId(1), ' who is there?', 20, 0);
  transcript.turnHeard(turnId(1), 1_000);
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
  transcript.agentSaid(turnId(1), 'We are open from nine to five', 0, 0);
  transcript.turnEnded(turnId(1));
  transcript.cut(turnId(1), () => heard(0.5));
  expect(transcript.entries).toMatchObject([
    { state: 'cut', heard: 'We are open', text: 'We are open from nine to five' },
  ]);
  transcript.turnHeard(turnId(1), 1_000);
  expect(transcript.entries, 'cut stays cut').toMatchObject([{ state: 'cut' }]);
});

test('text that comes after the cut joins its turn but was not heard', () => {
  const { transcript } = rig();
  transcript.agentSaid(turnId(1), 'One two', 0, 0);
  transcript.cut(turnId(1), () => heard(1));
  transcript.agentSaid(turnId(1), ' three', 5, 0);
  expect(transcript.entries).toMatchObject([{ text: 'One two three', heard: 'One two', state: 'cut' }]);
});

test('words of the caller that are transcribed late still belong to what they said', () => {
  const { transcript } = rig();
  transcript.callerSaid('When are you open', 0);
  transcript.turnStarted(turnId(1), 900);
  transcript.callerSaid(' on Saturdays?', 1_899);
  transcript.callerSaid('And on Sundays?', 1_900);
  transcript.callerSaid(' And at night?', 9_000);
  expect(transcript.entries).toMatchObject([
    { who: 'caller', atMs: 0, state: 'done', text: 'When are you open on Saturdays?' },
    { who: 'agent', turn: 1 },
    { who: 'caller', atMs: 1_900, state: 'open', text: 'And on Sundays? And at night?' },
  ]);
});

test('words of the agent that are transcribed late were heard with its sound', () => {
  const { transcript } = rig();
  transcript.agentSaid(turnId(1), 'From nine', 0, 0);
  transcript.turnHeard(turnId(1), 1_000);
  transcript.agentSaid(turnId(1), ' to five.', 10, 0);
  expect(transcript.entries).toMatchObject([{ state: 'done', heard: 'From nine to five.' }]);
});

test('a turn is one entry, however often it is said to begin; the open ones are those whose end nobody heard', () => {
  const { transcript } = rig();
  transcript.turnStarted(turnId(1), 0);
  transcript.turnStarted(turnId(1), 5);
  transcript.agentSaid(turnId(2), 'Two', 10, 0);
  transcript.agentSaid(turnId(3), 'Three', 20, 0);
  expect(transcript.entries.map(({ atMs }) => atMs)).toEqual([0, 10, 20]);
  expect(transcript.openTurns).toEqual([1, 2, 3]);
  transcript.turnHeard(turnId(1), 1_000);
  transcript.cut(turnId(2), () => heard(0));
  expect(transcript.openTurns).toEqual([3]);
  transcript.turnHeard(turnId(9), 1_000);
  expect(transcript.entries.map(({ state }) => state)).toEqual(['done', 'cut', 'open']);
});

test('each turn is cut at its own share', () => {
  const { transcript } = rig();
  transcript.agentSaid(turnId(1), 'One two', 0, 0);
  transcript.agentSaid(turnId(2), 'Three four', 10, 0);
  transcript.cut(turnId(2), (turn) => heard(turn === 1 ? 1 : 0.6));
  expect(transcript.entries).toMatchObject([{ heard: 'One two' }, { heard: 'Three' }]);
});

test('at the end of the call, open entries are closed at what was heard', () => {
  const { transcript } = rig();
  transcript.agentSaid(turnId(1), 'One two three four', 0, 0);
  transcript.callerSaid('Bye', 10);
  transcript.close(() => heard(0.5));
  expect(transcript.entries).toMatchObject([{ state: 'cut', heard: 'One two' }, { state: 'done' }]);
});

test('each change is told with the whole entry as it then was', () => {
  const { changes, transcript } = rig();
  transcript.callerSaid('a', 0);
  transcript.callerSaid('b', 1);
  expect(changes.map(({ text }) => text)).toEqual(['a', 'ab']);
});

test('of a text, the whole words within so many letters, and more of them the more letters', () => {
  const text = fc
    .array(fc.stringMatching(/^[a-zé]{1,9}$/), { minLength: 1, maxLength: 12 })
    .map((words) => words.join(' '));
  fc.assert(
    fc.property(text, fc.double({ min: -5, max: 130, noNaN: true }), fc.nat(130), (said, a, b) => {
      const [less, more] = [wordsWithin(said, Math.min(a, b)), wordsWithin(said, Math.max(a, b))];
      expect(`${said} `.startsWith(less === '' ? '' : `${less} `)).toBe(true);
      expect(more.startsWith(less)).toBe(true);
      expect(wordsWithin(said, said.length)).toBe(said);
      expect(wordsWithin(said, 0)).toBe('');
    }),
  );
});

describe('what was heard of a turn that was cut', () => {
  const anyTurn = fc.record({
    fragments: fc.array(
      fc.record({ text: fc.stringMatching(/^ ?[a-z]{1,9}( [a-z]{1,9}){0,3}$/), soundMs: fc.nat(9_000) }),
      { minLength: 1, maxLength: 12 },
    ),
    acceptedMs: fc.integer({ min: 1, max: 9_000 }),
    ended: fc.boolean(),
  });
  type Turn = typeof anyTurn extends fc.Arbitrary<infer T> ? T : never;
  const cutAt = ({ fragments, acceptedMs, ended }: Turn, heardMs: number) => {
    const { transcript } = rig();
    for (const { text, soundMs } of fragments) transcript.agentSaid(turnId(1), text, 0, soundMs);
    if (ended) transcript.turnEnded(turnId(1));
    transcript.cut(turnId(1), () => ({ acceptedMs, heardMs }));
    const [entry] = transcript.entries;
    if (entry?.who !== 'agent') throw new Error('no turn');
    return { ...entry, said: transcript.said };
  };

  test('is a prefix of its text in whole words, whatever the order of its words; nothing, all, and never less for more', () => {
    fc.assert(
      fc.property(
        anyTurn,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.nat(9_000),
        (turn, share, moreMs) => {
          const heardMs = share * turn.acceptedMs;
          const { text, heard: some, state } = cutAt(turn, heardMs);
          expect(state).toBe('cut');
          expect(`${text} `.startsWith(some === '' ? '' : `${some} `)).toBe(true);
          expect(cutAt(turn, Math.min(turn.acceptedMs, heardMs + moreMs)).heard.startsWith(some)).toBe(true);
          expect(cutAt(turn, 0).heard).toBe('');
          if (turn.ended) expect(cutAt(turn, turn.acceptedMs).heard).toBe(text.trimEnd());
        },
      ),
    );
  });

  test('goes by when its words came, not by its share: a pause of two seconds is no words', () => {
    const turn = {
      fragments: [
        { text: 'One moment please.', soundMs: 0 },
        { text: ' Thank you.', soundMs: 3_000 },
      ],
      acceptedMs: 4_000,
      ended: true,
    };
    expect(cutAt(turn, 1_000).heard).toBe('One');
    expect(cutAt(turn, 3_000).heard).toBe('One moment please.');
    expect(cutAt(turn, 3_700).heard).toBe('One moment please. Thank');
  });

  test('leaves out words that are ahead of their sound', () => {
    const fragments = [
      { text: 'We are open', soundMs: 0 },
      { text: ' on Saturdays from nine to one.', soundMs: 900 },
    ];
    expect(cutAt({ fragments, acceptedMs: 1_000, ended: false }, 1_000).heard).toBe('We are open');
  });

  test('is all that the model is told later, also when words come after the cut', () => {
    const { transcript } = rig();
    transcript.callerSaid('When?', 0);
    transcript.agentSaid(turnId(1), 'From nine', 0, 0);
    transcript.agentSaid(turnId(1), ' to five.', 0, 800);
    transcript.cut(turnId(1), () => ({ acceptedMs: 1_600, heardMs: 850 }));
    transcript.agentSaid(turnId(1), ' Anything else?', 0, 1_600);
    transcript.turnEnded(turnId(1));
    transcript.turnBroke(turnId(1), 9_000);
    transcript.close(() => heard(1));
    expect(transcript.said).toEqual([
      { who: 'caller', text: 'When?' },
      { who: 'agent', text: 'From nine' },
    ]);
    expect(transcript.entries[1]).toMatchObject({ text: 'From nine to five. Anything else?', state: 'cut' });
  });

  test('is nothing, and is not told, of a turn whose words all came after the cut', () => {
    const { transcript } = rig();
    transcript.turnStarted(turnId(1), 0);
    transcript.cut(turnId(1), () => heard(0.5));
    transcript.agentSaid(turnId(1), 'Hello there', 0, 1_000);
    expect(transcript.said).toEqual([]);
  });
});

describe('a turn that broke off', () => {
  const said = (transcript: Transcript): string | undefined => transcript.said.at(-1)?.text;

  test('keeps what had its sound, in whole words, at a usual pace', () => {
    const transcript = new Transcript(() => undefined);
    transcript.turnStarted(turnId(1), 0);
    transcript.agentSaid(turnId(1), 'Hello, this is Harbour Dental', 0, 0);
    // 14 letters a second: 'Hello, this is'.
    transcript.turnBroke(turnId(1), 1_000);
    expect(said(transcript)).toBe('Hello, this is');
  });

  test('at the pace of this voice, once a turn was heard whole', () => {
    const transcript = new Transcript(() => undefined);
    transcript.turnStarted(turnId(1), 0);
    transcript.agentSaid(turnId(1), 'abcd efgh', 0, 0);
    transcript.turnHeard(turnId(1), 9_000);
    transcript.turnStarted(turnId(2), 0);
    transcript.agentSaid(turnId(2), 'one two three four', 0, 0);
    transcript.turnBroke(turnId(2), 7_000);
    expect(said(transcript)).toBe('one two');
  });

  test('loses the words that came ahead of their sound, keeps those before them, and can still be cut', () => {
    const transcript = new Transcript(() => undefined);
    transcript.agentSaid(turnId(1), 'Hello there,', 0, 0);
    transcript.agentSaid(turnId(1), ' this is Harbour', 0, 900);
    transcript.turnBroke(turnId(1), 901);
    expect(said(transcript)).toBe('Hello there,');
    transcript.turnBroke(turnId(1), 60_000);
    expect(said(transcript)).toBe('Hello there,');
    transcript.cut(turnId(1), () => ({ acceptedMs: 901, heardMs: 450 }));
    transcript.turnBroke(turnId(1), 0);
    expect(said(transcript)).toBe('Hello');
  });

  test('nothing is made of a turn without words, or of none', () => {
    const transcript = new Transcript(() => undefined);
    transcript.turnBroke(turnId(1), 500);
    transcript.turnStarted(turnId(1), 0);
    transcript.turnBroke(turnId(1), 500);
    expect(transcript.said).toEqual([]);
  });
});
