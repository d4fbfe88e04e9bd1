import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toolCallId, turnId } from '../../src/base/ids.ts';
import type { CallRules } from '../../src/call/rules.ts';
import type { CallFact, CallState, Effect, TimerName } from '../../src/call/state.ts';
import { openCall, step } from '../../src/call/step.ts';
import type { CallAction } from '../../src/tools/tool.ts';

const OPEN: CallRules = {
  greetingInterruptible: true,
  greetingGuardMs: 0,
  minHeardMs: 0,
  deadAirMs: 0,
  lastsAtMostMs: 0,
  silenceMs: 0,
  keypad: { pauseMs: 2_500, finishKey: '#', shortcuts: {} },
  fallback: { withinMs: 0, hasLadder: false },
};
const turn = turnId;

/** Runs facts through the step and keeps the effects of the last. */
function after(
  facts: readonly CallFact[],
  rules: CallRules = OPEN,
): { state: CallState; effects: readonly Effect[] } {
  return facts.reduce<{ state: CallState; effects: readonly Effect[] }>(
    ({ state }, fact) => step(state, fact, rules),
    openCall(rules),
  );
}

const talking: readonly CallFact[] = [{ type: 'lineOpened' }, { type: 'ready' }];
const speaking = (n: number): CallFact[] => [...talking, { type: 'turnStarted', turn: turn(n) }];
const call = (id: string) => ({ id: toolCallId(id), name: 'end_call', args: {} });
const called = (id: string): CallFact => ({ type: 'toolsCalled', calls: [call(id)] });
const BILLING: CallAction = {
  ...{ type: 'transfer', destination: 'billing', reason: 'an invoice', briefing: 'Ada asks.' },
};
const goes = (id: string, then: CallAction): CallFact => ({ ...done(id), then }) as CallFact;
const done = (id: string, hangUp = false): CallFact => ({
  type: 'toolDone',
  answer: { id: toolCallId(id), name: 'end_call', response: { status: 'ok' } },
  silent: false,
  then: hangUp ? { type: 'hangUp' } : undefined,
});
const heard = (n: number): CallFact => ({ type: 'turnHeard', turn: turn(n) });
const ended = (n: number): CallFact => ({ type: 'turnEnded', turn: turn(n) });
/** `hearing`: the turn in the caller's ear, and how much of it was heard. */
const interrupted = (upTo: number, hearing: number | 'nothing' = upTo, heardMs = 1_000): CallFact => ({
  type: 'interrupted',
  upTo: turn(upTo),
  hearing: hearing === 'nothing' ? undefined : { turn: turn(hearing), heardMs },
});
const idle: CallFact = { type: 'idle' };
const leaving: readonly CallFact[] = [...talking, called('bye'), done('bye', true)];

const endOf = (effects: readonly Effect[]) => effects.find((effect) => effect.do === 'end');

describe('opening', () => {
  test('[OP1] the greeting is asked for as soon as the session is ready, line or no line', () => {
    const greets: Effect[] = [{ do: 'disarm', timer: 'comfort' }, { do: 'greet' }];
    expect(after([{ type: 'ready' }]).effects).toEqual(greets);
    expect(after([{ type: 'lineOpened' }, { type: 'ready' }]).effects).toEqual(greets);
    expect(after([...talking, { type: 'ready' }]).effects, 'greeted once').toEqual([]);
  });

  test('[OP3] a line that does not open within 30 s ends the call, and the carrier is told', () => {
    expect(openCall(OPEN).effects).toEqual([{ do: 'arm', timer: 'line', ms: 30_000 }]);
    expect(after([{ type: 'lineOpened' }]).effects).toContainEqual({ do: 'disarm', timer: 'line' });
    expect(
      endOf(after([{ type: 'ready' }, { type: 'timeUp', timer: 'line', callerSpeaks: false }]).effects),
    ).toEqual({
      do: 'end',
      reason: 'line-never-opened',
      intent: { to: 'hang-up' },
      byControl: true,
    });
    expect(
      after([...talking, { type: 'timeUp', timer: 'line', callerSpeaks: false }]).effects,
      'a timer that was late',
    ).toEqual([]);
  });
});

describe('a recorded greeting', () => {
  const opened: CallFact = { type: 'lineOpened', greetingTurn: turn(1) };
  const ready: CallFact = { type: 'ready' };
  const comfortTime: CallFact = { type: 'timeUp', timer: 'comfort', callerSpeaks: false };
  const from = (facts: readonly CallFact[], rules: CallRules = OPEN) =>
    facts.reduce<{ state: CallState; effects: readonly Effect[] }>(
      ({ state }, fact) => step(state, fact, rules),
      openCall(rules, true),
    );

  test('[GR1] is played first of all as the line opens, before or after the model is there', () => {
    expect(from([opened]).effects[0]).toEqual({ do: 'playGreeting', turn: 1 });
    expect(from([ready, opened]).effects[0]).toEqual({ do: 'playGreeting', turn: 1 });
    const speech = { is: 'speaking', turn: 1, generating: false };
    expect(from([opened, ready]).state).toMatchObject({ phase: 'talking', speech });
    expect(from([ready, opened]).state).toMatchObject({ phase: 'talking', speech });
  });

  test('[GR1] is played once, and the model is told once and never asked to greet', () => {
    const all = [opened, { type: 'lineLost' } as const, { type: 'lineOpened' } as const, ready, ready];
    const effects = all.flatMap((_fact, n) => from(all.slice(0, n + 1)).effects);
    expect(effects.filter((effect) => effect.do === 'playGreeting')).toHaveLength(1);
    expect(effects.filter((effect) => effect.do === 'tellGreeted')).toHaveLength(1);
    expect(effects.filter((effect) => effect.do === 'greet')).toEqual([]);
    expect(from([opened, heard(1), ready]).effects).toContainEqual({ do: 'tellGreeted' });
  });

  test('[GR4] is protected from the line’s opening on, if it is at all, with or without the model', () => {
    const rules = { ...OPEN, greetingInterruptible: false, minHeardMs: 0 };
    const released: Effect[] = [{ do: 'disarm', timer: 'greeting' }, { do: 'releaseCaller' }];
    const timeUp: CallFact = { type: 'timeUp', timer: 'greeting', callerSpeaks: false };
    expect(from([opened], rules).effects).toContainEqual({ do: 'arm', timer: 'greeting', ms: 20_000 });
    for (const before of [[opened], [opened, ready], [ready, opened]]) {
      expect(from([...before, heard(1)], rules).effects).toEqual(expect.arrayContaining(released));
      expect(from([...before, timeUp], rules).effects).toEqual(released);
      expect(from([...before, timeUp, heard(1)], rules).effects).not.toContainEqual(released[1]);
    }
    expect(from([opened, ready, interrupted(1)], rules).effects).toEqual([]);
  });

  test('[GR4] is cut as any turn; and who is spoken to before the line opens is not greeted', () => {
    expect(from([opened, ready, interrupted(1)]).effects).toEqual([{ do: 'cut', upTo: 1 }]);
    const rules = { ...OPEN, greetingInterruptible: true, minHeardMs: 300 };
    expect(from([opened, ready, interrupted(1, 1, 250)], rules).effects).toEqual([
      { do: 'arm', timer: 'barge-in', ms: 50 },
    ]);
    const answers: CallFact = { type: 'turnStarted', turn: turn(1) };
    const later: CallFact = { type: 'lineOpened', greetingTurn: turn(2) };
    const played = { do: 'playGreeting', turn: 2 };
    expect(from([ready, answers, later]).effects).not.toContainEqual(played);
    expect(from([ready, interrupted(0, 'nothing'), later]).effects).not.toContainEqual(played);
  });

  test('[GR5] no comfort over it, and 4 s of patience after it', () => {
    expect(from([opened, comfortTime]).effects).toEqual([{ do: 'arm', timer: 'comfort', ms: 500 }]);
    expect(from([opened, heard(1)]).effects).toEqual([{ do: 'arm', timer: 'comfort', ms: 4_000 }]);
    expect(from([opened, heard(1), comfortTime]).effects[0]).toEqual({ do: 'comfort' });
    expect(from([opened, heard(7)]).effects, 'another turn’s end').toEqual([]);
  });
});

describe('turns', () => {
  test('[TU1] the agent speaks until the caller heard the end, not until the model stopped sending', () => {
    expect(after([...speaking(1), ended(1)]).state).toMatchObject({
      speech: { is: 'speaking', generating: false },
    });
    expect(after([...speaking(1), ended(1), idle]).state).toMatchObject({ speech: { is: 'speaking' } });
    expect(after([...speaking(1), ended(1), heard(1)]).state).toMatchObject({ speech: { is: 'quiet' } });
  });

  test('[TU2] a turn is finished once', () => {
    expect(after([...speaking(1), ended(1)]).effects).toEqual([{ do: 'finishTurn', turn: 1 }]);
    expect(after([...speaking(1), ended(1), ended(1)]).effects).toEqual([]);
  });

  test('[TU3] a turn that starts while another plays takes over; hearing the older one changes nothing', () => {
    const facts: CallFact[] = [...speaking(1), ended(1), { type: 'turnStarted', turn: turn(2) }];
    expect(after(facts).effects).toEqual([]);
    expect(after([...facts, heard(1)]).state).toMatchObject({ speech: { is: 'speaking', turn: 2 } });
  });
});

describe('barge-in', () => {
  const protectedGreeting = { ...OPEN, greetingInterruptible: false, minHeardMs: 0 };
  const answering: CallFact[] = [...speaking(1), heard(1), { type: 'turnStarted', turn: turn(2) }];

  test('[BI1] an interruption cuts every turn up to it, whether the model still generates or not', () => {
    expect(after([...speaking(1), interrupted(1)]).effects).toEqual([{ do: 'cut', upTo: 1 }]);
    expect(after([...speaking(1), ended(1), interrupted(1)]).effects).toEqual([{ do: 'cut', upTo: 1 }]);
  });

  test('[BI4] an interruption when nothing is left to be heard clears the line all the same', () => {
    const facts = [...speaking(1), ended(1), heard(1), interrupted(1, 'nothing')];
    expect(after(facts).effects).toEqual([{ do: 'cut', upTo: 1 }]);
    expect(after(facts).state).toMatchObject({ phase: 'talking', speech: { is: 'quiet' } });
  });

  test('[BI3] while a protected greeting lasts, the caller is kept from the model, and then heard', () => {
    expect(openCall(protectedGreeting).effects).toContainEqual({ do: 'holdCaller' });
    const facts: CallFact[] = [...talking, { type: 'turnStarted', turn: turn(1) }, ended(1)];
    expect(after(talking, protectedGreeting).effects).toEqual([
      { do: 'arm', timer: 'greeting', ms: 20_000 },
      { do: 'disarm', timer: 'comfort' },
      { do: 'greet' },
    ]);
    const released: Effect[] = [{ do: 'disarm', timer: 'greeting' }, { do: 'releaseCaller' }];
    expect(after([...facts, heard(1)], protectedGreeting).effects).toEqual([
      ...released,
      { do: 'keepGreeting', turn: 1 },
    ]);
    expect(
      after([...facts, { type: 'timeUp', timer: 'greeting', callerSpeaks: false }], protectedGreeting)
        .effects,
    ).toEqual(released);
    expect(
      after(
        [...facts, heard(1), { type: 'timeUp', timer: 'greeting', callerSpeaks: false }],
        protectedGreeting,
      ).effects,
    ).toEqual([]);
  });

  test('[BI3] a protected greeting is played to its end, whichever turn the interruption names', () => {
    expect(after([...speaking(1), interrupted(1)], protectedGreeting).effects).toEqual([
      { do: 'finishTurn', turn: 1 },
    ]);
    expect(after([...speaking(1), ended(1), interrupted(1)], protectedGreeting).effects).toEqual([]);
    const second: CallFact[] = [...speaking(1), ended(1), { type: 'turnStarted', turn: turn(2) }];
    expect(after([...second, interrupted(2, 1)], protectedGreeting).effects).toEqual([
      { do: 'finishTurn', turn: 2 },
    ]);
    expect(after([...answering, interrupted(2)], protectedGreeting).effects).toEqual([
      { do: 'cut', upTo: 2 },
    ]);
  });

  test('[BI3] a caller who speaks before the greeting’s first sound gets an answer, not a protected greeting', () => {
    const facts: CallFact[] = [...talking, interrupted(0, 'nothing'), { type: 'turnStarted', turn: turn(1) }];
    expect(after([...talking, interrupted(0, 'nothing')], protectedGreeting).effects).toContainEqual({
      do: 'releaseCaller',
    });
    expect(after([...facts, interrupted(1)], protectedGreeting).effects).toEqual([{ do: 'cut', upTo: 1 }]);
  });

  describe('[BI3] the first milliseconds of a turn', () => {
    const rules = { ...OPEN, greetingInterruptible: true, minHeardMs: 300 };

    test('are played before it is cut', () => {
      expect(after([...answering, interrupted(2, 2, 300)], rules).effects).toEqual([{ do: 'cut', upTo: 2 }]);
      const early: CallFact[] = [...answering, interrupted(2, 2, 250)];
      expect(after(early, rules).effects).toEqual([
        { do: 'finishTurn', turn: 2 },
        { do: 'arm', timer: 'barge-in', ms: 50 },
      ]);
      expect(
        after([...early, { type: 'timeUp', timer: 'barge-in', callerSpeaks: false }], rules).effects,
      ).toEqual([
        { do: 'cut', upTo: 2 },
        { do: 'disarm', timer: 'barge-in' },
      ]);
    });

    test('end when the answer to the interruption begins, which is not cut', () => {
      const facts: CallFact[] = [
        ...answering,
        interrupted(2, 2, 100),
        { type: 'turnStarted', turn: turn(3) },
      ];
      expect(after(facts, rules).effects[0]).toEqual({ do: 'cut', upTo: 2 });
      expect(after(facts, rules).state).toMatchObject({ speech: { is: 'speaking', turn: 3 } });
      expect(
        after([...facts, { type: 'timeUp', timer: 'barge-in', callerSpeaks: false }], rules).effects,
      ).toEqual([]);
    });

    test('that were all of it need no cut', () => {
      const facts: CallFact[] = [
        ...answering,
        interrupted(2, 2, 100),
        heard(2),
        { type: 'timeUp', timer: 'barge-in', callerSpeaks: false },
      ];
      expect(after(facts, rules).effects).toEqual([]);
    });
  });
});

describe('tools', () => {
  test('[TO1] one run and one answer per call, none once cancelled', () => {
    expect(after([...talking, called('a')]).effects).toEqual([{ do: 'runTool', call: call('a') }]);
    expect(after([...talking, called('a'), called('a')]).effects).toEqual([]);
    expect(after([...talking, called('a'), done('a')]).effects).toMatchObject([{ do: 'answerTool' }]);
    expect(after([...talking, called('a'), done('a'), done('a')]).effects).toEqual([]);
    const cancelled: CallFact[] = [
      ...talking,
      called('a'),
      { type: 'toolsCancelled', ids: [toolCallId('a')] },
    ];
    expect(after(cancelled).effects).toEqual([{ do: 'cancelTool', id: 'a' }]);
    expect(after([...cancelled, done('a')]).effects).toEqual([]);
  });

  test('[TO2] a tool and speech go on beside each other', () => {
    const { state } = after([...speaking(1), called('a')]);
    expect(state).toMatchObject({ phase: 'talking', speech: { is: 'speaking', turn: 1 } });
    expect(after([...speaking(1), called('a'), interrupted(1)]).state).toMatchObject({
      tools: new Set(['a']),
    });
  });
});

describe('ending', () => {
  const goodbye: CallFact[] = [...leaving, { type: 'turnStarted', turn: turn(1) }, ended(1)];
  const within = (ms: number): Effect => ({ do: 'arm', timer: 'goodbye', ms });

  test('[EN1] end_call hangs up half a second after the goodbye was heard and the model is idle, in either order', () => {
    expect(after([...goodbye, idle, heard(1)]).effects).toEqual([within(500)]);
    expect(after([...goodbye, heard(1), idle]).effects).toEqual([within(500)]);
    const facts: CallFact[] = [
      ...goodbye,
      heard(1),
      idle,
      { type: 'timeUp', timer: 'goodbye', callerSpeaks: false },
    ];
    expect(endOf(after(facts).effects)).toMatchObject({ reason: 'agent-hung-up' });
  });

  test('[EN1] a goodbye that was being spoken when end_call came counts, however long it is', () => {
    const facts: CallFact[] = [...speaking(1), called('bye'), done('bye', true)];
    expect(after(facts).effects.at(-1)).toEqual(within(30_000));
    expect(after([...facts, ended(1), idle]).effects).toEqual([within(30_000)]);
    expect(after([...facts, ended(1), idle, heard(1)]).effects).toEqual([within(500)]);
  });

  test('[EN2] a model that says no goodbye is given a moment, and no more', () => {
    expect(after(leaving).effects.at(-1)).toEqual(within(6_000));
    expect(after([...leaving, idle]).effects).toEqual([within(3_000)]);
    expect(after([...goodbye, heard(1)]).effects).toEqual([within(3_000)]);
    expect(after([...leaving, { type: 'turnStarted', turn: turn(1) }]).effects).toEqual([within(30_000)]);
    expect(
      endOf(after([...leaving, { type: 'timeUp', timer: 'goodbye', callerSpeaks: false }]).effects),
    ).toMatchObject({
      reason: 'agent-hung-up',
      intent: { to: 'hang-up' },
      byControl: false,
    });
  });

  test.each([
    ['during the goodbye', [...goodbye, interrupted(1)]],
    ['just after it', [...goodbye, heard(1), idle, interrupted(1, 'nothing')]],
    ['before it', [...leaving, interrupted(0, 'nothing')]],
  ])('[EN3] a caller who speaks %s is listened to', (_when, facts) => {
    expect(after(facts).state).toMatchObject({ phase: 'talking' });
    expect(after(facts).effects).toContainEqual({ do: 'disarm', timer: 'goodbye' });
    expect(
      endOf(after([...facts, idle, { type: 'timeUp', timer: 'goodbye', callerSpeaks: false }]).effects),
    ).toBeUndefined();
  });

  test('[EN5] whoever hangs up, the call ends once', () => {
    const hungUp: CallFact = { type: 'callerHungUp' };
    expect(after([...talking, hungUp]).effects).toEqual([
      { do: 'end', reason: 'caller-hung-up', intent: undefined, byControl: false },
    ]);
    expect(after([...talking, hungUp, hungUp]).effects).toEqual([]);
    expect(endOf(after([...talking, { type: 'shutDown' }]).effects)).toMatchObject({
      reason: 'shut-down',
      intent: { to: 'hang-up' },
    });
  });
});

describe('faults', () => {
  const failed: CallFact = { type: 'sessionFailed', unheardMs: 0, turn: turn(2) };

  test('[FA1] what was spoken is played out, tools are cancelled, then comes the apology, then the end', () => {
    const facts: CallFact[] = [...speaking(1), called('a'), { ...failed, unheardMs: 35_000 }];
    expect(after(facts).effects).toEqual([
      { do: 'cancelTool', id: 'a' },
      { do: 'finishTurn', turn: 1 },
      { do: 'apologise', turn: 2 },
      { do: 'arm', timer: 'goodbye', ms: 55_000 },
    ]);
    expect(after([...speaking(1), ended(1), failed]).effects[0], 'finished before').toMatchObject({
      do: 'apologise',
    });
    expect(after([...facts, heard(1)]).effects).toEqual([]);
    expect(after([...facts, failed]).effects, 'one apology').toEqual([]);
    expect(endOf(after([...facts, heard(2)]).effects)).toMatchObject({ reason: 'model-failed' });
    expect(
      endOf(after([...facts, { type: 'timeUp', timer: 'goodbye', callerSpeaks: false }]).effects),
    ).toMatchObject({
      reason: 'model-failed',
    });
  });

  test('[FA1] a model that refuses before the line opens is apologised for too', () => {
    expect(after([failed]).effects).toContainEqual({ do: 'apologise', turn: 2 });
    expect(after([failed, { type: 'lineOpened' }]).state).toMatchObject({
      phase: 'finishing',
      line: 'open',
    });
  });

  test('[FA1] nobody apologises after a goodbye', () => {
    const goodbye: CallFact[] = [...leaving, { type: 'turnStarted', turn: turn(1) }, failed];
    expect(after(goodbye).effects).not.toContainEqual(expect.objectContaining({ do: 'apologise' }));
    expect(after([...goodbye, heard(1)]).effects).toEqual([{ do: 'arm', timer: 'goodbye', ms: 500 }]);
    expect(after([...leaving, failed]).effects[0], 'but where none was said').toMatchObject({
      do: 'apologise',
    });
  });

  test('[FA1] nobody is left whom a caller could interrupt: the goodbye is cut, and they go', () => {
    const goodbye: CallFact[] = [...leaving, { type: 'turnStarted', turn: turn(1) }, failed];
    const speech = { is: 'speech', upTo: turn(1), hearing: { turn: turn(1), heardMs: 500 } } as const;
    const { state, effects } = after([...goodbye, { type: 'callerSound', ...speech }]);
    expect(state).toMatchObject({ phase: 'leaving', speech: { is: 'quiet' } });
    expect(effects).toEqual([
      { do: 'cut', upTo: 1 },
      { do: 'arm', timer: 'goodbye', ms: 500 },
    ]);
  });

  test('[WM2] the model’s time is taken from the line’s opening and from every loss, and stops when it is there', () => {
    const rules: CallRules = { ...OPEN, fallback: { withinMs: 8_000, hasLadder: true } };
    const [arm, disarm]: Effect[] = [
      { do: 'arm', timer: 'model', ms: 8_000 },
      { do: 'disarm', timer: 'model' },
    ];
    const away: CallFact = { type: 'modelAway', broken: false };
    expect(openCall(rules).effects).not.toContainEqual(arm);
    expect(after([{ type: 'lineOpened' }], rules).effects).toContainEqual(arm);
    expect(after(talking, rules).effects).toContainEqual(disarm);
    expect(after([...talking, away], rules).effects).toContainEqual(arm);
    expect(after([...talking, away, away], rules).effects, 'lost already').not.toContainEqual(arm);
    expect(after([...talking, away, { type: 'modelBack' }], rules).effects).toContainEqual(disarm);
  });

  const lost: CallFact = { type: 'lineLost' };
  const asks: CallFact = { type: 'carrierAsks', openForMs: 60_000 };
  const opened: CallFact = { type: 'lineOpened' };
  const again: readonly Effect[] = [{ do: 'arm', timer: 'line', ms: 15_000 }];

  test('[FA2] a lost line is awaited for 15 s, and the loss counts once', () => {
    expect(after([...talking, lost]).effects).toEqual([{ do: 'detachLine' }, ...again]);
    expect(after([...talking, lost, lost]).effects, 'told twice').toEqual([]);
    expect(after([...talking, lost, asks]).effects).toEqual(again);
    expect(after([...talking, lost, asks, opened]).state).toMatchObject({ line: 'open', losses: 1 });
    expect(
      endOf(after([...talking, lost, { type: 'timeUp', timer: 'line', callerSpeaks: false }]).effects),
    ).toMatchObject({
      reason: 'line-lost',
      byControl: true,
    });
  });

  test('[FA2] the carrier may know of the loss before we do', () => {
    expect(after([...talking, asks]).effects).toEqual([{ do: 'detachLine' }, ...again]);
    expect(after([...talking, asks]).state).toMatchObject({ line: 'awaited', losses: 1 });
  });

  test('[FA2] a question repeated does not take the new line away', () => {
    expect(after([...talking, { ...asks, openForMs: 900 }]).effects).toEqual([]);
  });

  test('[FA2] the fourth lost line ends the call', () => {
    const facts = [...talking, ...[lost, asks, opened], ...[lost, asks, opened], ...[lost, asks, opened]];
    expect(endOf(after(facts).effects)).toBeUndefined();
    expect(endOf(after([...facts, lost]).effects)).toMatchObject({ reason: 'line-lost', byControl: true });
  });

  test('[FA2] so does the fourth stream that never opens; the carrier is told in the answer it waits for', () => {
    const facts: CallFact[] = [{ type: 'ready' }, asks, asks, asks];
    expect(endOf(after(facts).effects)).toBeUndefined();
    expect(endOf(after([...facts, asks]).effects)).toMatchObject({ reason: 'line-lost', byControl: false });
  });
});

const anyTurn = fc.integer({ min: 0, max: 4 }).map(turn);
const anyTool = fc.constantFrom('a', 'b');
const anyFact: fc.Arbitrary<CallFact> = fc.oneof(
  fc.constantFrom<CallFact>(
    { type: 'lineOpened' },
    { type: 'lineOpened', greetingTurn: turn(1) },
    { type: 'lineLost' },
    { type: 'ready' },
    { type: 'idle' },
    { type: 'digit', digit: '1', upTo: turn(7) },
    { type: 'digit', digit: '0', upTo: turn(8) },
    { type: 'digit', digit: '9', upTo: turn(9) },
    { type: 'timeUp', timer: 'line', callerSpeaks: false },
    { type: 'timeUp', timer: 'goodbye', callerSpeaks: false },
  ),
  fc.constantFrom<CallFact>(
    { type: 'sessionFailed', unheardMs: 0, turn: turn(5) },
    { type: 'callerHungUp' },
    { type: 'shutDown' },
    { type: 'carrierAsks', openForMs: 0 },
    { type: 'carrierAsks', openForMs: 2_000 },
    { type: 'timeUp', timer: 'greeting', callerSpeaks: false },
    { type: 'timeUp', timer: 'barge-in', callerSpeaks: false },
  ),
  fc.constantFrom<CallFact>(
    { type: 'modelAway', broken: true },
    { type: 'modelBack' },
    { type: 'timeUp', timer: 'comfort', callerSpeaks: false },
    { type: 'told', text: 'a note', answer: true },
    { type: 'toolLate', text: 'late', worthSaying: true, callerSpeaks: false },
    { type: 'timeUp', timer: 'dead-air', callerSpeaks: false },
    { type: 'callerSpeech', is: 'started' },
    { type: 'callerSpeech', is: 'ended' },
    { type: 'excused' },
  ),
  fc.record({
    type: fc.constant('callerSound' as const),
    is: fc.constantFrom('unknown', 'speech', 'echo', 'other'),
    upTo: anyTurn,
    hearing: fc.option(fc.record({ turn: anyTurn, heardMs: fc.nat(2_000) }), { nil: undefined }),
  }),
  anyTurn.map((n): CallFact => ({ type: 'turnDropped', turn: n, hearing: undefined })),
  anyTurn.map((n): CallFact => ({ type: 'turnStarted', turn: n })),
  anyTurn.map((n): CallFact => ({ type: 'turnEnded', turn: n })),
  anyTurn.map((n): CallFact => ({ type: 'turnHeard', turn: n })),
  fc.record({
    type: fc.constant('interrupted' as const),
    upTo: anyTurn,
    hearing: fc.option(fc.record({ turn: anyTurn, heardMs: fc.nat(2_000) }), { nil: undefined }),
  }),
  anyTool.map(called),
  anyTool.map((id): CallFact => ({ type: 'toolsCancelled', ids: [toolCallId(id)] })),
  fc.tuple(anyTool, fc.boolean()).map(([id, hangUp]) => done(id, hangUp)),
  fc
    .tuple(anyTool, fc.constantFrom<CallAction>(BILLING, BILLING, { type: 'voicemail' }))
    .map(([id, then]) => goes(id, then)),
  fc.constantFrom<CallFact>(
    { type: 'returned', told: 'They are back.' },
    { type: 'returned', told: '' },
    { type: 'handedOver', as: 'transferred' },
    { type: 'callerSaid' },
    { type: 'modelLate', is: 'away', unheardMs: 0, turn: turn(6) },
    { type: 'modelLate', is: 'mute', unheardMs: 500, turn: turn(6) },
  ),
  fc
    .constantFrom<TimerName>('silence', 'model', 'elsewhere', 'last-words', 'limit')
    .map((timer): CallFact => ({ type: 'timeUp', timer, callerSpeaks: false })),
);

/** What the caller would hear of. */
const PLAYS: ReadonlySet<Effect['do']> = new Set([
  ...(['greet', 'playGreeting', 'comfort', 'apologise', 'finishTurn', 'lowerVoice', 'raiseVoice'] as const),
]);
const KEYPAD: CallRules['keypad'] = {
  ...OPEN.keypad,
  shortcuts: { '0': { do: 'destination', name: 'desk' }, '9': { do: 'tool', name: 'opt_out' } },
};
/** A caller who has been let go, so that chance has something to do with them. */
const letGo: readonly CallFact[] = [
  ...talking,
  called('a'),
  goes('a', BILLING),
  idle,
  { type: 'timeUp', timer: 'goodbye', callerSpeaks: false },
];

test('[FA3][EN6][TO1][GO3] in any order: nothing throws, one end, nothing after it, one answer per call, no sound elsewhere', () => {
  fc.assert(
    fc.property(
      fc.array(anyFact, { maxLength: 60 }),
      fc.constantFrom([], letGo),
      fc.record({ recorded: fc.boolean(), hasLadder: fc.boolean() }),
      fc.record({
        greetingInterruptible: fc.boolean(),
        greetingGuardMs: fc.constantFrom(0, 1_500),
        minHeardMs: fc.nat(500),
        deadAirMs: fc.constantFrom(0, 4_000),
        lastsAtMostMs: fc.constant(60_000),
        silenceMs: fc.constantFrom(0, 20_000),
      }),
      fc.constantFrom(0, 8_000),
      (facts, before, { recorded, hasLadder }, some, withinMs) => {
        const rules: CallRules = { ...some, keypad: KEYPAD, fallback: { withinMs, hasLadder } };
        let { state } = openCall(rules, recorded);
        let ends = 0;
        const open = new Set<string>();
        for (const [at, given] of [...before, ...facts].entries()) {
          // Every press has a number of its own.
          const fact: CallFact = given.type === 'digit' ? { ...given, upTo: turn(at) } : given;
          const was = state;
          const next = step(state, fact, rules);
          if (was.phase === 'ended') expect(next).toEqual({ state, effects: [] });
          state = next.state;
          for (const effect of next.effects) {
            if (was.phase === 'elsewhere' && state.phase === 'elsewhere') {
              expect(PLAYS.has(effect.do), effect.do).toBe(false);
              if (effect.do === 'tellModel') expect(effect.answer).toBe(false);
            }
            if (effect.do === 'end') {
              ends += 1;
              const keeps = was.phase === 'elsewhere' && was.line === 'away';
              if (keeps) expect(effect).toMatchObject({ intent: undefined, byControl: false });
            }
            if (effect.do === 'runTool') {
              expect(open.has(effect.call.id)).toBe(false);
              open.add(effect.call.id);
            }
            if (effect.do === 'answerTool') expect(open.delete(effect.answer.id)).toBe(true);
            if (effect.do === 'cancelTool') expect(open.delete(effect.id)).toBe(true);
          }
        }
        expect(ends).toBe(state.phase === 'ended' ? 1 : 0);
      },
    ),
    { numRuns: 3_000 },
  );
});

describe('a call of limited length', () => {
  const rules: CallRules = { ...OPEN, lastsAtMostMs: 60_000 };
  const up = (timer: 'last-words' | 'limit'): CallFact => ({ type: 'timeUp', timer, callerSpeaks: false });

  test('[EN8] is timed from its beginning; without a limit it is not', () => {
    const { effects } = openCall(rules);
    expect(effects).toContainEqual({ do: 'arm', timer: 'last-words', ms: 60_000 });
    expect(effects).toContainEqual({ do: 'arm', timer: 'limit', ms: 120_000 });
    expect(openCall(OPEN).effects.filter((effect) => effect.do === 'arm')).toHaveLength(1);
  });

  test('[EN8] the model is told to say goodbye, and the caller is owed an answer', () => {
    const { state, effects } = after([...talking, up('last-words')], rules);
    expect(effects).toContainEqual(expect.objectContaining({ do: 'tellModel', answer: true }));
    expect(state).toMatchObject({ phase: 'talking', awaits: 'answer' });
  });

  test('[EN8] who says goodbye already is not told again', () => {
    const leaving = step(after(talking, rules).state, { type: 'shutDown' }, rules).state;
    expect(step(leaving, up('last-words'), rules).effects).toEqual([]);
  });

  test('[EN8] it ends a minute later, whatever goes on', () => {
    for (const facts of [[], talking])
      expect(endOf(after([...facts, up('limit')], rules).effects)).toMatchObject({ reason: 'time-limit' });
  });
});

describe('[DA1][DA2] tools, and what is owed', () => {
  const rules = { ...OPEN, deadAirMs: 4_000 };
  const silent = (id: string): CallFact => ({ ...done(id), silent: true }) as CallFact;
  const callerAsked: CallFact = { type: 'callerSpeech', is: 'ended' };
  const owes = (...facts: CallFact[]): boolean => {
    const { state } = after(
      [...talking, { type: 'turnStarted', turn: turn(1) }, heard(1), idle, ...facts],
      rules,
    );
    return step(state, { type: 'timeUp', timer: 'dead-air', callerSpeaks: false }, rules).effects.length > 0;
  };

  test('a silent tool as the only reaction: nothing is owed any more', () => {
    expect(owes(callerAsked, called('a'), silent('a'), idle)).toBe(false);
  });

  test('a silent tool beside another, or while the caller asks something: that is still owed', () => {
    expect(owes(callerAsked, called('a'), called('b'), done('a'), silent('b'))).toBe(true);
    expect(owes(called('a'), callerAsked, silent('a'))).toBe(true);
  });
});
