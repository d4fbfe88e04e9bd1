import { describe, expect, test } from 'vitest';
import { callRig, type CallRigOptions } from './call-rig.ts';

const SILENT: CallRigOptions = {
  rules: {
    silenceMs: 20_000,
    keypad: { pauseMs: 2_500, finishKey: '#', shortcuts: { '9': { do: 'tool', name: 'opt_out' } } },
  },
};
const ASKED = 'had said nothing for 20 seconds';
const GOODBYE = 'had said nothing for another 20 seconds';

/** What the model was told of the silence, each by its number. */
const asked = ({ session }: ReturnType<typeof callRig>): number[] =>
  session.prompts.flatMap((text) => (text.includes(ASKED) ? [1] : text.includes(GOODBYE) ? [2] : []));

/** A call in which the greeting was just heard. */
function greeted(options: CallRigOptions = SILENT) {
  const all = callRig(options);
  const line = all.connect();
  all.session.ready();
  all.session.say(500);
  all.session.idle();
  all.clock.advance(520);
  return Object.assign(all, { line });
}

/** The model says a sentence and waits, and it is heard. */
function says({ session, clock }: ReturnType<typeof callRig>, ms = 980): void {
  session.say(ms);
  session.idle();
  clock.advance(ms + 20);
}

describe('[SC1] a caller who says nothing', () => {
  test('is asked after so long, and the model answers at once', () => {
    const all = greeted();
    all.clock.advance(19_999);
    expect(asked(all)).toEqual([]);
    all.clock.advance(1);
    expect(asked(all)).toEqual([1]);
    expect(all.of('caller-silent')).toMatchObject([{ times: 1, atMs: 20_520 }]);
  });

  test('is said goodbye to after the same time once more, and hung up on', () => {
    const all = greeted();
    all.clock.advance(20_000);
    says(all);
    all.clock.advance(19_999);
    expect(asked(all)).toEqual([1]);
    all.clock.advance(1);
    expect(asked(all)).toEqual([1, 2]);
    says(all);
    all.clock.advance(500);
    expect(all.ended).toMatchObject({ reason: 'caller-silent', atMs: 520 + 20_000 + 1_000 + 20_000 + 1_500 });
    expect(all.journal).toEqual([{ to: 'hang-up' }]);
    expect(all.line.heardMs).toBe(520 + 2 * 1_000);
    expect(all.of('caller-silent').map(({ times }) => times)).toEqual([1, 2]);
  });

  test('is hung up on too when the model says no goodbye', () => {
    const all = greeted();
    all.clock.advance(20_000);
    says(all);
    all.clock.advance(20_000 + 6_000);
    expect(all.ended?.reason).toBe('caller-silent');
  });

  test('is let be by a profile that wants it so', () => {
    const all = greeted({});
    all.clock.advance(3_600_000);
    expect(all.session.prompts).toHaveLength(1);
    expect(all.ended).toBeUndefined();
  });

  test('the notes are true whenever they are read', () => {
    const all = greeted();
    all.clock.advance(20_000);
    says(all);
    all.clock.advance(20_000);
    for (const text of all.session.prompts.slice(-2)) {
      expect(text).toMatch(/^At this point the caller had /);
      expect(text).toContain('Unless they have spoken since');
    }
  });
});

describe('[SC2] it is not their turn', () => {
  test('while the agent is heard, however long the model has been idle', () => {
    const all = callRig(SILENT);
    all.connect();
    all.session.ready();
    all.session.say(40_000);
    all.session.idle();
    all.clock.advance(40_020 + 19_999);
    expect(asked(all)).toEqual([]);
    all.clock.advance(1);
    expect(asked(all)).toEqual([1]);
  });

  test.each<[string, (all: ReturnType<typeof greeted>) => void]>([
    [
      'before the model is idle',
      ({ session }) => {
        session.say(100);
        session.endTurn();
      },
    ],
    ['while a tool runs', ({ session }) => session.callTools({ id: 'a', name: 'look' })],
    [
      'while a tool runs for one who interrupted',
      ({ session }) => {
        session.callTools({ id: 'a', name: 'look' });
        session.interrupt();
      },
    ],
    [
      'while a tool runs that their key has run, whatever the model says meanwhile',
      (all) => {
        all.line.press('9');
        says(all);
      },
    ],
    ['while an answer is owed', ({ session }) => session.callerSpeech('ended')],
    ['while the model is away', ({ session }) => session.lose()],
    ['while the model was asked for something', ({ call }) => call.operator.tell('Say this.', true)],
  ])('%s', (_when, act) => {
    const all = greeted();
    all.clock.advance(10_000);
    act(all);
    all.clock.advance(60_000);
    expect(asked(all)).toEqual([]);
  });

  test('before the model has greeted', () => {
    const all = callRig(SILENT);
    all.connect();
    all.session.ready();
    all.clock.advance(60_000);
    expect(asked(all)).toEqual([]);
  });

  test('while the line is lost; on the next the time begins anew', () => {
    const all = greeted();
    all.clock.advance(10_000);
    all.line.drop();
    all.clock.advance(12_000);
    expect(asked(all)).toEqual([]);
    all.call.carrierAsks();
    all.connect();
    // They are asked what they said meanwhile.
    says(all);
    all.clock.advance(19_999);
    expect(asked(all)).toEqual([]);
    all.clock.advance(1);
    expect(asked(all)).toEqual([1]);
  });

  test('once the model is back the time begins anew', () => {
    const all = greeted();
    all.clock.advance(10_000);
    all.session.lose();
    all.session.comeBack();
    all.clock.advance(19_999);
    expect(asked(all)).toEqual([]);
    all.clock.advance(1);
    expect(asked(all)).toEqual([1]);
  });
});

/** What is typed is told to the model, which says something to it. */
const typed = (all: ReturnType<typeof greeted>): void => {
  all.line.press('#');
  says(all);
};

describe('[SC3] who makes themselves heard', () => {
  test.each<[string, (all: ReturnType<typeof greeted>) => void]>([
    ['makes a sound that may be speech', ({ session }) => session.callerSpeech('started')],
    ['says words', ({ session }) => session.callerSaid('Hm.')],
    ['presses a key, and is answered', typed],
  ])('%s is waited for anew', (_how, act) => {
    const all = greeted();
    all.clock.advance(15_000);
    act(all);
    all.session.callerSpeaks = false;
    all.clock.advance(19_999);
    expect(asked(all)).toEqual([]);
    all.clock.advance(1);
    expect(asked(all)).toEqual([1]);
  });

  test('is not asked while they speak', () => {
    const all = greeted();
    all.session.callerSpeech('started');
    all.clock.advance(90_000);
    expect(asked(all)).toEqual([]);
  });

  test.each<[string, (all: ReturnType<typeof greeted>) => void, number]>([
    ['with words', ({ session }) => session.callerSaid('Yes.'), 1],
    ['with a key, and were answered', typed, 1],
    ['with a cough, of which no word came', ({ session }) => session.callerSpeech('started'), 2],
  ])('after they were asked, %s', (_how, act, next) => {
    const all = greeted();
    all.clock.advance(20_000);
    says(all);
    act(all);
    all.session.callerSpeaks = false;
    all.clock.advance(20_000);
    expect(asked(all)).toEqual([1, next]);
  });

  test.each<[string, (all: ReturnType<typeof greeted>) => void]>([
    ['what they say is over', ({ session }) => session.callerSpeech('ended')],
    ['words', ({ session }) => session.callerSaid('I am here.')],
    ['a key', ({ line }) => line.press('1')],
    ['the model, by stopping', ({ session }) => session.interrupt()],
  ])('during the goodbye is not hung up on: %s', (_how, act) => {
    const all = greeted();
    all.clock.advance(20_000);
    says(all);
    all.clock.advance(20_000);
    all.session.say(2_000);
    all.clock.advance(500);
    act(all);
    all.session.idle();
    all.clock.advance(15_000);
    expect(asked(all)).toEqual([1, 2]);
    expect(all.ended).toBeUndefined();
    expect(all.journal).toEqual([]);
  });

  test('but who was said goodbye to by the model is, unless they interrupt [EN3]', () => {
    const all = greeted();
    all.session.callTools({ id: 'bye', name: 'end_call' });
    all.toolDone('bye', { type: 'hangUp' });
    all.session.callerSaid('Bye!');
    all.clock.advance(6_000);
    expect(all.ended?.reason).toBe('agent-hung-up');
  });
});
