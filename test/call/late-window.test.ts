// The time after a secret entry in a call: a number that comes too late is nobody's, and who wants a person gets through.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readKeypadMenu } from '../../src/agents/keypad-menu-file.ts';
import type { KeyAction } from '../../src/ivr/keypad.ts';
import type { SecretAnswer, SecretWish } from '../../src/tools/secrets.ts';
import { callRig, type CallRigOptions } from './call-rig.ts';

const CARD: SecretWish = { kind: 'card' };
const DIGITS = '4242424242424242';
const SHORTCUTS: Record<string, KeyAction> = {
  0: { do: 'destination', name: 'desk' },
  9: { do: 'tool', name: 'opt_out' },
};
const MENU = readKeypadMenu(
  'menu.yaml',
  `start: main
menus:
  main:
    options:
      4: { name: billing, spoken: billing, destination: billing }
      0: { name: operator, spoken: operator, destination: desk }
    otherwise: { destination: anybody }
`,
);
const KEYPAD = { pauseMs: 2_500, finishKey: '#', shortcuts: SHORTCUTS } as const;
const OF_MENU = { ...KEYPAD, shortcuts: {}, menu: MENU };

function desk(options: CallRigOptions = {}) {
  const rig = callRig({ ...options, rules: { keypad: KEYPAD, ...options.rules } });
  const line = rig.answered();
  const answers: SecretAnswer[] = [];
  const aborter = new AbortController();
  const ask = (wish: SecretWish = CARD): Promise<void> =>
    rig.secrets
      .ask({ ...wish, monthFirst: false }, aborter.signal)
      .then((answer) => void answers.push(answer));
  const type = (keys: string, everyMs = 200): void => {
    for (const key of keys) {
      rig.clock.advance(everyMs);
      line.press(key);
    }
  };
  const keysTold = (): string => rig.of('digit').reduce((keys, { digit }) => keys + digit, '');
  const late = (): number =>
    rig.of('secret-keys').reduce((sum, { is, keys }) => sum + (is === 'late' ? keys : 0), 0);
  return Object.assign(rig, { line, ask, type, answers, aborter, keysTold, late });
}
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('[VA4] a number that is typed too late is nobody’s, however long it takes', () => {
  test.each([
    ['a shortcut in it', '4111111111101019', KEYPAD],
    ['none', DIGITS, KEYPAD],
    ['a shortcut first', '0420042004200420', KEYPAD],
    ['options of the menu in it', '4040111111111111', OF_MENU],
  ])('a card at one key a second, once the entry has timed out: %s', async (_, card, keypad) => {
    const all = desk({ rules: { keypad } });
    void all.ask();
    all.clock.advance(10_900);
    all.type(card, 1_000);
    all.clock.advance(6_000);
    await settle();
    expect(all.answers).toEqual([{ none: 'timed-out', times: 1 }]);
    expect(all.keysTold()).toBe('');
    expect(all.late()).toBe(16);
    expect(all.session.prompts).toHaveLength(1);
    expect(all.of('departed')).toEqual([]);
  });

  test('the rest of one that a long look has ended', async () => {
    const all = desk();
    void all.ask();
    all.type('4929130', 900);
    all.clock.advance(6_500);
    all.type('745873609', 1_300);
    all.clock.advance(4_000);
    await settle();
    expect(all.answers).toEqual([{ none: 'not-valid', times: 1 }]);
    expect([all.keysTold(), all.late(), all.of('departed').length]).toEqual(['', 9, 0]);
  });

  test('and whatever it is, and however its entry has ended', () => {
    const digits = fc.array(
      fc.tuple(fc.constantFrom(...Array.from('0123456789')), fc.integer({ min: 20, max: 1_950 })),
      {
        ...{ minLength: 2, maxLength: 24 },
      },
    );
    // One and the same key is a number to nobody.
    const numbers = digits.filter(
      ([first, second]) => first![0] !== second![0] && first![1] + second![1] < 1_950,
    );
    const ends = fc.constantFrom<(all: ReturnType<typeof desk>) => void>(
      (all) => all.clock.advance(10_000),
      (all) => all.aborter.abort(),
      (all) => all.type('49#'),
      (all) => {
        all.type('4929');
        all.clock.advance(6_000);
      },
    );
    fc.assert(
      fc.property(ends, numbers, fc.constantFrom(KEYPAD, OF_MENU), (end, keys, keypad) => {
        const all = desk({ rules: { keypad } });
        void all.ask();
        end(all);
        for (const [key, gapMs] of keys) all.type(key, gapMs);
        all.clock.advance(4_000);
        expect(all.keysTold()).toBe('');
        expect(all.late()).toBe(keys.length);
        expect(all.session.prompts).toHaveLength(1);
      }),
      { numRuns: 60 },
    );
  });
});

describe('[VA4] who wants a person gets through', () => {
  const to = ({ of }: ReturnType<typeof desk>): string[] =>
    of('departed').map(({ to: where, atMs }) => `${where} ${Math.round(atMs)}`);

  test.each([
    ['of the profile, at once', KEYPAD, 2_500],
    ['of the menu, once no other key has followed', OF_MENU, 4_500],
  ])('0 again and again after # alone: %s', (_, keypad, atMs) => {
    const all = desk({ rules: { keypad } });
    void all.ask();
    all.line.press('#');
    for (let n = 0; n < 4; n += 1) all.type('0', 1_900);
    expect(to(all)).toEqual([`desk ${atMs}`]);
    expect(all.keysTold()).toBe('0');
  });

  test('0 after the time was up, unless it begins a number', () => {
    const lost = desk();
    void lost.ask();
    lost.clock.advance(10_500);
    lost.line.press('0');
    lost.clock.advance(1_900);
    expect(to(lost)).toEqual([]);
    lost.clock.advance(100);
    expect(lost.of('departed')).toHaveLength(1);
    expect([lost.keysTold(), lost.late()], 'it is counted once').toEqual(['0', 0]);
  });

  test('the call is over, or the next entry opens, before it acts: it does nothing any more', () => {
    const gone = desk();
    void gone.ask();
    gone.clock.advance(10_500);
    gone.line.press('0');
    gone.line.stop();
    gone.clock.advance(1);
    expect([gone.keysTold(), gone.clock.pending]).toEqual(['', 0]);
    const next = desk();
    void next.ask();
    next.clock.advance(10_500);
    next.line.press('0');
    void next.ask({ kind: 'pin' });
    next.clock.advance(5_000);
    expect([next.keysTold(), next.of('departed').length]).toEqual(['', 0]);
  });

  test.each([
    ['# alone', (all: ReturnType<typeof desk>) => all.line.press('#')],
    ['time', (all: ReturnType<typeof desk>) => all.clock.advance(10_000)],
  ])('and what was typed before the entry is a group of its own: ended by %s', (_, end) => {
    const all = desk({ rules: { keypad: { ...KEYPAD, pauseMs: 10_000 } } });
    all.type('42');
    void all.ask();
    end(all);
    all.clock.advance(100);
    all.line.press('0');
    all.clock.advance(2_000);
    expect(all.of('departed')).toHaveLength(1);
    expect(all.session.prompts.slice(1).concat(all.session.informed)).toContain(
      '[The caller pressed keypad keys: 42]',
    );
  });
});

describe('[KE3] what a key has run', () => {
  const typing = () => {
    const all = desk();
    all.line.press('9');
    void all.ask();
    all.type('4242');
    all.toolDone([...all.running.keys()].at(-1)!);
    return all;
  };
  const told = (all: ReturnType<typeof desk>): number =>
    all.session.prompts.filter((prompt) => prompt.includes('has run opt_out')).length;

  test('is not told in the middle of a secret, but once that is over, and once', async () => {
    const all = typing();
    all.clock.advance(1_000);
    expect(told(all)).toBe(0);
    all.type('424242424242#');
    await settle();
    all.clock.advance(2_000);
    expect(told(all)).toBe(1);
    all.clock.advance(10_000);
    expect(told(all)).toBe(1);
  });

  test('is told to nobody when the caller hangs up meanwhile', () => {
    const all = typing();
    all.line.stop();
    all.clock.advance(1);
    expect([told(all), all.clock.pending]).toEqual([0, 0]);
  });
});
