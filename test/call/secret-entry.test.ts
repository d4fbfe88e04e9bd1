// A secret entry in a call: who hears of the keys, when it is over, and what becomes of it when the call goes elsewhere.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FRAME_MS, MULAW_8K, silence } from '../../src/audio/format.ts';
import { soundFromWav } from '../../src/audio/wav.ts';
import type { NoticeBody } from '../../src/call/notices.ts';
import type { SecretAnswer, SecretWish } from '../../src/tools/secrets.ts';
import { BILLING, callRig, type CallRigOptions } from './call-rig.ts';

const CARD: SecretWish = { kind: 'card' };
const DIGITS = '4242424242424242';
const wav = readFileSync(new URL('../../fixtures/audio/caller/interrupt.wav', import.meta.url));
const voice = soundFromWav(wav, MULAW_8K);
const VOICE = Array.from({ length: Math.floor(voice.length / 160) }, (_, n) =>
  voice.slice(n * 160, (n + 1) * 160),
);
const LOUD = new Uint8Array(160).fill(0x10);

function desk(options: CallRigOptions = {}) {
  const rig = callRig({
    ...options,
    rules: {
      keypad: { pauseMs: 2_500, finishKey: '#', shortcuts: { 0: { do: 'hang-up' } } },
      ...options.rules,
    },
  });
  const line = rig.answered();
  const answers: SecretAnswer[] = [];
  const aborter = new AbortController();
  const ask = (wish: SecretWish = CARD, signal = aborter.signal): Promise<void> =>
    rig.secrets.ask({ ...wish, monthFirst: false }, signal).then((answer) => void answers.push(answer));
  const type = (keys: string, on = line): void => {
    for (const key of keys) {
      rig.clock.advance(200);
      on.press(key);
    }
  };
  const entries = () =>
    rig.told.flatMap((notice) =>
      notice.type === 'secret-keys' && notice.is !== 'typing' ? [`${notice.is} ${notice.keys}`] : [],
    );
  return { ...rig, rig, line, ask, type, answers, entries, aborter };
}
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const isSilent = (sent: readonly Uint8Array[]): boolean =>
  sent.every((pcm) => pcm.every((byte) => byte === 0));
const digitsTold = (told: readonly NoticeBody[]): NoticeBody[] => told.filter(({ type }) => type === 'digit');

describe('[VA1] keys go to who asked for them, and nobody else', () => {
  test('not to notices, the model, or a shortcut', async () => {
    const { ask, type, answers, entries, told, session, call } = desk();
    void ask({ kind: 'digits' });
    type('0123#');
    await settle();
    expect(answers).toEqual([{ digits: '0123' }]);
    expect(entries()).toEqual(['opened 0', 'received 4']);
    expect(digitsTold(told)).toEqual([]);
    expect(session.prompts).toHaveLength(1);
    expect(call.isEnded).toBe(false);
    expect(JSON.stringify(told)).not.toContain('0123');
  });

  test('before and long after, keys are keys', async () => {
    const { ask, type, clock, told, session } = desk();
    type('12');
    void ask();
    type(`${DIGITS}#`);
    await settle();
    clock.advance(2_001);
    type('34#');
    expect(digitsTold(told).map((notice) => notice.type === 'digit' && notice.digit)).toEqual(
      Array.from('1234#'),
    );
    expect(session.prompts.at(-1)).toContain('34');
  });

  test('keys that were typed just before are told once it is over, and not in the middle of it', () => {
    const { ask, type, clock, session, told } = desk();
    type('42');
    void ask();
    clock.advance(2_400);
    type(DIGITS);
    clock.advance(3_000);
    expect(session.prompts.filter((prompt) => prompt.includes('42'))).toEqual([]);
    type('#');
    clock.advance(500);
    expect(session.prompts.filter((prompt) => prompt.includes('42'))).toEqual([
      '[The caller pressed keypad keys: 42]',
    ]);
    clock.advance(10_000);
    expect(session.prompts.filter((prompt) => prompt.includes('42'))).toHaveLength(1);
    expect(digitsTold(told)).toHaveLength(2);
  });

  test('keys that were typed just before, and the caller hangs up: nothing is left behind', () => {
    const { ask, type, clock, line } = desk();
    type('42');
    void ask();
    clock.advance(4_000);
    line.stop();
    // The line's own last word is under way.
    clock.advance(1);
    expect(clock.pending).toBe(0);
  });

  test('a second tool does not get what the first one asked for', async () => {
    const { ask, type, answers } = desk();
    void ask();
    void ask({ kind: 'pin' });
    await settle();
    expect(answers).toEqual([{ none: 'busy', times: 0 }]);
    type(`${DIGITS}#`);
    await settle();
    expect(answers[1]).toEqual({ digits: DIGITS });
  });
});

describe('[VA2] the model hears silence', () => {
  test('from the opening until 400 ms after the last key, and everything that is said then', async () => {
    const { ask, type, line, session, clock } = desk();
    const before = session.sent.length;
    void ask();
    line.speak(LOUD);
    type(`${DIGITS}#`);
    for (let n = 0; n < 20; n++) {
      clock.advance(20);
      line.speak(LOUD);
    }
    expect(isSilent(session.sent.slice(before))).toBe(true);
    for (let n = 0; n < 100; n++) {
      clock.advance(20);
      line.speak(LOUD);
    }
    await settle();
    const loud = session.sent
      .slice(before)
      .flatMap((pcm) => [...pcm])
      .filter((byte) => byte !== 0).length;
    // 16-bit samples at 16 kHz: 100 frames, less what the filter holds.
    expect(loud).toBeGreaterThan(98 * 640 * 0.95);
    line.speak(LOUD);
    expect(isSilent(session.sent.slice(-1))).toBe(false);
  });

  test('also in what is kept for a greeting that is guarded', () => {
    const rig = callRig({ rules: { greetingInterruptible: false } });
    const line = rig.connect();
    rig.session.ready();
    rig.session.say(500);
    void rig.secrets.ask({ kind: 'pin', monthFirst: false }, new AbortController().signal);
    for (let n = 0; n < 10; n++) line.speak(LOUD);
    rig.session.idle();
    rig.clock.advance(600);
    expect(isSilent(rig.session.sent)).toBe(true);
  });

  test.each([
    ['hears nobody over the agent while a secret is typed', true],
    ['hears the same voice otherwise', false],
  ])('our own ear, for local turns, %s', (_, isTyping) => {
    const { ask, line, session, clock, of } = desk({ turnTaking: 'local' });
    session.say(8_000);
    session.endTurn();
    const hear = (frames: readonly Uint8Array[]): void => {
      for (const frame of frames) {
        line.speak(frame);
        clock.advance(20);
      }
    };
    hear(Array<Uint8Array>(60).fill(silence(MULAW_8K, FRAME_MS)));
    if (isTyping) void ask();
    hear(VOICE);
    expect(of('sound-over-agent').some(({ is }) => is === 'speech')).toBe(!isTyping);
    expect(session.let.length > 0).toBe(!isTyping);
  });
});

describe('[VA3] it ends', () => {
  test('6 s after the last key, with what is there', async () => {
    const { ask, type, clock, answers } = desk();
    void ask();
    type(DIGITS);
    clock.advance(5_999);
    await settle();
    expect(answers).toEqual([]);
    clock.advance(1);
    await settle();
    expect(answers).toEqual([{ digits: DIGITS }]);
  });

  test('10 s after the agent has asked, when nothing is typed, and after the star too', async () => {
    const { ask, type, clock, answers, session, entries } = desk();
    session.say(3_000);
    void ask();
    session.endTurn();
    clock.advance(12_000);
    await settle();
    expect(answers).toEqual([]);
    clock.advance(1_500);
    await settle();
    expect(answers).toEqual([{ none: 'timed-out', times: 1 }]);
    void ask();
    type('42*');
    clock.advance(10_000);
    await settle();
    expect(answers[1]).toEqual({ none: 'timed-out', times: 2 });
    expect(entries()).toEqual(['opened 0', 'timed-out 0', 'opened 0', 'timed-out 0']);
  });

  test('not while the agent still asks, though it began only after it had called the tool', async () => {
    const { ask, clock, answers, session } = desk();
    void ask();
    clock.advance(300);
    session.say(9_500);
    session.endTurn();
    clock.advance(9_500 + 9_500);
    await settle();
    expect(answers).toEqual([]);
    clock.advance(800);
    await settle();
    expect(answers).toEqual([{ none: 'timed-out', times: 1 }]);
  });

  test('a sound that fills the silence is no question: the ten seconds run', async () => {
    const { ask, clock, answers, session, line } = desk({ rules: { deadAirMs: 3_000 } });
    session.callTools({ id: 'pay', name: 'pay' });
    void ask();
    clock.advance(9_900);
    await settle();
    expect(answers).toEqual([]);
    expect(line.played.length).toBeGreaterThan(0);
    clock.advance(300);
    await settle();
    expect(answers).toEqual([{ none: 'timed-out', times: 1 }]);
  });

  test('an agent that never stops asking has 90 s', async () => {
    const { ask, clock, answers, session } = desk();
    void ask();
    session.say(120_000);
    clock.advance(89_999);
    await settle();
    expect(answers).toEqual([]);
    clock.advance(1);
    await settle();
    expect(answers).toEqual([{ none: 'timed-out', times: 1 }]);
  });

  test('failures are counted by what was asked for, and anew once it came', async () => {
    const { ask, type, clock, answers } = desk();
    const fails = async (wish: SecretWish): Promise<void> => {
      void ask(wish);
      type('1#');
      await settle();
      clock.advance(3_000);
    };
    const EXPIRY: SecretWish = { kind: 'digits', least: 4, field: 'pay.expiry' };
    const CODE: SecretWish = { kind: 'digits', least: 3, field: 'pay.code' };
    await fails(EXPIRY);
    await fails(CODE);
    await fails(EXPIRY);
    void ask(EXPIRY);
    type('1228#');
    await settle();
    clock.advance(3_000);
    await fails(EXPIRY);
    await fails(CODE);
    expect(answers).toEqual([
      ...[1, 1, 2].map((times) => ({ none: 'not-valid', times })),
      { digits: '1228' },
      ...[1, 2].map((times) => ({ none: 'not-valid', times })),
    ]);
  });

  test('when the caller presses # alone, or the tool is not waited for any more', async () => {
    const { ask, type, answers, aborter } = desk();
    void ask();
    type('#');
    void ask();
    type('42');
    aborter.abort();
    await settle();
    void ask();
    await settle();
    expect(answers).toEqual([1, 2, 3].map((times) => ({ none: 'cancelled', times })));
  });

  test('after 90 s, whatever is pressed', async () => {
    const { ask, type, answers, entries } = desk();
    void ask();
    for (let n = 0; n < 60; n++) type('1234567890');
    await settle();
    expect(answers).toEqual([{ none: 'timed-out', times: 1 }]);
    expect(entries()[1]).toMatch(/^timed-out 4\d\d$/);
  });

  test('a number that cannot be is not handed on, and neither is one that is too long', async () => {
    const { ask, type, answers } = desk();
    void ask();
    type('4242424242424241#');
    void ask();
    type(`${DIGITS}4242#`);
    await settle();
    expect(answers).toEqual([1, 2].map((times) => ({ none: 'not-valid', times })));
  });
});

describe('[VA4] late keys are nobody’s', () => {
  test('until 2 s have passed without one; they are counted', async () => {
    const { ask, type, clock, entries, told, session } = desk();
    void ask({ kind: 'pin', least: 4, most: 4 });
    type('12345');
    clock.advance(1_700);
    type('6#');
    clock.advance(1_999);
    expect(entries()).toEqual(['opened 0', 'received 4']);
    clock.advance(1);
    expect(entries()).toEqual(['opened 0', 'received 4', 'late 3']);
    await settle();
    expect(digitsTold(told)).toEqual([]);
    expect(session.prompts).toHaveLength(1);
  });
});

describe('[VA4] two entries in a row', () => {
  const PIN: SecretWish = { kind: 'pin', least: 4, most: 4 };
  const EXPIRY: SecretWish = { kind: 'digits', least: 4, most: 4 };
  /** As a described tool does. */
  const both = (of: ReturnType<typeof desk>, first: SecretWish, second: SecretWish): void =>
    void of.ask(first).then(() => of.ask(second));
  /** With time for the tool between keys. */
  const typeOn = async ({ clock, line }: ReturnType<typeof desk>, keys: string, everyMs = 200) => {
    for (const key of keys) {
      clock.advance(everyMs);
      line.press(key);
      await settle();
    }
  };

  test.each<[string, SecretWish, string[]]>([
    ['the # that the agent told them of, for a number that ends by itself', EXPIRY, ['1234#', '1228']],
    ['the same, and the second ends with # too', CARD, ['1234#', `${DIGITS}#`]],
    ['the # that comes late', CARD, ['1234', '|1500', '#', `${DIGITS}#`]],
    ['the # that comes very late', CARD, ['1234', '|8000', '#', `${DIGITS}#`]],
    ['the # pressed twice', CARD, ['1234##', `${DIGITS}#`]],
    ['one digit too many', EXPIRY, ['12345', '|1000', '1228']],
    ['one digit too many, and a #', EXPIRY, ['12345#', '1228']],
    ['one digit too many, and the star', EXPIRY, ['12345*', '|1000', '1228']],
    ['no #, and a pause', EXPIRY, ['1234', '|700', '1228']],
  ])('%s: nothing of the first is taken for the second', async (_, second, keys) => {
    const rig = desk();
    both(rig, PIN, second);
    for (const part of keys)
      if (part.startsWith('|')) rig.clock.advance(Number(part.slice(1)));
      else await typeOn(rig, part);
    expect(rig.answers).toEqual([{ digits: '1234' }, { digits: second === CARD ? DIGITS : '1228' }]);
    expect(digitsTold(rig.told)).toEqual([]);
  });

  test('whatever comes between them, and whenever', async () => {
    const step = fc.integer({ min: 20, max: 699 });
    // As many digits as the next number has are the next number.
    const stray = fc
      .array(fc.tuple(fc.constantFrom(...Array.from('0123456789*')), step), { maxLength: 4 })
      .filter((all) => all.length < 4 || all.some(([key]) => key === '*'));
    // All in all less than the ten seconds within which the second one begins.
    const hash = fc.option(fc.integer({ min: 20, max: 4_000 }), { nil: undefined });
    await fc.assert(
      fc.asyncProperty(stray, hash, fc.integer({ min: 20, max: 3_000 }), async (strays, hashMs, gapMs) => {
        const rig = desk();
        both(rig, PIN, EXPIRY);
        await typeOn(rig, '1234');
        for (const [key, ms] of strays) await typeOn(rig, key, ms);
        if (hashMs !== undefined) await typeOn(rig, '#', hashMs);
        await typeOn(rig, '1', hashMs === undefined ? Math.max(700, gapMs) : gapMs);
        await typeOn(rig, '228');
        expect(rig.answers).toEqual([{ digits: '1234' }, { digits: '1228' }]);
        expect(digitsTold(rig.told)).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  test.each<[string, SecretWish, SecretWish, string, string]>([
    ['two of fixed length', EXPIRY, { kind: 'digits', least: 3, most: 3 }, '1228737', '737'],
    ['a card behind a PIN', PIN, CARD, `1234${DIGITS}#`, DIGITS],
  ])('typed in one go, without the # between them: %s', async (_, first, second, keys, typed) => {
    const rig = desk();
    both(rig, first, second);
    await typeOn(rig, keys, 350);
    expect(rig.answers).toEqual([{ digits: keys.slice(0, 4) }, { digits: typed }]);
    rig.clock.advance(3_000);
    expect(rig.entries().filter((entry) => entry.startsWith('late'))).toEqual([]);
  });

  test('a line that is lost behind one digit too many ends nothing', async () => {
    const rig = desk();
    both(rig, PIN, EXPIRY);
    await typeOn(rig, '12345');
    rig.line.drop();
    rig.clock.advance(3_000);
    const again = rig.connect();
    rig.clock.advance(6_500);
    rig.type('1228', again);
    await settle();
    expect(rig.answers).toEqual([{ digits: '1234' }, { digits: '1228' }]);
  });

  test('a number that its pause has ended, and then the # as told: the next one is waited for', async () => {
    const rig = desk();
    both(rig, { kind: 'digits', least: 4, most: 10 }, CARD);
    await typeOn(rig, '122873');
    rig.clock.advance(6_000);
    await settle();
    rig.clock.advance(2_100);
    await typeOn(rig, `#${DIGITS}#`);
    expect(rig.answers).toEqual([{ digits: '122873' }, { digits: DIGITS }]);
  });

  test('after a # the next number may follow at once, and its own # alone is one once two seconds have passed', async () => {
    const rig = desk();
    both(rig, CARD, EXPIRY);
    await typeOn(rig, `${DIGITS}#1228`, 100);
    expect(rig.answers).toEqual([{ digits: DIGITS }, { digits: '1228' }]);
    rig.clock.advance(5_000);
    both(rig, CARD, EXPIRY);
    await typeOn(rig, `${DIGITS}#`);
    rig.clock.advance(1_800);
    await typeOn(rig, '#');
    expect(rig.answers.slice(2)).toEqual([{ digits: DIGITS }, { none: 'cancelled', times: 1 }]);
  });

  test('what came late is counted once, and gives the second no time', async () => {
    const rig = desk();
    both(rig, PIN, EXPIRY);
    await typeOn(rig, '123456#');
    expect(rig.entries()).toEqual(['opened 0', 'received 4', 'opened 0']);
    await typeOn(rig, '1');
    expect(rig.entries()).toEqual(['opened 0', 'received 4', 'opened 0', 'late 3']);
    await typeOn(rig, '228');
    rig.clock.advance(2_000);
    expect(rig.entries()).toEqual(['opened 0', 'received 4', 'opened 0', 'late 3', 'received 4']);
  });

  test('the second one ends in time although late keys come', async () => {
    const rig = desk();
    both(rig, PIN, EXPIRY);
    await typeOn(rig, '1234');
    await typeOn(rig, '5');
    rig.clock.advance(9_800);
    await settle();
    expect(rig.answers[1]).toEqual({ none: 'timed-out', times: 1 });
    expect(rig.entries()).toEqual(['opened 0', 'received 4', 'opened 0', 'late 1', 'timed-out 0']);
  });
});

describe('[VA4] who gave up gets through', () => {
  test('0 is a shortcut at once after # alone', async () => {
    const { ask, type, session, answers, told } = desk();
    void ask();
    type('#');
    await settle();
    type('0');
    expect(answers).toEqual([{ none: 'cancelled', times: 1 }]);
    expect(digitsTold(told)).toHaveLength(1);
    expect(session.prompts.at(-1)).toMatch(/pressed 0, which ends the call/);
  });

  test('and other keys then may be the number that was asked for: nobody hears of them', async () => {
    const { ask, type, told, session } = desk();
    void ask();
    type('#');
    await settle();
    type(DIGITS);
    expect(digitsTold(told)).toEqual([]);
    expect(session.prompts).toHaveLength(1);
  });

  test('and when nothing was typed in time; other keys are a number that began too late', () => {
    const late = desk();
    void late.ask();
    late.clock.advance(10_000);
    late.type('40');
    expect(digitsTold(late.told)).toEqual([]);
    const lost = desk();
    void lost.ask();
    lost.clock.advance(10_000);
    lost.type('0');
    lost.clock.advance(2_000);
    expect(digitsTold(lost.told)).toHaveLength(1);
    expect(lost.session.prompts.at(-1)).toMatch(/pressed 0, which ends the call/);
  });

  test('not after digits, even if they were taken back', () => {
    const { ask, type, told, entries } = desk();
    void ask();
    type('42*#0');
    expect(digitsTold(told)).toEqual([]);
    expect(entries()).toEqual(['opened 0', 'cancelled 0']);
  });

  test('whoever presses on and on is heard after ten seconds', () => {
    const { ask, clock, line, told } = desk();
    void ask();
    line.press('4');
    line.press('#');
    for (let n = 0; n < 6; n++) {
      clock.advance(1_900);
      line.press('0');
    }
    expect(digitsTold(told)).toHaveLength(1);
  });

  test('the model does not hear the tone of the # either', () => {
    const { ask, type, line, session, clock } = desk();
    void ask();
    type('#');
    const before = session.sent.length;
    for (let n = 0; n < 20; n++) {
      line.speak(LOUD);
      clock.advance(20);
    }
    expect(isSilent(session.sent.slice(before))).toBe(true);
  });
});

describe('[VA5] whatever becomes of the call, nothing is kept', () => {
  test('hung up: the tool is told so, before the call has ended', async () => {
    const { ask, type, line, answers, told, call } = desk();
    void ask();
    type('4242');
    line.stop();
    await settle();
    expect(answers).toEqual([{ none: 'hung-up', times: 1 }]);
    expect(call.isEnded).toBe(true);
    const types = told.map((notice) => (notice.type === 'secret-keys' ? notice.is : notice.type));
    expect(types.indexOf('hung-up')).toBeGreaterThan(0);
    expect(types.indexOf('hung-up')).toBeLessThan(types.indexOf('call-ended'));
    void ask();
    await settle();
    expect(answers[1]).toMatchObject({ none: 'hung-up' });
  });

  test('gone elsewhere', async () => {
    const { ask, type, answers, session, clock, rig, of } = desk();
    void ask();
    type('4242');
    session.callTools({ id: 'a', name: 'transfer_call' });
    rig.toolDone('a', BILLING);
    session.idle();
    clock.advance(6_000);
    await settle();
    expect(of('departed')).toHaveLength(1);
    expect(answers).toEqual([{ none: 'elsewhere', times: 1 }]);
    void ask();
    await settle();
    expect(answers[1]).toMatchObject({ none: 'elsewhere' });
  });

  test('a line that is lost, and back: the entry goes on, and no time passed', async () => {
    const { ask, type, line, clock, connect, call, answers, session } = desk();
    void ask();
    type(DIGITS.slice(0, 8));
    line.drop();
    clock.advance(12_000);
    await settle();
    expect(answers).toEqual([]);
    call.carrierAsks();
    const next = connect();
    const before = session.sent.length;
    next.speak(LOUD);
    expect(isSilent(session.sent.slice(before))).toBe(true);
    type(`${DIGITS.slice(8)}#`, next);
    await settle();
    expect(answers).toEqual([{ digits: DIGITS }]);
  });

  test('all clocks stand while the line is lost, that of the whole entry too', async () => {
    const { ask, type, line, clock, connect, call, answers } = desk();
    void ask();
    for (let n = 0; n < 26; n++) {
      type('4*');
      clock.advance(2_600);
    }
    clock.advance(2_000);
    type('42424242');
    line.drop();
    clock.advance(12_000);
    call.carrierAsks();
    const next = connect();
    type(`42424242#`, next);
    await settle();
    expect(answers).toEqual([{ digits: DIGITS }]);
  });

  test('and so they do for what is asked while it is lost', async () => {
    const { ask, line, clock, connect, call, answers } = desk();
    line.drop();
    void ask();
    clock.advance(11_000);
    await settle();
    expect(answers).toEqual([]);
    call.carrierAsks();
    connect();
    clock.advance(9_999);
    await settle();
    expect(answers).toEqual([]);
    clock.advance(1);
    await settle();
    expect(answers).toEqual([{ none: 'timed-out', times: 1 }]);
  });

  test('and for what is asked before there is one', async () => {
    const rig = callRig();
    rig.session.ready();
    const answers: SecretAnswer[] = [];
    const asked = rig.secrets.ask({ kind: 'pin', monthFirst: false }, new AbortController().signal);
    void asked.then((answer) => void answers.push(answer));
    rig.clock.advance(12_000);
    await settle();
    expect(answers).toEqual([]);
    rig.connect();
    rig.clock.advance(10_000);
    await settle();
    expect(answers).toEqual([{ none: 'timed-out', times: 1 }]);
  });

  test('a line that does not come back', async () => {
    const { ask, type, line, clock, answers, call } = desk();
    void ask();
    type('4242');
    line.drop();
    clock.advance(30_000);
    await settle();
    expect(call.isEnded).toBe(true);
    expect(answers).toEqual([{ none: 'hung-up', times: 1 }]);
    expect(clock.pending).toBe(0);
  });

  test('the model away, and gone: keys stay nobody’s', async () => {
    const { ask, type, session, told, answers, aborter } = desk();
    void ask();
    type('42424');
    session.lose();
    type('24242');
    session.fail();
    aborter.abort();
    type('424242');
    await settle();
    expect(answers).toEqual([{ none: 'cancelled', times: 1 }]);
    expect(digitsTold(told)).toEqual([]);
  });
});
