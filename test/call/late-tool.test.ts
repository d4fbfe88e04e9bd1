// A late result is worth a word, and never a word that is cut for it.
import { describe, expect, test } from 'vitest';
import { toolCallId, turnId } from '../../src/base/ids.ts';
import { lateFact, lateNotice } from '../../src/call/late-tool.ts';
import type { CallRules } from '../../src/call/rules.ts';
import type { CallFact, Effect } from '../../src/call/state.ts';
import { openCall, step } from '../../src/call/step.ts';
import type { ToolLate } from '../../src/tools/run/runner.ts';

const RULES: CallRules = {
  greetingInterruptible: true,
  greetingGuardMs: 0,
  minHeardMs: 0,
  deadAirMs: 0,
  lastsAtMostMs: 0,
  silenceMs: 0,
  keypad: { pauseMs: 2_500, finishKey: '#', shortcuts: {} },
  fallback: { withinMs: 0, hasLadder: false },
};
const LATE: ToolLate = {
  ...{ id: toolCallId('a'), name: 'look', response: { status: 'ok' }, after: 'timed-out', tell: 'tell' },
};

const turn = turnId(1);
const greeted: readonly CallFact[] = [
  { type: 'lineOpened' },
  { type: 'ready' },
  { type: 'turnStarted', turn },
  { type: 'turnEnded', turn },
  { type: 'turnHeard', turn },
  { type: 'idle' },
];

function told(before: readonly CallFact[], late: CallFact): readonly Effect[] {
  let state = openCall(RULES).state;
  for (const fact of before) ({ state } = step(state, fact, RULES));
  return step(state, late, RULES).effects;
}

const answers = (before: readonly CallFact[], callerSpeaks = false, late = LATE): unknown =>
  told(before, lateFact(late, callerSpeaks)).map((effect) => effect.do === 'tellModel' && effect.answer);

describe('[TO4] the model is asked to speak of it', () => {
  test('into a silence in which it waits for the caller', () => {
    expect(answers(greeted)).toEqual([true]);
  });

  test.each<[string, readonly CallFact[], boolean]>([
    ['the caller speaks', greeted, true],
    ['the agent speaks', [...greeted, { type: 'turnStarted', turn: turnId(2) }], false],
    ['an answer is on its way', [...greeted, { type: 'callerSpeech', is: 'ended' }], false],
    [
      'another tool runs',
      [...greeted, { type: 'toolsCalled', calls: [{ id: toolCallId('b'), name: 'look', args: {} }] }],
      false,
    ],
    ['it was not there yet', [], false],
  ])('not while %s: then it is told, and nothing is cut', (_when, before, callerSpeaks) => {
    expect(answers(before, callerSpeaks)).toEqual([false]);
  });

  test('never of what was cancelled', () => {
    expect(answers(greeted, false, { ...LATE, after: 'cancelled' })).toEqual([false]);
  });
});

test('the words say what came, and not to do it again; the notice what was told', () => {
  expect(lateFact(LATE, false)).toMatchObject({
    text: 'look, which had taken too long, has come to its end after all: {"status":"ok"} Do not call it again for the same thing. Tell the caller of it when you next speak.',
  });
  expect(lateNotice({ ...LATE, cause: 'why' }, true)).toEqual({
    ...{ type: 'tool-late', id: 'a', tool: 'look', response: { status: 'ok' }, cause: 'why' },
    ...{ after: 'timed-out', told: true },
  });
});
