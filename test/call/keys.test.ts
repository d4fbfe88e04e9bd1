// Keys: groups are told, shortcuts act, and whatever happens around them each key counts once.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { keypadMenuSchema } from '../../src/agents/keypad-menu.ts';
import { toolCallId, turnId } from '../../src/base/ids.ts';
import type { CallRules } from '../../src/call/rules.ts';
import type { CallFact, CallState, Effect } from '../../src/call/state.ts';
import { openCall, step } from '../../src/call/step.ts';

const RULES: CallRules = {
  ...{ greetingInterruptible: true, greetingGuardMs: 0, minHeardMs: 0, deadAirMs: 4_000 },
  ...{ lastsAtMostMs: 0, silenceMs: 20_000, fallback: { withinMs: 0, hasLadder: true } },
  keypad: {
    ...{ pauseMs: 2_500, finishKey: '#' },
    shortcuts: {
      '0': { do: 'destination', name: 'desk' },
      '9': { do: 'tool', name: 'opt_out' },
      '7': { do: 'voicemail' },
      '8': { do: 'hang-up' },
    },
  },
};

const turn = turnId(3);
const opened: CallFact = { type: 'lineOpened' };
const talking: readonly CallFact[] = [opened, { type: 'ready' }];
const speaking: readonly CallFact[] = [...talking, { type: 'turnStarted', turn }];
const calls = (name: string): CallFact => ({
  type: 'toolsCalled',
  calls: [{ id: toolCallId('a'), name, args: {} }],
});
const done = (then: Extract<CallFact, { type: 'toolDone' }>['then']): CallFact => ({
  ...{ type: 'toolDone', silent: false, then },
  answer: { id: toolCallId('a'), name: 'a', response: { status: 'ok' } },
});
const pause: CallFact = { type: 'timeUp', timer: 'keys', callerSpeaks: false };

let presses = 100;
const press = (digit: string): CallFact => ({ type: 'digit', digit, upTo: turnId((presses += 1)) });
const type = (keys: string): CallFact[] => Array.from(keys, press);

function after(...facts: CallFact[]): { state: CallState; effects: readonly Effect[] } {
  let state = openCall(RULES).state;
  let effects: readonly Effect[] = [];
  for (const fact of facts) ({ state, effects } = step(state, fact, RULES));
  return { state, effects };
}

const told = (effects: readonly Effect[]): string[] =>
  effects.flatMap((effect) => (effect.do === 'tellModel' ? [effect.text] : []));

describe('[KE1] groups', () => {
  test('a finish key ends one at once, and is not in it', () => {
    const { state, effects } = after(...talking, ...type('4711#'));
    expect(told(effects)).toEqual(['[The caller pressed keypad keys: 4711]']);
    expect(effects).toContainEqual(expect.objectContaining({ do: 'tellModel', answer: true }));
    expect(state).toMatchObject({ awaits: 'answer', keypad: { keys: '' } });
  });

  test('so does a pause, which begins anew with every key', () => {
    expect(after(...talking, press('4')).effects).toContainEqual({ do: 'arm', timer: 'keys', ms: 2_500 });
    expect(after(...talking, ...type('47')).effects).toContainEqual({ do: 'arm', timer: 'keys', ms: 2_500 });
    expect(told(after(...talking, ...type('47'), pause).effects)).toEqual([
      '[The caller pressed keypad keys: 47]',
    ]);
  });

  test('a finish key alone is a group, and a pause without keys is none', () => {
    expect(told(after(...talking, press('#')).effects)).toEqual(['[The caller pressed keypad keys: #]']);
    expect(after(...talking, pause).effects).toEqual([]);
  });

  test('before the model is there, and while it is away', () => {
    expect(told(after(opened, ...type('12#')).effects)).toEqual(['[The caller pressed keypad keys: 12]']);
    const away = after(...talking, { type: 'modelAway', broken: false }, ...type('12#'));
    expect(told(away.effects)).toEqual(['[The caller pressed keypad keys: 12]']);
  });

  test('of a caller who is let go before it is complete, it is told, and not answered', () => {
    const { state, effects } = after(
      ...[...talking, ...type('12'), calls('send_digits')],
      done({ type: 'sendKeys', keys: '1' }),
      { type: 'idle' },
      { type: 'timeUp', timer: 'goodbye', callerSpeaks: false },
    );
    expect(state.phase).toBe('elsewhere');
    expect(effects).toContainEqual({
      ...{ do: 'tellModel', text: '[The caller pressed keypad keys: 12]', answer: false },
    });
  });

  test('who leans on a key makes groups of 32', () => {
    expect(told(after(...talking, ...type('1'.repeat(32))).effects)).toEqual([
      `[The caller pressed keypad keys: ${'1'.repeat(32)}]`,
    ]);
  });
});

describe('[KE2] shortcuts', () => {
  test.each([
    ['while the agent speaks', speaking],
    ['while nobody does', talking],
    ['while a tool runs', [...talking, calls('look_up_contact')]],
    ['while the model is away', [...talking, { type: 'modelAway', broken: true } as const]],
    ['before the model is there', [opened]],
    ['in a goodbye', [...talking, calls('end_call'), done({ type: 'hangUp' })]],
  ])('lead to a person at once: %s', (_, facts) => {
    const { state, effects } = after(...facts, press('0'));
    expect(state).toMatchObject({ phase: 'elsewhere', line: 'away' });
    const ways = effects.filter(({ do: what }) => what === 'cut' || what === 'depart');
    expect(ways.map(({ do: what }) => what)).toEqual(['cut', 'depart']);
    expect(ways[1]).toMatchObject({
      departure: { to: 'destination', name: 'desk', reason: 'the caller pressed 0' },
    });
    expect(told(effects)).toEqual([]);
  });

  test('with no model any more, to the same person', () => {
    const gone: CallFact = { type: 'sessionFailed', unheardMs: 800, turn };
    const { state, effects } = after(...speaking, gone, press('0'));
    expect(state.phase).toBe('ended');
    expect(effects).toContainEqual(
      expect.objectContaining({
        do: 'end',
        intent: expect.objectContaining({ to: 'destination' }) as unknown,
      }),
    );
  });

  test('a model that comes only while the caller is elsewhere is there when they are back', () => {
    const back = after(
      ...[opened, press('0'), { type: 'ready' } as const, { type: 'returned', told: 'busy' } as const],
      opened,
    );
    expect(back.state).toMatchObject({ phase: 'talking', away: undefined });
    expect(told(back.effects)).toEqual(['busy']);
    const late = after(opened, press('0'), { type: 'returned', told: 'busy' }, opened);
    expect(late.state).toMatchObject({ phase: 'talking', away: { broken: false } });
    expect(step(late.state, { type: 'ready' }, RULES).state).toMatchObject({ away: undefined });
  });

  test('to the voicemail, and to the end after a goodbye', () => {
    expect(after(...speaking, press('7')).effects).toContainEqual(
      expect.objectContaining({ do: 'end', reason: 'voicemail', intent: { to: 'voicemail' } }),
    );
    const { state, effects } = after(...speaking, press('8'));
    expect(state).toMatchObject({ phase: 'leaving', departure: { to: 'hang-up' } });
    expect(effects).toContainEqual(expect.objectContaining({ do: 'tellModel', answer: true }));
  });

  test('the model stops for what it is told of the key, and the caller goes all the same; who speaks does not', () => {
    const stopped: CallFact = { type: 'interrupted', upTo: turnId(3), hearing: undefined };
    const pressed = [...speaking, press('8'), stopped];
    expect(after(...pressed).state).toMatchObject({ phase: 'leaving', said: false });
    expect(after(...pressed, { type: 'turnStarted', turn: turnId(9) }).state.phase).toBe('leaving');
    const spoken: CallFact[] = [
      { type: 'callerSpeech', is: 'started' },
      { type: 'callerSpeech', is: 'ended' },
    ];
    expect(after(...pressed, ...spoken).state.phase).toBe('talking');
  });

  test('a key is none behind another, or once the caller was asked to type', () => {
    expect(told(after(...talking, ...type('10#')).effects)).toEqual(['[The caller pressed keypad keys: 10]']);
    const asked = [...talking, calls('ask_for_digits'), done({ type: 'expectKeys' })];
    expect(told(after(...asked, ...type('0901#')).effects)).toEqual([
      '[The caller pressed keypad keys: 0901]',
    ]);
    expect(after(...asked, ...type('0901#'), press('0')).state.phase).toBe('elsewhere');
  });
});

describe('[KE2] an option of a menu that says something, and then leads to somebody', () => {
  const menu = keypadMenuSchema.parse({
    start: 'main',
    menus: {
      main: {
        options: {
          '1': { name: 'billing', say: 'One moment.', destination: 'desk' },
          '2': { name: 'note', say: 'After the beep.', voicemail: true },
        },
      },
    },
  });
  const rules: CallRules = { ...RULES, keypad: { ...RULES.keypad, menu } };
  const walk = (...facts: CallFact[]) => {
    let state = openCall(rules).state;
    let effects: readonly Effect[] = [];
    for (const fact of facts) ({ state, effects } = step(state, fact, rules));
    return { state, effects };
  };

  test('with the model there, it is said first', () => {
    const { state, effects } = walk(...talking, press('1'));
    expect(state).toMatchObject({ phase: 'leaving', departure: { to: 'destination', name: 'desk' } });
    expect(told(effects)[0]).toContain('One moment.');
  });

  test('before the model is there, or once it is gone, they get there at once', () => {
    expect(walk(opened, press('1')).state.phase).toBe('elsewhere');
    const gone: CallFact = { type: 'sessionFailed', unheardMs: 800, turn };
    for (const [key, to] of [
      ['1', 'destination'],
      ['2', 'voicemail'],
    ] as const) {
      const { effects } = walk(...speaking, gone, press(key));
      expect(effects).toContainEqual(
        expect.objectContaining({ do: 'end', intent: expect.objectContaining({ to }) as unknown }),
      );
    }
  });
});

describe('[KE3] a tool that a key runs', () => {
  const facts = [...speaking, press('9')];
  const run = after(...facts).effects.find((effect) => effect.do === 'runTool');
  const answered = (then?: Extract<CallFact, { type: 'toolDone' }>['then']): CallFact => ({
    ...{ type: 'toolDone', silent: false, then },
    answer: { id: run!.call.id, name: 'opt_out', response: { status: 'ok', message: 'It is written down.' } },
  });

  test('runs without arguments, and the agent goes on', () => {
    expect(run?.call).toMatchObject({ name: 'opt_out', args: {} });
    expect(after(...facts).state).toMatchObject({ speech: { is: 'speaking' } });
  });

  test.each([
    ['in the conversation', [...talking, press('9')], true],
    ['before the model is there', [opened, press('9')], false],
    ['when the caller has gone elsewhere', [...talking, press('9'), press('0')], false],
  ])('what came of it is told and noted, and nothing answered: %s', (_, before, isAnswered) => {
    const { effects } = after(...before, answered());
    expect(effects).toContainEqual(expect.objectContaining({ do: 'noteTool' }));
    expect(effects).toContainEqual(expect.objectContaining({ do: 'tellModel', answer: isAnswered }));
    expect(told(effects)[0]).toContain('pressed 9, which has run opt_out');
    expect(effects.some((effect) => effect.do === 'answerTool')).toBe(false);
  });

  test('and what it asks of the call is done, though what is told of it stops the model', () => {
    const stopped: CallFact = { type: 'interrupted', upTo: turnId(3), hearing: undefined };
    expect(after(...facts, answered({ type: 'voicemail' }), stopped).state.phase).toBe('leaving');
  });

  test('and what it asks of the call is done', () => {
    expect(after(...facts, answered({ type: 'voicemail' })).state).toMatchObject({
      ...{ phase: 'leaving', departure: { to: 'voicemail' } },
    });
  });
});

test('[KE4] who has not finished typing when the goodbye is over is waited for, told of and answered', () => {
  const leaving = [...talking, calls('end_call'), done({ type: 'hangUp' })];
  const goodbye: CallFact = { type: 'timeUp', timer: 'goodbye', callerSpeaks: false };
  const typing = after(...leaving, ...type('12'), goodbye);
  expect(typing.state.phase).toBe('leaving');
  expect(typing.effects).toContainEqual({ do: 'arm', timer: 'goodbye', ms: 500 });
  const over = after(...leaving, ...type('12'), goodbye, pause);
  expect(over.state).toMatchObject({ phase: 'talking', awaits: 'answer' });
  expect(told(over.effects)).toEqual([
    expect.stringContaining('nothing was done') as string,
    '[The caller pressed keypad keys: 12]',
  ]);
  expect(after(...leaving, goodbye).state.phase).toBe('ended');
  const going = [
    ...talking,
    calls('transfer_call'),
    done({ type: 'transfer', destination: 'desk', reason: '', briefing: '' }),
  ];
  expect(after(...going, ...type('12'), goodbye).state.phase).toBe('leaving');
  const held = Array.from({ length: 21 }, () => goodbye);
  expect(after(...going, ...type('12'), ...held).state.phase, 'not for ever').toBe('elsewhere');
});

test('[KE4] who types while we say goodbye is listened to', () => {
  const leaving = [...talking, calls('end_call'), done({ type: 'hangUp' })];
  const { state, effects } = after(...leaving, ...type('12#'));
  expect(state).toMatchObject({ phase: 'talking', awaits: 'answer' });
  expect(effects).toContainEqual({ do: 'disarm', timer: 'goodbye' });
});

describe('[KE5] keys that a tool presses', () => {
  const sends = [...talking, calls('send_digits'), done({ type: 'sendKeys', keys: '1w2#' })];
  const away = [...sends, { type: 'timeUp', timer: 'goodbye', callerSpeaks: false } as const];

  test('no goodbye is waited for', () => {
    expect(after(...sends).effects).toContainEqual({ do: 'arm', timer: 'goodbye', ms: 1_000 });
    expect(after(...away).effects).toContainEqual({ do: 'depart', departure: { to: 'keys', keys: '1w2#' } });
  });

  test('and back on the line the model listens', () => {
    const { state, effects } = after(...away, { type: 'returned', told: 'pressed' }, opened);
    expect(state).toMatchObject({ phase: 'talking', awaits: 'nothing' });
    expect(effects).toContainEqual({ do: 'tellModel', text: 'pressed', answer: false });
  });
});

describe('[KE1][KE2] whatever happens around them', () => {
  const other = fc.constantFrom<CallFact>(
    ...[pause, { type: 'ready' } as const, { type: 'idle' } as const, opened],
    { type: 'turnStarted', turn: turnId(50) },
    { type: 'turnHeard', turn: turnId(50) },
    { type: 'modelAway', broken: true },
    { type: 'modelBack' },
    calls('look_up_contact'),
    done(undefined),
    { type: 'interrupted', upTo: turnId(50), hearing: undefined },
    { type: 'callerSaid' },
    { type: 'timeUp', timer: 'dead-air', callerSpeaks: false },
    { type: 'timeUp', timer: 'silence', callerSpeaks: false },
  );
  const key = fc.constantFrom(...Array.from('123456#*9')).map((digit) => ({ digit }));

  test('every key is told in exactly one group, or acts exactly once, in the order in which they were pressed', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(key, other), { maxLength: 80 }), (events) => {
        let { state } = step(openCall(RULES).state, opened, RULES);
        const pressed: string[] = [];
        const counted: string[] = [];
        const count = (effects: readonly Effect[]): void => {
          for (const effect of effects) {
            const group =
              effect.do === 'tellModel' ? /keypad keys: (\S+)\]/.exec(effect.text)?.[1] : undefined;
            if (group !== undefined) counted.push(...Array.from(group));
            if (effect.do === 'runTool' && effect.call.name === 'opt_out') counted.push('9');
          }
        };
        for (const event of events) {
          const isKey = 'digit' in event && !('type' in event);
          const before = state;
          const fact = isKey ? press(event.digit) : event;
          // A finish key that ends a group is not part of it.
          if (isKey && !(event.digit === '#' && keysOf(before) !== '')) pressed.push(event.digit);
          const next = step(state, fact, RULES);
          state = next.state;
          count(next.effects);
        }
        count(step(state, pause, RULES).effects);
        expect(counted).toEqual(pressed);
      }),
      { numRuns: 2_000 },
    );
  });
});

const keysOf = (state: CallState): string => ('keypad' in state ? state.keypad.keys : '');
