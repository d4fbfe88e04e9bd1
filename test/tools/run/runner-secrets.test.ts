// Secrets that a tool has its caller type: the time that it takes, who ends it, and that no digit comes out again.
import { describe, expect, test } from 'vitest';
import { LivelineError } from '../../../src/base/errors.ts';
import { ToolRefusal } from '../../../src/tools/refusal.ts';
import type { SecretAnswer, SecretDesk, SecretWish } from '../../../src/tools/secrets.ts';
import type { Tool, ToolContext, ToolResult } from '../../../src/tools/tool.ts';
import { HARD_LIMIT_MS, rigOf, settle, TIMEOUT_MS, tool } from './runner-rig.ts';

const CARD = '4929130745873609';
const GROUPED = '4929 1307-4587.3609';

/** Answers when the test says so, or its signal fires. */
function scriptedDesk() {
  const wishes: (SecretWish & { monthFirst: boolean })[] = [];
  let answer: ((answer: SecretAnswer) => void) | undefined;
  const desk: SecretDesk = {
    ask(wish, signal) {
      wishes.push(wish);
      return new Promise((resolve) => {
        answer = resolve;
        signal.addEventListener('abort', () => resolve({ none: 'cancelled', times: 1 }));
      });
    },
  };
  return { desk, wishes, type: (given: SecretAnswer = { digits: CARD }) => answer?.(given) };
}

type Then = (digits: string, context: ToolContext) => ToolResult | Promise<ToolResult>;
const payer = (then: Then, more: Partial<Tool> = {}): Tool =>
  tool(
    'pay',
    async (_, context) => {
      const answer = await context.secrets!.ask({ kind: 'card' });
      if ('none' in answer) throw new ToolRefusal(`nothing was done: ${answer.none}`);
      return then(answer.digits, context);
    },
    { secrets: ['card'], ...more },
  );

describe('time', () => {
  test('typing takes none of the time of the tool, which has all of it afterwards', async () => {
    const { desk, type } = scriptedDesk();
    const gate = Promise.withResolvers<ToolResult>();
    const { clock, done, run } = rigOf([payer(() => gate.promise)], { secrets: desk });
    run('pay');
    await settle();
    clock.advance(TIMEOUT_MS * 50);
    await settle();
    expect(done).toEqual([]);
    type();
    await settle();
    clock.advance(TIMEOUT_MS - 1);
    await settle();
    expect(done).toEqual([]);
    clock.advance(1);
    await settle();
    expect(done).toMatchObject([
      { response: { status: 'error' }, cause: expect.stringMatching(/TOOL_TIMED_OUT/) as string },
    ]);
  });

  test('an effect that is typed for is not in doubt for others meanwhile, and done once', async () => {
    const { desk, type, wishes } = scriptedDesk();
    let times = 0;
    const paying = payer(() => ({ tell: { times: (times += 1) } }), { effect: {} });
    const { clock, done, run } = rigOf([paying], { secrets: desk });
    run('pay', 'a');
    await settle();
    clock.advance(HARD_LIMIT_MS + 60_000);
    run('pay', 'b');
    await settle();
    type();
    await settle();
    expect(done.map(({ id, response }) => [id, response['times']])).toEqual([
      ['a', 1],
      ['b', 1],
    ]);
    expect(wishes).toHaveLength(1);
  });
});

describe('who ends it', () => {
  test.each([
    ['without an effect', {}],
    ['with one', { effect: {} }],
  ])('the model that cancels: nothing is done, %s, and the same may be asked for again', async (_, more) => {
    const { desk, type } = scriptedDesk();
    const paid: string[] = [];
    const paying = payer((digits) => {
      paid.push(digits);
      return { tell: {} };
    }, more);
    const { done, run, cancel } = rigOf([paying], { secrets: desk });
    run('pay', 'a');
    await settle();
    cancel('a');
    await settle();
    type();
    await settle();
    expect(paid).toEqual([]);
    run('pay', 'b');
    await settle();
    type();
    await settle();
    expect(paid).toEqual([CARD]);
    expect(done).toMatchObject([{ id: 'b', response: { status: 'ok' } }]);
  });

  test('the call that goes on without it', async () => {
    const { desk, type } = scriptedDesk();
    const paid: string[] = [];
    const { run, runner } = rigOf([payer((digits) => ({ tell: { n: paid.push(digits) } }), { effect: {} })], {
      secrets: desk,
    });
    run('pay');
    await settle();
    await runner.close();
    type();
    await settle();
    expect(paid).toEqual([]);
  });

  test('the caller who gives nothing', async () => {
    const { desk, type } = scriptedDesk();
    const { done, run } = rigOf([payer(() => ({ tell: {} }), { effect: {} })], { secrets: desk });
    run('pay');
    await settle();
    type({ none: 'hung-up', times: 1 });
    await settle();
    expect(done).toMatchObject([{ response: { status: 'error', message: 'nothing was done: hung-up' } }]);
  });
});

test('a kind that the tool has not named is not asked for, and without a keypad there is nobody to ask', async () => {
  const { desk, wishes } = scriptedDesk();
  const { done, run } = rigOf([payer(() => ({ tell: {} }), { secrets: ['pin'] })], { secrets: desk });
  run('pay');
  await settle();
  expect(wishes).toEqual([]);
  expect(done).toMatchObject([
    { response: { status: 'error' }, cause: expect.stringMatching(/not among its secrets/) as string },
  ]);
  const none = rigOf([
    tool('look', (_, { secrets }) => Promise.resolve({ tell: { has: secrets !== undefined } })),
  ]);
  none.run('look');
  await settle();
  expect(none.done).toMatchObject([{ response: { has: false } }]);
});

test('the order of a date is that of the office', async () => {
  const { desk, wishes } = scriptedDesk();
  const { run } = rigOf([payer(() => ({ tell: {} }))], { secrets: desk });
  run('pay');
  await settle();
  // Of the rig: en-US.
  expect(wishes).toEqual([{ kind: 'card', monthFirst: true }]);
});

describe('no digit comes out again', () => {
  const cases: [string, Then][] = [
    [
      'in what it tells',
      (digits) => ({ tell: { message: `Paid with ${digits}.`, [digits]: [GROUPED, Number(digits)] } }),
    ],
    [
      'in a refusal',
      (digits) => {
        throw new ToolRefusal(`no ${digits}`, { card: digits }, `Sorry, ${GROUPED}.`);
      },
    ],
    [
      'in an error of ours',
      (digits) => {
        throw new LivelineError('TOOL_REFUSED', `no ${digits}`, { cause: new Error(GROUPED) });
      },
    ],
    [
      'in any other',
      (digits) => {
        throw new TypeError(`no ${digits}`, { cause: digits });
      },
    ],
    ['in what cannot be told', (digits) => ({ tell: { message: digits, big: BigInt(digits) } })],
  ];
  test.each(cases)('%s', async (_, then) => {
    for (const more of [{}, { effect: {} }]) {
      const { desk, type } = scriptedDesk();
      const { done, lines, run } = rigOf([payer(then, more)], { secrets: desk });
      run('pay');
      await settle();
      type();
      await settle();
      expect(done).toHaveLength(1);
      expect(lines.length).toBeGreaterThan(1);
      const said = JSON.stringify([done, lines]);
      expect(said).not.toMatch(/4929|3609/);
    }
  });
});

test('a short number is taken out where it stands alone', async () => {
  const { desk, type } = scriptedDesk();
  const { done, run } = rigOf(
    [payer(() => ({ tell: { message: 'PIN 12-34 of order 512345.', pin: 1_234 } }))],
    {
      secrets: desk,
    },
  );
  run('pay');
  await settle();
  type({ digits: '1234' });
  await settle();
  expect(done).toMatchObject([
    { response: { message: 'PIN [typed by the caller] of order 512345.', pin: '[typed by the caller]' } },
  ]);
});

describe('what was thrown stays what it was, once the digits are out of it', () => {
  const timedOut = (): DOMException => new DOMException('The operation timed out.', 'TimeoutError');
  const told = async (then: Then, more: Partial<Tool> = {}) => {
    const { desk, type } = scriptedDesk();
    const { done, lines, run } = rigOf([payer(then, more)], { secrets: desk });
    run('pay');
    await settle();
    type();
    await settle();
    expect(done).toHaveLength(1);
    expect(JSON.stringify([done, lines])).not.toMatch(/4929|3609/);
    return done[0]!;
  };

  test('of an effect that is known not to have happened, also when an error that has only getters is its cause', async () => {
    const { response, cause } = await told(
      () => {
        throw new LivelineError('TOOL_UNAVAILABLE', 'the till is away', { cause: timedOut() });
      },
      { effect: {} },
    );
    expect(response).toMatchObject({
      retryable: true,
      message: expect.stringMatching(/nothing was done/) as string,
    });
    expect(cause).toMatch(/the till is away/);
  });

  test.each<[string, (digits: string) => Error, RegExp]>([
    ['a timeout of fetch', timedOut, /The operation timed out/],
    [
      'one with digits in it',
      (digits) => new DOMException(`no ${digits}`, 'DataError'),
      /no \[typed by the caller\]/,
    ],
    ['a frozen one', (digits) => Object.freeze(new RangeError(`no ${digits}`)), /no \[typed by the caller\]/],
    [
      'one that is its own cause',
      (digits) => {
        const error = new Error(`no ${digits}`);
        error.cause = error;
        return error;
      },
      /no \[typed by the caller\]/,
    ],
    [
      'one that cannot be read',
      () =>
        Object.defineProperty(new Error('no'), 'message', {
          get: () => {
            throw new Error('not this one');
          },
        }),
      /could not be read/,
    ],
  ])('%s', async (_, make, words) => {
    const { cause } = await told((digits) => {
      throw make(digits);
    });
    expect(cause).toMatch(words);
    expect(cause).not.toMatch(/only a getter|read only/);
  });

  test('a frozen error of ours keeps its code', async () => {
    const { response } = await told(
      (digits) => {
        const error = new LivelineError('TOOL_UNAVAILABLE', `${digits} is away`);
        Object.freeze(error);
        throw error;
      },
      { effect: {} },
    );
    expect(response).toMatchObject({ retryable: true });
  });
});

test('a date of birth is taken out in every order, as text and as a number', async () => {
  const { desk, type } = scriptedDesk();
  const born = tool(
    'look',
    async (_, context) => {
      await context.secrets!.ask({ kind: 'birth_date' });
      return { tell: { message: 'Born 31.12.1990.', us: '12/31/1990', typed: 31_121_990, year: 1990 } };
    },
    { secrets: ['birth_date'] },
  );
  const { done, run } = rigOf([born], { secrets: desk });
  run('look');
  await settle();
  type({ digits: '19901231' });
  await settle();
  const out = '[typed by the caller]';
  expect(done).toMatchObject([{ response: { message: `Born ${out}.`, us: out, typed: out, year: 1990 } }]);
});

test('so is a number whose zeros in front were lost', async () => {
  const { desk, type } = scriptedDesk();
  const { done, run } = rigOf([payer(() => ({ tell: { pin: 420, text: '0420', left: 42 } }))], {
    secrets: desk,
  });
  run('pay');
  await settle();
  type({ digits: '0420' });
  await settle();
  const out = '[typed by the caller]';
  expect(done).toMatchObject([{ response: { pin: out, text: out, left: 42 } }]);
});
