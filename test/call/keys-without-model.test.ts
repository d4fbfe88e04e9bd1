// Keys that are pressed when the model is not there yet, or not any more, or is saying goodbye: nobody is led wrong, or hung
// up on for them, and what came of them is said.
import { describe, expect, test } from 'vitest';
import { readKeypadMenu } from '../../src/agents/keypad-menu-file.ts';
import { toolCallId, turnId } from '../../src/base/ids.ts';
import type { CallRules } from '../../src/call/rules.ts';
import type { CallFact, CallState, Effect } from '../../src/call/state.ts';
import { openCall, step } from '../../src/call/step.ts';
import type { CallAction } from '../../src/tools/tool.ts';
import { callRig, COMFORT_BYTE, GREETING_BYTE } from './call-rig.ts';

const menu = readKeypadMenu(
  'menu.yaml',
  `start: main
menus:
  main:
    options:
      1: { name: billing, spoken: billing, menu: billing }
      2: { name: orders, spoken: orders, destination: orders }
      3: { name: sales, spoken: sales, say: Thank you., destination: sales }
      5: { name: closed, spoken: bye, say: We are closed., hang_up: true }
    otherwise: { say: One moment., destination: operator }
  billing:
    options:
      2: { name: pay, spoken: pay, destination: payments }
`,
);
const SHORTCUTS = { 9: { do: 'tool', name: 'opt_out' } } as const;
const rulesWith = (hasLadder: boolean): CallRules => ({
  ...{ greetingInterruptible: true, greetingGuardMs: 0, minHeardMs: 0, deadAirMs: 4_000 },
  ...{ lastsAtMostMs: 0, silenceMs: 20_000, fallback: { withinMs: 0, hasLadder } },
  keypad: { pauseMs: 2_500, finishKey: '#', shortcuts: SHORTCUTS, menu },
});

const turn = turnId(3);
const later = turnId(300);
const opened: CallFact = { type: 'lineOpened' };
const spoken = (is: typeof turn): CallFact[] => [
  ...[{ type: 'turnStarted', turn: is } as const, { type: 'turnEnded', turn: is } as const],
  ...[{ type: 'turnHeard', turn: is } as const, { type: 'idle' } as const],
];
const talking: readonly CallFact[] = [opened, { type: 'ready' }, ...spoken(turn)];
const goodbye: CallFact = { type: 'timeUp', timer: 'goodbye', callerSpeaks: false };
const gone: CallFact = { type: 'sessionFailed', unheardMs: 3_000, turn: turnId(301) };
const asks = (then: CallAction): CallFact[] => [
  { type: 'toolsCalled', calls: [{ id: toolCallId('a'), name: 'a', args: {} }] },
  { ...{ type: 'toolDone', silent: false, then }, answer: { id: toolCallId('a'), name: 'a', response: {} } },
];
const leaving = [...talking, ...asks({ type: 'hangUp' })];

let presses = 100;
const press = (digit: string): CallFact => ({ type: 'digit', digit, upTo: turnId((presses += 1)) });
/** What the key 9 has run comes to its end. */
const isDone = (state: CallState): CallFact => {
  const id = 'tools' in state ? [...state.tools].find((one) => one.startsWith('key:')) : undefined;
  if (id === undefined) throw new Error('no key has run a tool');
  return {
    ...{ type: 'toolDone', silent: false },
    answer: { id, name: 'opt_out', response: { status: 'ok' } },
  };
};

function after(...facts: (CallFact | typeof isDone)[]) {
  const rules = rulesWith(true);
  let state = openCall(rules).state;
  let effects: readonly Effect[] = [];
  for (const fact of facts)
    ({ state, effects } = step(state, typeof fact === 'function' ? fact(state) : fact, rules));
  return { state, effects };
}
const intentOf = (effects: readonly Effect[]): unknown =>
  effects.find((effect) => effect.do === 'end')?.intent;

describe('[KE3] a tool that a key has run before the model is there', () => {
  test('is spoken of as soon as it is, over a recorded greeting too', () => {
    const keypad = { pauseMs: 2_500, finishKey: '#', shortcuts: SHORTCUTS } as const;
    const rig = callRig({ greetingMs: 3_000, rules: { deadAirMs: 4_000, silenceMs: 20_000, keypad } });
    const line = rig.connect();
    rig.clock.advance(500);
    line.press('9');
    rig.clock.advance(50);
    rig.toolDone([...rig.running.keys()][0]!);
    rig.clock.advance(450);
    rig.session.ready();
    expect(rig.session.prompts).toEqual([expect.stringContaining('Tell them what came of it') as string]);
    rig.clock.advance(5_500);
    expect(new Set(line.heard)).toEqual(new Set([GREETING_BYTE]));
    rig.clock.advance(1_000);
    expect(line.heard.includes(COMFORT_BYTE), 'it is our turn until it has spoken').toBe(true);
    rig.clock.advance(15_000);
    expect(rig.of('caller-silent')).toEqual([]);
  });

  test('so are keys that were typed then, and options of the menu', () => {
    const recorded = (...facts: CallFact[]) => {
      let { state } = openCall(rulesWith(true), true);
      for (const fact of [{ ...opened, greetingTurn: turn }, ...facts, { type: 'ready' } as const])
        ({ state } = step(state, fact, rulesWith(true)));
      return state;
    };
    expect(recorded()).toMatchObject({ phase: 'talking', awaits: 'nothing' });
    expect(recorded(press('#'))).toMatchObject({ phase: 'talking', awaits: 'answer' });
    expect(recorded(press('1'))).toMatchObject({ phase: 'talking', awaits: 'answer' });
  });
});

describe('[KE2] an option that says something and then hangs up, before the model is there', () => {
  test('is said once it is there, and then hung up', () => {
    const pressed = after(opened, press('5'));
    expect(pressed.state).toMatchObject({ phase: 'leaving', departure: { to: 'hang-up' } });
    expect(pressed.effects).toContainEqual(
      expect.objectContaining({
        do: 'tellModel',
        answer: true,
        text: expect.stringContaining('We are closed.') as string,
      }),
    );
    const facts = [opened, press('5'), goodbye, { type: 'ready' } as const, ...spoken(later)];
    expect(after(...facts).effects).toContainEqual({ do: 'arm', timer: 'goodbye', ms: 500 });
    expect(after(...facts, goodbye).state).toEqual({ phase: 'ended', reason: 'agent-hung-up' });
  });

  test('and a model that never comes leads to the ladder', () => {
    expect(intentOf(after(opened, press('5'), gone).effects)).toMatchObject({ to: 'fallback' });
  });
});

describe('[KE2] with no model any more', () => {
  const apology = [...talking, press('1'), gone];
  const endOf = (...facts: CallFact[]): unknown => {
    const rules = rulesWith(false);
    let state = openCall(rules).state;
    let effects: readonly Effect[] = [];
    for (const fact of facts) ({ state, effects } = step(state, fact, rules));
    return intentOf(effects);
  };

  test('keys are those of the page where the caller is, and lead on from there', () => {
    expect(endOf(...apology, press('2'))).toMatchObject({ to: 'destination', name: 'payments' });
    expect(endOf(...talking, gone, press('2'))).toMatchObject({ to: 'destination', name: 'orders' });
    expect(endOf(...talking, gone, press('1'), press('2'))).toMatchObject({ name: 'payments' });
  });

  test.each([
    ['3', 'sales'],
    ['2', 'orders'],
    ['7', 'operator'],
  ])('while its last goodbye is played out %s leads to somebody all the same', (key, name) => {
    const { state, effects } = after(...leaving, { type: 'turnStarted', turn: later }, gone, press(key));
    expect(state.phase).toBe('ended');
    expect(intentOf(effects)).toMatchObject({ to: 'destination', name });
  });
});

describe('[EN3] who interrupts a goodbye during which they were told what their key did', () => {
  const toldOf = [...leaving, press('9'), isDone];
  const interrupted: CallFact = {
    type: 'interrupted',
    upTo: later,
    hearing: { turn: later, heardMs: 1_200 },
  };

  test('is listened to once the agent speaks of it', () => {
    const { state, effects } = after(...toldOf, { type: 'turnStarted', turn: later }, interrupted);
    expect(state.phase).toBe('talking');
    expect(effects).toContainEqual({ do: 'disarm', timer: 'goodbye' });
  });

  test('and what it was saying then is stopped by that alone', () => {
    const stopped = after(...toldOf, { type: 'interrupted', upTo: turn, hearing: undefined });
    expect(stopped.state).toMatchObject({ phase: 'leaving', said: false });
  });

  test('but a way that a key has begun is meant, whoever speaks', () => {
    const pressed = after(...talking, press('3'), { type: 'turnStarted', turn: later }, interrupted);
    expect(pressed.state.phase).toBe('leaving');
  });
});

describe('[KE4][HO3] who types while they are handed to another agent', () => {
  const going = [...talking, ...asks({ type: 'handOver', agent: 'x', reason: '' })];
  const pause: CallFact = { type: 'timeUp', timer: 'keys', callerSpeaks: false };

  test.each([
    ['with the finish key', [press('7'), press('#')]],
    ['without', [press('7'), pause]],
  ])('is told of, answered, and goes there all the same: %s', (_, keys) => {
    const typed = { ...rulesWith(true), keypad: { pauseMs: 2_500, finishKey: '#', shortcuts: {} } } as const;
    let state = openCall(typed).state;
    let effects: readonly Effect[] = [];
    const take = (...facts: CallFact[]): void => {
      for (const fact of facts) ({ state, effects } = step(state, fact, typed));
    };
    take(...going, ...keys);
    expect(state).toMatchObject({ phase: 'leaving', awaits: 'answer' });
    expect(effects).toContainEqual({
      do: 'tellModel',
      text: '[The caller pressed keypad keys: 7]',
      answer: true,
    });
    take({ type: 'interrupted', upTo: turn, hearing: undefined });
    expect(state.phase, 'the agent stops for what it is told').toBe('leaving');
    take(...spoken(later), goodbye);
    if (!effects.some((effect) => effect.do === 'handOver')) take(goodbye);
    expect(effects).toContainEqual({ do: 'handOver', name: 'x', reason: '' });
  });
});
