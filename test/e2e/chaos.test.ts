// Servers are killed and stand still under calls: nobody is lost, and nothing is said or done twice. The long version, with more
// callers and more strikes, and a table: npm run chaos.
import { describe, expect, test } from 'vitest';
import { abandonedIn, faultsOf, turnsOf } from '../../bench/chaos/judge.ts';
import { strikeOf } from '../../bench/chaos/strikes.ts';
import { MOST_LINES, spoken, WORD_MS, wordsIn, WORDS_IN_LINE } from '../../bench/chaos/tones.ts';
import { trial } from '../../bench/chaos/trial.ts';
import { MULAW_8K } from '../../src/audio/format.ts';
import { MULAW_DECODE } from '../../src/audio/g711.ts';
import { soundFromWav } from '../../src/audio/wav.ts';
import { systemClock } from '../../src/base/clock.ts';

const MINUTES_MS = 60_000;

test(
  'a server killed, one drained, the connections of the database cut, one that stands still: every call goes on',
  async () => {
    const { verdicts, effects } = await trial({
      ...{ servers: 2, calls: 8, handles: 'settled', journals: true, settleMs: 4_000 },
      strikes: ['kill', 'drain', 'connections', 'sigstop'].map((name) => strikeOf(name)!),
      ...{ databaseUrl: process.env['TEST_DATABASE_URL'], clock: systemClock },
    });
    expect(verdicts.flatMap(faultsOf)).toEqual([]);
    const [killed, drained, , stood] = verdicts;
    expect(killed!.moved, 'taken up from the one that was killed').toBeGreaterThanOrEqual(2);
    expect(drained!.moved, 'handed on by the one that was drained').toBeGreaterThanOrEqual(2);
    expect(stood!.moved, 'taken up from the one that stood still').toBeGreaterThanOrEqual(2);
    expect(effects).toBeGreaterThanOrEqual(8);
  },
  4 * MINUTES_MS,
);

/** As it comes through a telephone. */
const heard = (line: number): Int16Array =>
  Int16Array.from(soundFromWav(spoken(line), MULAW_8K), (code) => MULAW_DECODE[code]!);
const named = (pcm: Int16Array): string[] => wordsIn(pcm).map(({ line, word }) => `${line}.${word}`);

describe('the ear', () => {
  test('tells every word of every line', () => {
    for (let line = 0; line < MOST_LINES; line += 1)
      expect(named(heard(line))).toEqual(
        Array.from({ length: WORDS_IN_LINE }, (_, word) => `${line}.${word}`),
      );
  });

  test('tells where a line broke off, and hears no words in silence or in noise', () => {
    const line = heard(7);
    const half = line.slice(0, 2.5 * WORD_MS * 8);
    expect(named(half)).toEqual(['7.0', '7.1', '7.2']);
    const quiet = new Int16Array(8_000);
    expect(named(quiet)).toEqual([]);
    let seed = 7;
    const noise = quiet.map(() => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
      return (seed / 2 ** 32 - 0.5) * 20_000;
    });
    expect(named(noise)).toEqual([]);
  });
});

describe('the judge', () => {
  /** As `3.0-4 4.1`: words 0 to 4 of line 3, then one of line 4. */
  const turns = (text: string) => {
    let atMs = 0;
    const words = text.split(' ').flatMap((part) => {
      const [line = 0, from = 0, to = from] = part.split(/[.-]/).map(Number);
      return Array.from({ length: to - from + 1 }, (_, nth) => {
        atMs += WORD_MS;
        return { line, word: from + nth, fromMs: atMs - WORD_MS, toMs: atMs };
      });
    });
    const { repeated, missing, wordsOff } = turnsOf({ callSid: 'CA1', words });
    const names = (found: readonly { readonly what: string }[]): string[] =>
      found.map(({ what }) => what.split(',', 1)[0]!);
    return { repeated: names(repeated), missing: names(missing), wordsOff: wordsOff.length };
  };

  test.each([
    ['all as it must be', '0.0-4 1.0-4 2.0-4', [], [], 0],
    ['broke off, and went on with the word', '0.0-2 0.2-4 1.0-4', [], [], 1],
    ['broke off, and a word was left out', '0.0-1 0.3-4 1.0-4', [], [], 1],
    ['said again from the beginning', '0.0-3 0.0-4 1.0-4', ['CA1 answer 0'], [], 0],
    ['said again later', '0.0-4 1.0-4 0.0-4 2.0-4', ['CA1 answer 0'], [], 0],
    ['never said', '0.0-4 2.0-4', [], ['CA1 answer 1'], 0],
    ['never said to its end', '0.0-4 1.0-1 2.0-4', [], ['CA1 answer 1'], 0],
    ['hung up in the middle of the last', '0.0-4 1.0-1', [], [], 0],
  ])('%s', (_name, text, repeated, missing, wordsOff) => {
    expect(turns(text)).toEqual({
      ...{ repeated, missing, wordsOff },
    });
  });

  test.each([
    ['all was answered', { askedMs: 1_000, soundMs: 2_000 }, undefined],
    ['asked a moment before the end', { askedMs: 8_000 }, undefined],
    ['never answered again', { askedMs: 4_000, soundMs: 3_000 }, 'CA1: no answer in 6.0 s, to the end'],
    ['the line came back', { lostMs: 4_000, backMs: 5_000 }, undefined],
    ['the line went with the call', { lostMs: 9_990 }, undefined],
    ['the line never came back', { lostMs: 5_000 }, 'CA1: no line for 5.0 s, to the end'],
  ])('of whoever hangs up: %s', (_name, had: Had, lost) => {
    const { askedMs, soundMs, lostMs, backMs } = had;
    const ear = {
      callSid: 'CA1',
      questions: askedMs === undefined ? [] : [{ atMs: askedMs, answeredMs: undefined }],
      breaks: lostMs === undefined ? [] : [{ lostMs, backMs }],
      soundAfter: (ms: number) => (soundMs !== undefined && soundMs >= ms ? soundMs : undefined),
    };
    expect(abandonedIn(ear, 10_000).map(({ what }) => what)).toEqual(lost === undefined ? [] : [lost]);
  });
});

interface Had {
  readonly askedMs?: number;
  readonly soundMs?: number;
  readonly lostMs?: number;
  readonly backMs?: number;
}
