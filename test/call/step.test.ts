import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toolCallId, turnId } from '../../src/base/ids.ts';
import type { BargeInRules } from '../../src/call/barge-in.ts';
import type { CallFact, CallState, Effect } from '../../src/call/state.ts';
import {
  GOODBYE_FOLLOWS_IDLE_WITHIN_MS,
  GOODBYE_LASTS_AT_MOST_MS,
  GOODBYE_STARTS_WITHIN_MS,
  LINE_OPENS_WITHIN_MS,
  LINE_RETURNS_WITHIN_MS,
  MAX_LINE_LOSSES,
  openCall,
  PAUSE_AFTER_GOODBYE_MS,
  step,
} from '../../src/call/step.ts';

const OPEN: BargeInRules = { greetingInterruptible: true, minHeardMs: 0 };
const turn = turnId;

/** Runs facts through the step and keeps the effects of the last. */
function after(
  facts: readonly CallFact[],
  rules: BargeInRules = OPEN,
): { state: CallState; effects: readonly Effect[] } {
  return facts.reduce<{ state: CallState; effects: readonly Effect[] }>(
    ({ state }, fact) => step(state, fact, rules),
    openCall(),
  );
}

const talking: readonly CallFact[] = [{ type: 'lineOpened' }, { type: 'ready' }];
const speaking = (n: number): CallFact[] => [...talking, { type: 'turnStarted', turn: turn(n) }];
const call = (id: string) => ({ id: toolCallId(id), name: 'end_call', args: {} });
const called = (id: string): CallFact => ({ type: 'toolsCalled', calls: [call(id)] });
const done = (id: string, hangUp = false): CallFact => ({
  type: 'toolDone',
  answer: { id: toolCallId(id), name: 'end_call', response: { status: 'ok' } },
  then: hangUp ? { type: 'hangUp' } : undefined,
});
const heard = (n: number): CallFact => ({ type: 'turnHeard', turn: turn(n) });
const ended = (n: number): CallFact => ({ type: 'turnEnded', turn: turn(n) });
const interrupted = (upTo: number, heardMs = 1_000): CallFact => ({
  type: 'interrupted',
  upTo: turn(upTo),
  heardMs,
});
const idle: CallFact = { type: 'idle' };
const leaving: readonly CallFact[] = [...talking, called('bye'), done('bye', true)];

const endOf = (effects: readonly Effect[]) => effects.find((effect) => effect.do === 'end');

describe('opening', () => {
  test('[OP1] the greeting is asked for as soon as the session is ready, line or no line', () => {
    expect(after([{ type: 'ready' }]).effects).toEqual([{ do: 'greet' }]);
    expect(after([{ type: 'lineOpened' }, { type: 'ready' }]).effects).toEqual([{ do: 'greet' }]);
    expect(after([...talking, { type: 'ready' }]).effects, 'greeted once').toEqual([]);
  });

  test('[OP3] a line that never opens ends the call, and the carrier is told', () => {
    expect(openCall().effects).toEqual([{ do: 'arm', timer: 'line', ms: LINE_OPENS_WITHIN_MS }]);
    expect(after([{ type: 'lineOpened' }]).effects).toEqual([{ do: 'disarm', timer: 'line' }]);
    expect(endOf(after([{ type: 'ready' }, { type: 'timeUp', timer: 'line' }]).effects)).toEqual({
      do: 'end',
      reason: 'line-never-opened',
      intent: { do: 'hang-up' },
      byControl: true,
    });
    expect(after([...talking, { type: 'timeUp', timer: 'line' }]).effects, 'a timer that was late').toEqual(
      [],
    );
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
  test('[BI1] an interruption while the agent is heard cuts every turn up to it', () => {
    expect(after([...speaking(1), interrupted(1)]).effects).toEqual([{ do: 'cut', upTo: 1 }]);
    expect(after([...speaking(1), ended(1), interrupted(1)]).effects, 'after generation').toEqual([
      { do: 'cut', upTo: 1 },
    ]);
  });

  test('[BI3] a protected greeting is played to its end', () => {
    const rules = { greetingInterruptible: false, minHeardMs: 0 };
    expect(after([...speaking(1), interrupted(1)], rules).effects).toEqual([{ do: 'finishTurn', turn: 1 }]);
    expect(after([...speaking(1), ended(1), interrupted(1)], rules).effects).toEqual([]);
    const answer: CallFact[] = [...speaking(1), heard(1), { type: 'turnStarted', turn: turn(2) }];
    expect(after([...answer, interrupted(2)], rules).effects).toEqual([{ do: 'cut', upTo: 2 }]);
  });

  test('[BI3] so are the first milliseconds of any turn', () => {
    const rules = { greetingInterruptible: true, minHeardMs: 300 };
    expect(after([...speaking(1), interrupted(1, 299)], rules).effects).toEqual([
      { do: 'finishTurn', turn: 1 },
    ]);
    expect(after([...speaking(1), interrupted(1, 300)], rules).effects).toEqual([{ do: 'cut', upTo: 1 }]);
  });

  test('[BI4] an interruption when nothing plays changes nothing', () => {
    expect(after([...talking, interrupted(0)]).effects).toEqual([]);
    expect(after([...speaking(1), ended(1), heard(1), interrupted(1)]).effects).toEqual([]);
    expect(after([...speaking(2), interrupted(1)]).effects, 'an older turn').toEqual([]);
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

  const hangsUpSoon: Effect[] = [{ do: 'arm', timer: 'goodbye', ms: PAUSE_AFTER_GOODBYE_MS }];

  test('[EN1] end_call hangs up once the goodbye was heard and the model is idle, in either order', () => {
    expect(after([...goodbye, idle]).effects).toEqual([]);
    expect(after([...goodbye, heard(1)]).effects).toEqual([]);
    expect(after([...goodbye, idle, heard(1)]).effects).toEqual(hangsUpSoon);
    expect(after([...goodbye, heard(1), idle]).effects).toEqual(hangsUpSoon);
    const facts: CallFact[] = [...goodbye, heard(1), idle, { type: 'timeUp', timer: 'goodbye' }];
    expect(endOf(after(facts).effects)).toMatchObject({ reason: 'agent-hung-up' });
  });

  test('[EN1] a goodbye that was being spoken when end_call came counts', () => {
    const facts: CallFact[] = [...speaking(1), called('bye'), done('bye', true), ended(1), idle];
    expect(after(facts).effects).toEqual([]);
    expect(after([...facts, heard(1)]).effects).toEqual(hangsUpSoon);
  });

  test('[EN2] a model that says no goodbye is given a moment, and no more', () => {
    expect(after(leaving).effects.at(-1)).toEqual({
      do: 'arm',
      timer: 'goodbye',
      ms: GOODBYE_STARTS_WITHIN_MS,
    });
    expect(after([...leaving, idle]).effects).toEqual([
      { do: 'arm', timer: 'goodbye', ms: GOODBYE_FOLLOWS_IDLE_WITHIN_MS },
    ]);
    expect(after([...leaving, { type: 'turnStarted', turn: turn(1) }]).effects).toEqual([
      { do: 'arm', timer: 'goodbye', ms: GOODBYE_LASTS_AT_MOST_MS },
    ]);
    expect(endOf(after([...leaving, { type: 'timeUp', timer: 'goodbye' }]).effects)).toMatchObject({
      reason: 'agent-hung-up',
      intent: { do: 'hang-up' },
      byControl: false,
    });
  });

  test('[EN3] a caller who interrupts the goodbye is listened to', () => {
    const facts: CallFact[] = [...goodbye, interrupted(1)];
    expect(after(facts).state).toMatchObject({ phase: 'talking' });
    expect(after(facts).effects).toEqual([
      { do: 'cut', upTo: 1 },
      { do: 'disarm', timer: 'goodbye' },
    ]);
    expect(endOf(after([...facts, idle, { type: 'timeUp', timer: 'goodbye' }]).effects)).toBeUndefined();
  });

  test('[EN5] whoever hangs up, the call ends once', () => {
    const end = after([...talking, { type: 'callerHungUp' }]);
    expect(end.effects).toEqual([
      { do: 'end', reason: 'caller-hung-up', intent: undefined, byControl: false },
    ]);
    expect(after([...talking, { type: 'callerHungUp' }, { type: 'callerHungUp' }]).effects).toEqual([]);
    expect(endOf(after([...talking, { type: 'shutDown' }]).effects)).toMatchObject({
      reason: 'shut-down',
      intent: { do: 'hang-up' },
    });
  });
});

describe('faults', () => {
  const failed: CallFact = { type: 'sessionFailed' };

  test('[FA1] what was spoken is played out, tools are cancelled, then comes the apology, then the end', () => {
    const facts: CallFact[] = [...speaking(1), called('a'), failed];
    expect(after(facts).effects).toEqual([
      { do: 'cancelTool', id: 'a' },
      { do: 'finishTurn', turn: 1 },
      { do: 'apologise', turn: 2 },
      { do: 'arm', timer: 'goodbye', ms: GOODBYE_LASTS_AT_MOST_MS },
    ]);
    expect(after([...facts, heard(1)]).effects).toEqual([]);
    expect(after([...facts, failed]).effects, 'one apology').toEqual([]);
    expect(endOf(after([...facts, heard(2)]).effects)).toMatchObject({ reason: 'model-failed' });
    expect(endOf(after([...facts, { type: 'timeUp', timer: 'goodbye' }]).effects)).toMatchObject({
      reason: 'model-failed',
    });
  });

  test('[FA1] a model that refuses before the line opens is apologised for too', () => {
    const facts: CallFact[] = [failed, { type: 'lineOpened' }];
    expect(after([failed]).effects[0]).toEqual({ do: 'apologise', turn: 1 });
    expect(after(facts).state).toMatchObject({ phase: 'apologising', line: 'open' });
  });

  test('[FA2] a lost line is awaited, a few times', () => {
    const lost: CallFact = { type: 'lineLost' };
    expect(after([...talking, lost]).effects).toEqual([
      { do: 'detachLine' },
      { do: 'arm', timer: 'line', ms: LINE_RETURNS_WITHIN_MS },
    ]);
    expect(after([...talking, lost, lost]).effects, 'told twice').toEqual([]);
    expect(after([...talking, lost, { type: 'lineOpened' }]).state).toMatchObject({
      line: 'open',
      losses: 1,
    });
    expect(endOf(after([...talking, lost, { type: 'timeUp', timer: 'line' }]).effects)).toMatchObject({
      reason: 'line-lost',
      byControl: true,
    });
    const again = Array.from({ length: MAX_LINE_LOSSES }, () => [
      lost,
      { type: 'lineOpened' } as const,
    ]).flat();
    expect(endOf(after([...talking, ...again]).effects)).toBeUndefined();
    expect(endOf(after([...talking, ...again, lost]).effects)).toMatchObject({ reason: 'line-lost' });
  });
});

const anyTurn = fc.integer({ min: 0, max: 4 }).map(turn);
const anyTool = fc.constantFrom('a', 'b');
const anyFact: fc.Arbitrary<CallFact> = fc.oneof(
  fc.constantFrom<CallFact>(
    { type: 'lineOpened' },
    { type: 'lineLost' },
    { type: 'ready' },
    { type: 'idle' },
    { type: 'digit', digit: '1' },
    { type: 'timeUp', timer: 'line' },
    { type: 'timeUp', timer: 'goodbye' },
  ),
  fc.constantFrom<CallFact>({ type: 'sessionFailed' }, { type: 'callerHungUp' }, { type: 'shutDown' }),
  anyTurn.map((n): CallFact => ({ type: 'turnStarted', turn: n })),
  anyTurn.map((n): CallFact => ({ type: 'turnEnded', turn: n })),
  anyTurn.map((n): CallFact => ({ type: 'turnHeard', turn: n })),
  fc.record({ type: fc.constant('interrupted' as const), upTo: anyTurn, heardMs: fc.nat(2_000) }),
  anyTool.map(called),
  anyTool.map((id): CallFact => ({ type: 'toolsCancelled', ids: [toolCallId(id)] })),
  fc.tuple(anyTool, fc.boolean()).map(([id, hangUp]) => done(id, hangUp)),
);

test('[FA3][EN6][TO1] in any order: nothing throws, one end, nothing after it, one answer per call that was run', () => {
  fc.assert(
    fc.property(fc.array(anyFact, { maxLength: 60 }), (facts) => {
      let { state } = openCall();
      let ends = 0;
      const open = new Set<string>();
      for (const fact of facts) {
        const next = step(state, fact, OPEN);
        if (state.phase === 'ended') expect(next).toEqual({ state, effects: [] });
        state = next.state;
        for (const effect of next.effects) {
          if (effect.do === 'end') ends += 1;
          if (effect.do === 'runTool') {
            expect(open.has(effect.call.id)).toBe(false);
            open.add(effect.call.id);
          }
          if (effect.do === 'answerTool') expect(open.delete(effect.answer.id)).toBe(true);
          if (effect.do === 'cancelTool') expect(open.delete(effect.id)).toBe(true);
        }
      }
      expect(ends).toBe(state.phase === 'ended' ? 1 : 0);
    }),
    { numRuns: 2_000 },
  );
});
