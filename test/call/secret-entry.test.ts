// A secret entry in a call: who hears of the keys, when it is over, and what becomes of it when the call goes elsewhere.
import { readFileSync } from 'node:fs';
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
