import { describe, expect, test } from 'vitest';
import { turnId } from '../../src/base/ids.ts';
import { repeatIn } from '../../src/call/repeats.ts';
import type { Entry } from '../../src/call/transcript.ts';
import { COMFORT_BYTE, rig } from './rig.ts';

const LINE = ' Your appointment is on Monday at nine o’clock.';
const turn = turnId;
let n = 0;
const agent = (at: number, text: string, state: 'open' | 'done' | 'cut' = 'done'): Entry => ({
  ...{ n: n++, who: 'agent', atMs: 0, turn: turn(at), text, state, heard: text },
});
const caller = (text: string): Entry => ({ n: n++, who: 'caller', atMs: 0, text, state: 'done' });

describe('what counts as said twice', () => {
  test.each<[string, readonly Entry[], string | undefined]>([
    ['the same words in the next turn', [agent(1, LINE), agent(2, LINE)], 'turn'],
    [
      'whatever their case and signs',
      [agent(1, LINE), agent(2, LINE.toUpperCase().replace('.', '!'))],
      'turn',
    ],
    ['the end of the turn before', [agent(1, ` One moment.${LINE}`), agent(2, LINE)], 'turn'],
    [
      'not its beginning, with something new behind',
      [agent(1, LINE), agent(2, `${LINE} Shall I cancel it?`)],
      undefined,
    ],
    ['not after the caller spoke', [agent(1, LINE), caller('Sorry?'), agent(2, LINE)], undefined],
    ['also after a caller of whom no word is known', [agent(1, LINE), caller(' '), agent(2, LINE)], 'turn'],
    ['not when the first was cut off', [agent(1, LINE, 'cut'), agent(2, LINE)], undefined],
    ['not few words', [agent(1, 'One moment please.'), agent(2, 'One moment please.')], undefined],
    ['not other words', [agent(1, LINE), agent(2, LINE.replace('Monday', 'Tuesday'))], undefined],
    ['a sentence within the turn', [agent(2, `Fine.${LINE}${LINE} Anything else?`)], 'sentence'],
    [
      'not alike sentences',
      [agent(2, ' For sales press one. For help press two. For both press three.')],
      undefined,
    ],
    ['nothing at all', [], undefined],
  ])('%s', (_what, entries, is) => {
    expect(repeatIn(entries, turn(2), 6)?.is).toBe(is);
    expect(repeatIn(entries, turn(2), 0)).toBeUndefined();
  });

  test('how much of the turn before it was', () => {
    const [first, again] = [
      ' One two three. Four five six seven eight nine.',
      ' four five six seven eight nine',
    ];
    expect(repeatIn([agent(1, first), agent(2, again)], turn(2), 6)).toEqual({
      is: 'turn',
      of: 1,
      share: 6 / 9,
    });
  });
});

describe('[RE1] a turn that only repeats the one before', () => {
  const twice = (options: { secondMs?: number; between?: (all: ReturnType<typeof rig>) => void } = {}) => {
    const all = rig({ repeatedWords: 6 });
    const { line, session } = all.answered();
    session.say(3_000);
    session.agentSaid(LINE);
    session.endTurn();
    options.between?.(all);
    session.say(options.secondMs ?? 3_100);
    session.agentSaid(LINE);
    session.idle();
    all.clock.advance(10_000);
    return { ...all, line, session };
  };

  test('is not played, counts as not said, and the call goes on', () => {
    const { line, session, of, clock } = twice();
    expect(line.heardMs).toBe(3_020);
    expect(of('watchdog')).toMatchObject([{ saw: 'said twice', did: 'dropped' }]);
    expect(session.recalled()).toEqual([{ who: 'agent', text: LINE }]);
    session.say(1_000);
    session.agentSaid(' Can I help you with anything else today?');
    session.idle();
    clock.advance(3_000);
    expect(line.heardMs).toBe(4_040);
    expect(of('transcript').at(-1)?.entry).toMatchObject({ state: 'done' });
  });

  test('is stopped when the caller has begun to hear it, and no interruption is told', () => {
    const all = rig({ repeatedWords: 6 });
    const { line, session } = all.answered();
    session.say(3_000);
    session.agentSaid(LINE);
    session.idle();
    all.clock.advance(4_000);
    session.say(3_000);
    session.agentSaid(LINE);
    all.clock.advance(1_000);
    session.idle();
    all.clock.advance(10_000);
    expect(line.heardMs).toBe(3_020 + 1_000);
    expect(all.of('watchdog')).toMatchObject([{ saw: 'said twice', did: 'dropped' }]);
    expect(all.of('barge-in')).toEqual([]);
    expect(session.recalled()).toEqual([
      { who: 'agent', text: LINE },
      { who: 'agent', text: ' Your' },
    ]);
    session.say(1_000);
    session.idle();
    all.clock.advance(2_000);
    expect(line.heardMs, 'and what follows is heard whole').toBe(4_020 + 1_020);
  });

  test.each([2_400, 2_700, 2_900, 2_990])(
    'never costs the end of the one before, of which %i ms were heard when it began',
    (heardMs) => {
      const all = rig({ repeatedWords: 6 });
      const { line, session } = all.answered();
      session.say(3_000);
      session.agentSaid(LINE);
      session.endTurn();
      all.clock.advance(heardMs);
      session.say(3_000);
      session.agentSaid(LINE);
      session.idle();
      all.clock.advance(10_000);
      expect(line.heardMs).toBeGreaterThanOrEqual(3_020);
      expect(line.heardMs).toBeLessThan(3_100);
      const [first] = session.recalled();
      expect(first).toEqual({ who: 'agent', text: LINE });
      expect(all.of('watchdog')).toMatchObject([{ saw: 'said twice', did: 'dropped' }]);
    },
  );

  test.each([
    ['too much of it was heard', 3_000, 2_100],
    ['too little is left of it', 3_000, 1_600],
  ])('is played when %s', (_why, ms, heardMs) => {
    const all = rig({ repeatedWords: 6 });
    const { line, session } = all.answered();
    session.say(ms);
    session.agentSaid(LINE);
    session.idle();
    all.clock.advance(4_000);
    session.say(ms);
    session.agentSaid(LINE);
    all.clock.advance(heardMs);
    session.idle();
    all.clock.advance(10_000);
    expect(line.heardMs).toBe(2 * ms + 40);
    expect(all.of('watchdog')).toMatchObject([{ saw: 'said twice', did: 'let be' }]);
  });

  test('is played when the caller spoke in between', () => {
    const { line, of } = twice({ between: ({ live }) => live.last.callerSaid('Sorry?') });
    expect(line.heardMs).toBe(6_140);
    expect(of('watchdog')).toEqual([]);
  });

  test('is played when there is more sound in it than those words take: more words may follow', () => {
    const { line, of } = twice({ secondMs: 5_000 });
    expect(line.heardMs).toBe(8_040);
    expect(of('watchdog')).toMatchObject([{ did: 'let be' }]);
  });

  test('a goodbye after it still ends the call', async () => {
    const { session, clock, of } = twice();
    session.callTools({ id: 'bye', name: 'end_call', args: { reason: 'done' } });
    await new Promise((resolve) => setImmediate(resolve));
    session.say(500);
    session.agentSaid('Goodbye.');
    session.idle();
    clock.advance(2_000);
    expect(of('call-ended')).toMatchObject([{ reason: 'agent-hung-up' }]);
  });
});

test('[RE2] a sentence within a turn is played, noted and counted once', () => {
  const { answered, clock, of } = rig({ repeatedWords: 6 });
  const { line, session } = answered();
  session.say(6_000);
  session.agentSaid(LINE);
  session.agentSaid(LINE);
  session.agentSaid(' Anything else?');
  session.idle();
  clock.advance(7_000);
  expect(line.heardMs).toBe(6_020);
  expect(of('watchdog')).toMatchObject([{ saw: 'said twice', did: 'let be' }]);
});

test('[RE1][DA1] while the first still plays nobody is taken to be silent, and what follows a repeat begins clean', () => {
  const all = rig({ repeatedWords: 6, deadAirMs: 1_000 });
  const { line, session } = all.answered();
  session.say(3_000);
  session.agentSaid(LINE);
  session.endTurn();
  session.say(3_010);
  session.agentSaid(LINE);
  session.endTurn();
  all.clock.advance(2_900);
  expect(line.played.every(({ bytes }) => !bytes.every((byte) => byte === COMFORT_BYTE))).toBe(true);
  session.say(490);
  all.clock.advance(1_000);
  expect(line.heardMs, 'whole frames of its own sound, and nothing of the repeat').toBe(3_020 + 480);
});

test('[RE1] a repeat that the caller asked for is played, whenever their words are transcribed', () => {
  const { answered, clock, of } = rig({ repeatedWords: 6 });
  const { line, session } = answered();
  session.say(3_000);
  session.agentSaid(LINE);
  session.idle();
  clock.advance(4_000);
  session.callerSpeech('started');
  clock.advance(500);
  session.callerSpeech('ended');
  clock.advance(700);
  session.say(3_000);
  session.agentSaid(LINE);
  session.callerSaid(' Pardon?');
  clock.advance(1_000);
  session.idle();
  clock.advance(10_000);
  expect(line.heardMs).toBe(6_040);
  expect(of('watchdog')).toEqual([]);
});

test('[RE1] a repeat that is known for one when another turn has come is played, and so is that one', () => {
  const { answered, clock, of } = rig({ repeatedWords: 6 });
  const { line, session } = answered();
  session.say(3_000);
  session.agentSaid(LINE);
  session.idle();
  clock.advance(4_000);
  const second = session.say(3_000);
  session.endTurn();
  clock.advance(500);
  session.say(2_000);
  session.agentSaid(' And now to something else.');
  clock.advance(200);
  session.agentSaid(LINE, second);
  session.idle();
  clock.advance(10_000);
  expect(line.heardMs).toBe(3_020 + 3_020 + 2_020);
  expect(of('watchdog')).toMatchObject([{ did: 'let be' }]);
});
