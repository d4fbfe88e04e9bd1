// Keys: groups are told, shortcuts act, and whatever happens around them each key counts once.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { keypadMenuSchema } from '../../src/agents/keypad-menu.ts';
import { toolCallId, turnId } from '../../src/base/ids.ts';
import type { CallRules } from '../../src/call/rules.ts';
import type { CallFact, CallState, DoneAnswer, Effect } from '../../src/call/state.ts';
import { openCall, step } from '../../src/call/step.ts';
import { CAME_FROM } from '../../src/ivr/menus/choices.ts';
import type { JsonObject } from '../../src/live/session.ts';

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
          '3': { name: 'left', menu: 'left' },
          '4': { name: 'right', menu: 'right' },
        },
        otherwise: { destination: 'desk' },
      },
      left: { options: { '1': { name: 'left_more', menu: 'more' } } },
      right: { options: { '1': { name: 'right_more', menu: 'more' } }, otherwise: { say: 'Pardon?' } },
      more: { options: { '1': { name: 'end', hang_up: true }, '9': { name: 'back', back: true } } },
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

  test('a key that the page does not list does what the page says of all others', () => {
    const gone = walk(...talking, press('6'));
    expect(gone.state.phase).toBe('elsewhere');
    expect(gone.effects).toContainEqual(
      expect.objectContaining({
        departure: expect.objectContaining({ reason: 'the caller pressed 6' }) as unknown,
      }),
    );
    expect(told(walk(...talking, press('4'), press('6')).effects)).toEqual([
      '[The caller pressed 6: anything else] Say this: "Pardon?"',
    ]);
  });

  test('who goes back by voice comes to where they were, and the agent is told where that is', () => {
    const goBack = done({ type: 'atPage', page: CAME_FROM });
    const { state, effects } = walk(...talking, ...type('41'), calls('choose_option'), goBack);
    expect(state).toMatchObject({ keypad: { place: { page: 'right', before: ['main'] } } });
    expect(effects).toContainEqual(
      expect.objectContaining({
        ...{ do: 'answerTool' },
        answer: expect.objectContaining({
          response: { status: 'ok', now: expect.stringContaining('at "right" now') as unknown },
        }) as unknown,
      }),
    );
    const start = walk(...talking, calls('choose_option'), goBack);
    expect(start.state).toMatchObject({ keypad: { place: { page: 'main', before: [] } } });
  });

  test('who goes on by voice is as far as their keys would have brought them', () => {
    const on = done({ type: 'atPage', page: 'more' });
    const from = (keys: string) => walk(...talking, ...type(keys), calls('choose_option'), on).state;
    expect(from('4')).toMatchObject({ keypad: { place: { page: 'more', before: ['main', 'right'] } } });
    expect(from('41')).toMatchObject({ keypad: { place: { page: 'more', before: ['main', 'right'] } } });
    expect(from('')).toMatchObject({ keypad: { place: { page: 'more', before: ['main', 'left'] } } });
  });
});

describe('[KE3] a tool that a key runs', () => {
  const facts = [...speaking, press('9')];
  const run = after(...facts).effects.find((effect) => effect.do === 'runTool');
  const answered = (
    then?: Extract<CallFact, { type: 'toolDone' }>['then'],
    response: JsonObject = { status: 'ok', message: 'It is written down.' },
  ): CallFact => ({
    ...{ type: 'toolDone', silent: false, then },
    answer: { id: run!.call.id, name: 'opt_out', response },
  });
  /** The same press in another phase: what is answered is its id. */
  const nine = facts.at(-1)!;
  const goodbye: CallFact = { type: 'timeUp', timer: 'goodbye', callerSpeaks: false };
  const leaving = [...talking, calls('end_call'), done({ type: 'hangUp' })];
  const going = [
    ...talking,
    calls('transfer_call'),
    done({ type: 'transfer', destination: 'desk', reason: '', briefing: '' }),
  ];

  test('runs without arguments, and the agent goes on', () => {
    expect(run?.call).toMatchObject({ name: 'opt_out', args: {} });
    expect(after(...facts).state).toMatchObject({ speech: { is: 'speaking' } });
  });

  test.each([
    ['in the conversation', [...talking, press('9')], true],
    ['before the model is there', [opened, press('9')], true],
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

  test('before the model is there too, without a word', () => {
    const { effects } = after(opened, nine, answered({ type: 'voicemail' }));
    expect(effects.map(({ do: what }) => what)).toEqual(['noteTool', 'tellModel', 'cut', 'end']);
    expect(effects).toContainEqual(expect.objectContaining({ do: 'end', intent: { to: 'voicemail' } }));
    const desk = { type: 'transfer', destination: 'desk', reason: '', briefing: '' } as const;
    expect(after(opened, nine, answered(desk)).state.phase).toBe('elsewhere');
  });

  test('a goodbye gives way to it', () => {
    const { state } = after(...leaving, nine, answered({ type: 'voicemail' }));
    expect(state).toMatchObject({ phase: 'leaving', departure: { to: 'voicemail' }, said: false });
  });

  test('with no model any more it is done all the same', () => {
    const gone: CallFact = { type: 'sessionFailed', unheardMs: 800, turn };
    const failing = after(...facts, gone);
    expect(failing.effects.some((effect) => effect.do === 'cancelTool')).toBe(false);
    expect(after(...facts, gone, answered({ type: 'voicemail' })).effects).toContainEqual(
      expect.objectContaining({ do: 'end', intent: { to: 'voicemail' } }),
    );
    expect(after(...facts, gone, answered()).effects).toEqual([
      expect.objectContaining({ do: 'noteTool' }) as unknown,
    ]);
    const lost = after(...facts, { type: 'lineLost' }, gone, answered({ type: 'voicemail' }));
    expect(lost.state, 'once there is a line').toMatchObject({
      ...{ phase: 'finishing', departure: { to: 'voicemail' } },
    });
    const alone = after(
      ...leaving,
      { type: 'turnStarted', turn },
      nine,
      gone,
      answered({ type: 'voicemail' }),
    );
    expect(alone.effects).toContainEqual(
      expect.objectContaining({ do: 'end', reason: 'voicemail', intent: { to: 'voicemail' } }),
    );
  });

  test.each([
    ['on the way to somebody else', [...going, nine], 'leaving'],
    ['with somebody else', [...talking, nine, press('0')], 'elsewhere'],
  ])('but of two ways the first holds, and nobody is told that it was done: %s', (_, before, phase) => {
    const { state, effects } = after(...before, answered({ type: 'voicemail' }));
    expect(state.phase).toBe(phase);
    expect(told(effects)[0]).toContain('"status":"error"');
    expect(told(effects)[0]).not.toContain('Tell them');
    expect(effects).toContainEqual(expect.objectContaining({ do: 'tellModel', answer: false }));
    expect(effects).toContainEqual(
      expect.objectContaining({
        ...{ do: 'noteTool' },
        answer: expect.objectContaining({
          response: expect.objectContaining({ status: 'error' }) as unknown,
        }) as unknown,
      }),
    );
  });

  test('it is our turn while it runs: the silence is filled, and nobody is asked whether they are there', () => {
    const quiet = after(
      ...talking,
      { type: 'turnStarted', turn },
      { type: 'idle' },
      { type: 'turnHeard', turn },
    );
    const pressed = step(quiet.state, nine, RULES);
    expect(pressed.effects).toContainEqual({ do: 'arm', timer: 'dead-air', ms: 4_000 });
    const timer = (name: 'dead-air' | 'silence'): CallFact => ({
      ...{ type: 'timeUp', timer: name, callerSpeaks: false },
    });
    expect(step(pressed.state, timer('dead-air'), RULES).effects).toContainEqual({ do: 'comfort' });
    expect(step(pressed.state, timer('silence'), RULES).effects).toEqual([]);
    const over = step(step(pressed.state, answered(), RULES).state, { type: 'excused' }, RULES);
    expect(over.effects).toContainEqual({ do: 'arm', timer: 'silence', ms: 20_000 });
  });

  test('so is it for one who pressed it before the model was there', () => {
    const { state } = after(opened, nine, { type: 'ready' }, { type: 'turnStarted', turn }, { type: 'idle' });
    expect(state).toMatchObject({ phase: 'talking', tools: new Set([run!.call.id]) });
    const back: CallFact[] = [{ type: 'returned', told: '' }, opened];
    expect(after(opened, nine, press('0'), ...back).state).toMatchObject({ tools: new Set([run!.call.id]) });
  });

  test('nobody is let go before it is done, and told of; but not for ever', () => {
    const running = after(...leaving, nine, goodbye);
    expect(running.state.phase).toBe('leaving');
    expect(running.effects).toContainEqual({ do: 'arm', timer: 'goodbye', ms: 500 });
    const answer = step(running.state, answered(), RULES);
    expect(answer.effects).toContainEqual(expect.objectContaining({ do: 'tellModel', answer: true }));
    expect(answer.effects).toContainEqual({ do: 'arm', timer: 'goodbye', ms: 6_000 });
    expect(answer.state).toMatchObject({ phase: 'leaving', said: false, waited: 0, tools: new Set() });
    const stopped: CallFact = { type: 'interrupted', upTo: turnId(9), hearing: undefined };
    expect(step(answer.state, stopped, RULES).state.phase).toBe('leaving');
    const held = Array.from({ length: 21 }, () => goodbye);
    expect(after(...leaving, nine, ...held).state.phase).toBe('ended');
  });

  test('who has heard the goodbye hears what came of it, unless nobody is there to say it', () => {
    const heard: CallFact[] = [
      ...[...leaving, { type: 'turnStarted', turn } as const, { type: 'idle' } as const],
      { type: 'turnHeard', turn },
    ];
    expect(after(...heard).state).toMatchObject({ said: true, idle: true });
    expect(after(...heard, nine, answered()).state).toMatchObject({ said: false, idle: false });
    const gone: CallFact = { type: 'sessionFailed', unheardMs: 0, turn };
    const alone = after(...heard, nine, gone, answered());
    expect(alone.state).toMatchObject({ phase: 'leaving', alone: true, said: true });
    expect(alone.effects).toContainEqual(expect.objectContaining({ do: 'tellModel', answer: false }));
  });

  test('it may ask the caller to type', () => {
    for (const before of [[opened], talking, leaving]) {
      const { state, effects } = after(...before, nine, answered({ type: 'expectKeys' }));
      expect(state).toMatchObject({ keypad: { asked: true } });
      expect(effects).toContainEqual({ do: 'arm', timer: 'keys', ms: 60_000 });
    }
  });

  test('a goodbye that waits for it is not silence', () => {
    const { state } = after(...leaving, nine, goodbye);
    const air: CallFact = { type: 'timeUp', timer: 'dead-air', callerSpeaks: false };
    expect(step(state, air, RULES).effects).toContainEqual({ do: 'comfort' });
  });

  test('keys that are on their way are not held up by what came of it', () => {
    const sends = [...talking, calls('send_digits'), done({ type: 'sendKeys', keys: '1' })];
    const { state, effects } = after(...sends, nine, answered());
    expect(effects).toContainEqual(expect.objectContaining({ do: 'tellModel', answer: false }));
    expect(step(state, goodbye, RULES).state.phase).toBe('elsewhere');
  });

  test('another agent is told what came of it', () => {
    const toOther = [...talking, nine, calls('hand_over')];
    const asked = after(...toOther, done({ type: 'handOver', agent: 'billing', reason: '' }));
    let { state } = asked;
    let effects: readonly Effect[] = [];
    for (let n = 0; n < 30 && !effects.some((effect) => effect.do === 'handOver'); n += 1)
      ({ state, effects } = step(state, goodbye, RULES));
    expect(effects.filter((effect) => effect.do === 'cancelTool')).toEqual([]);
    const changed = step(state, { type: 'agentChanged' }, RULES);
    expect(changed.state).toMatchObject({ phase: 'talking', tools: new Set([run!.call.id]) });
    expect(told(step(changed.state, answered(), RULES).effects)[0]).toContain('pressed 9');
  });

  test('what failed may be tried again by the agent, and what was done may not', () => {
    const failed = { status: 'error', retryable: true, message: 'It did not work. Try this once more.' };
    expect(told(after(...facts, answered(undefined, failed)).effects)[0]).not.toContain(
      'do not call it again',
    );
    expect(told(after(...facts, answered()).effects)[0]).toContain('do not call it again');
  });
});

describe('[KE2] who was asked to type', () => {
  const asked = [...talking, calls('ask_for_digits'), done({ type: 'expectKeys' })];

  test('is waited for a minute; then a key is a shortcut again', () => {
    expect(after(...asked).effects).toContainEqual({ do: 'arm', timer: 'keys', ms: 60_000 });
    const over = after(...asked, pause);
    expect(over.effects).toEqual([]);
    expect(step(over.state, press('0'), RULES).state.phase).toBe('elsewhere');
  });

  test('and is typing already has the pause of their keys', () => {
    const typing = [...talking, calls('ask_for_digits'), press('4'), done({ type: 'expectKeys' })];
    const { state, effects } = after(...typing);
    expect(effects.filter((effect) => effect.do === 'arm' && effect.timer === 'keys')).toEqual([]);
    expect(told(step(state, pause, RULES).effects)).toEqual(['[The caller pressed keypad keys: 4]']);
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

describe('[KE1][KE2][KE3] whatever happens around them', () => {
  const timer = (name: 'goodbye' | 'dead-air' | 'silence'): CallFact => ({
    ...{ type: 'timeUp', timer: name, callerSpeaks: false },
  });
  const other = fc.constantFrom<CallFact>(
    ...[pause, { type: 'ready' } as const, { type: 'idle' } as const, opened],
    { type: 'turnStarted', turn: turnId(50) },
    { type: 'turnHeard', turn: turnId(50) },
    { type: 'modelAway', broken: true },
    { type: 'modelBack' },
    ...[calls('look_up_contact'), done(undefined), done({ type: 'hangUp' }), done({ type: 'expectKeys' })],
    { type: 'interrupted', upTo: turnId(50), hearing: undefined },
    { type: 'callerSaid' },
    ...[timer('goodbye'), timer('goodbye'), timer('dead-air'), timer('silence')],
    ...[{ type: 'returned', told: '' } as const, { type: 'excused' } as const],
    { type: 'callerSpeech', is: 'started' },
    { type: 'callerSpeech', is: 'ended' },
  );
  const key = fc.constantFrom(...Array.from('123456#*9')).map((pressed) => ({ pressed }));
  type Then = Extract<CallFact, { type: 'toolDone' }>['then'];
  /** Of the tool that a key has run first and that is not done. */
  const end = fc.record({
    status: fc.constantFrom('ok', 'error'),
    then: fc.constantFrom<Then>(
      ...[undefined, { type: 'hangUp' } as const, { type: 'voicemail' } as const],
      { type: 'transfer', destination: 'desk', reason: '', briefing: '' },
      { type: 'expectKeys' },
    ),
  });
  const WAYS: Readonly<Record<string, object>> = {
    ...{ hangUp: { to: 'hang-up' }, voicemail: { to: 'voicemail' }, transfer: { to: 'destination' } },
  };
  type Event = CallFact | { pressed: string } | { status: string; then: Then };
  const events = fc.array(
    fc.oneof({ arbitrary: key, weight: 3 }, { arbitrary: other, weight: 4 }, { arbitrary: end, weight: 1 }),
    { maxLength: 80 },
  );
  const isGone = ({ phase }: CallState): boolean => phase === 'elsewhere' || phase === 'ended';

  /** Every step of a call in which the model need never be there; what a key runs ends when the event says so. */
  function* walk(all: readonly Event[]) {
    let { state } = step(openCall(RULES).state, opened, RULES);
    const running: DoneAnswer[] = [];
    for (const event of [...all, pause]) {
      const before = state;
      let fact: CallFact;
      if ('pressed' in event) fact = press(event.pressed);
      else if ('type' in event) fact = event;
      else {
        const ran = running.shift();
        if (!ran) continue;
        fact = {
          ...{ type: 'toolDone', silent: false, then: event.then },
          answer: { ...ran, response: { status: event.status } },
        };
      }
      const held = [...running];
      const next = step(before, fact, RULES);
      state = next.state;
      for (const effect of next.effects)
        if (effect.do === 'runTool' && effect.call.name === 'opt_out')
          running.push({ id: effect.call.id, name: 'opt_out', response: {} });
      yield { before, fact, held, ...next };
    }
  }

  test('every key is told in exactly one group, or acts exactly once, in the order in which they were pressed', () => {
    fc.assert(
      fc.property(events, (all) => {
        const pressed: string[] = [];
        const counted: string[] = [];
        for (const { before, fact, state, effects } of walk(all)) {
          // A finish key that ends a group is not part of it; and keys that are pressed elsewhere are somebody else's.
          const endsGroup = fact.type === 'digit' && fact.digit === '#' && keysOf(before) !== '';
          if (fact.type === 'digit' && !endsGroup && !isGone(before)) pressed.push(fact.digit);
          for (const effect of effects) {
            const group =
              effect.do === 'tellModel' ? /keypad keys: (\S+)\]/.exec(effect.text)?.[1] : undefined;
            if (group !== undefined) counted.push(...Array.from(group));
            if (effect.do === 'runTool' && effect.call.name === 'opt_out') counted.push('9');
          }
          // Who was let go while they typed, after all that time, has typed for nobody.
          if (state.phase === 'ended' && keysOf(before) !== '') pressed.splice(-keysOf(before).length);
        }
        expect(counted).toEqual(pressed);
      }),
      { numRuns: 2_000 },
    );
  });

  test('what a key has run is told once, waited for, and done', () => {
    fc.assert(
      fc.property(events, (all) => {
        for (const { before, fact, held, state, effects } of walk(all)) {
          const noted = effects.filter(({ do: what }) => what === 'noteTool');
          expect(
            effects.filter((effect) => effect.do === 'answerTool' && /^key:/.test(effect.answer.id)),
          ).toEqual([]);
          const isDone = fact.type === 'toolDone' && fact.answer.name === 'opt_out';
          expect(noted).toHaveLength(isDone && before.phase !== 'ended' ? 1 : 0);
          if (isDone && before.phase !== 'ended')
            expect(told(effects).filter((text) => text.includes('has run opt_out'))).toHaveLength(1);
          if (held.length > 0) {
            expect(effects.filter(({ do: what }) => what === 'noteSilence')).toEqual([]);
            const isOver = fact.type === 'timeUp' && fact.timer === 'goodbye';
            if (isOver && before.phase === 'leaving' && before.waited < 20)
              expect(state.phase).toBe('leaving');
            if ('tools' in state) for (const { id } of held) expect(state.tools).toContain(id);
          }
          if (!isDone || !fact.then || fact.then.type === 'expectKeys' || isGone(before)) continue;
          const goesAlready = before.phase === 'leaving' && before.departure.to !== 'hang-up';
          const departure = goesAlready ? before.departure : WAYS[fact.then.type];
          // With nobody there to say a word they have gone.
          const [went] = effects.flatMap((effect) =>
            effect.do === 'end' ? [effect.intent] : effect.do === 'depart' ? [effect.departure] : [],
          );
          expect(before.phase === 'connecting').toBe(went !== undefined);
          expect(state.phase === 'leaving' ? state.departure : went).toMatchObject(departure!);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

const keysOf = (state: CallState): string => ('keypad' in state ? state.keypad.keys : '');
