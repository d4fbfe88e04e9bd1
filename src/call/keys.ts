// What the keys that a caller presses do to the call: groups are told to the model, shortcuts are carried out here and at
// once. Pure, as step.ts, which it serves.
import type { TurnId } from '../base/ids.ts';
import type { Departure } from '../ivr/departure.ts';
import { NO_KEYS, press, type KeyAction } from '../ivr/keypad.ts';
import { actionOf, told } from '../ivr/menus/choices.ts';
import { ANYTHING_ELSE } from '../ivr/menus/in-words.ts';
import type { Went } from '../ivr/menus/where-to.ts';
import type { ToolCall } from '../live/session.ts';
import { cut } from './barge-in.ts';
import { awaiting } from './dead-air.ts';
import { leave } from './elsewhere.ts';
import { departureOf, end, finish, leaveSoon, saysGoodbye } from './ending.ts';
import { greetingIsOver } from './greeting.ts';
import type { CallRules } from './rules.ts';
import {
  QUIET,
  stay,
  type CallFact,
  type Effect,
  type Finishing,
  type Here,
  type Leaving,
  type Step,
  type TalkStep,
} from './state.ts';
import { staying, stillHere } from './still-here.ts';
import { isOfKeypad, keyed, keypadOf, typed } from './typed.ts';

type Digit = Extract<CallFact, { type: 'digit' }>;

export function keyPressed(state: Here, { digit, upTo }: Digit, rules: CallRules): Step {
  // There is no model any more to be told of keys; shortcuts lead to people all the same.
  const { keypad, pressed } = press(keypadOf(state), digit, rules.keypad);
  const next: Here = state.phase === 'finishing' ? { ...state, place: keypad.place } : { ...state, keypad };
  switch (pressed.is) {
    case 'more':
      return state.phase === 'finishing'
        ? stay(next)
        : { state: next, effects: [{ do: 'arm', timer: 'keys', ms: rules.keypad.pauseMs }] };
    case 'group':
      return tellKeys(next, pressed.keys);
    case 'action':
      return act(next, pressed.action, { digit, upTo }, rules);
    case 'option':
      return follow(next, pressed.went, { digit, upTo }, rules);
  }
}

/** No key has followed for so long; or none has come from one who was asked to type. */
export function keysAreOver(state: Here): Step {
  if (state.phase === 'finishing') return stay(state);
  const { keys, place } = state.keypad;
  const over = { ...state, keypad: { ...NO_KEYS, place } };
  return keys === '' ? stay(over) : tellKeys(over, keys);
}

function tellKeys(state: Here, keys: string): Step {
  if (state.phase === 'finishing') return stay(state);
  const tell: Effect[] = [
    { do: 'disarm', timer: 'keys' },
    { do: 'tellModel', text: typed(keys), answer: true },
  ];
  if (state.phase === 'connecting') return { state: { ...state, awaits: 'answer' }, effects: tell };
  if (state.phase === 'talking') return { state: awaiting(state, 'answer'), effects: tell };
  // Whoever types while we say goodbye is listened to, as one who speaks.
  if (state.alone) return stay(state);
  // Whoever goes to another agent still does, as one who speaks: this one answers, and that one is told of it.
  if (state.departure.to === 'agent')
    return { state: awaiting({ ...state, told: true }, 'answer'), effects: tell };
  return {
    state: awaiting(staying(state), 'answer'),
    effects: [{ do: 'disarm', timer: 'goodbye' }, stillHere(state), ...tell],
  };
}

function act(state: Here, action: KeyAction, { digit, upTo }: Omit<Digit, 'type'>, rules: CallRules): Step {
  switch (action.do) {
    case 'destination':
      return goAtOnce(
        state,
        { to: 'destination', name: action.name, reason: `the caller pressed ${digit}`, briefing: '' },
        upTo,
        rules,
      );
    case 'voicemail':
      return goAtOnce(state, { to: 'voicemail' }, upTo, rules);
    case 'hang-up':
      return hangUp(state, digit, upTo, rules);
    case 'agent':
      // Where no model is to be had, another agent is none either: the way on is the one that is being taken.
      return state.phase === 'finishing'
        ? stay(state)
        : goAway(state, { to: 'agent', name: action.name, reason: `they pressed ${digit}` }, upTo, rules);
    case 'tool':
      return runTool(state, { id: keyed(digit, upTo), name: action.name, args: {} });
  }
}

/** What is being said goes on: what comes of it is told once it is known, and until then it is our turn. */
const runTool = (state: Here, call: ToolCall): Step => ({
  state: state.phase === 'finishing' ? state : { ...state, tools: new Set(state.tools).add(call.id) },
  effects: [{ do: 'runTool', call }],
});

/** Of the menu: where a key leads to somebody it leads there at once; all else the agent says, or asks. */
function follow(state: Here, went: Went, by: Omit<Digit, 'type'>, rules: CallRules): Step {
  const { option, leads, place } = went;
  const { menu } = rules.keypad;
  if (!menu) return stay(state);
  switch (leads.to) {
    case 'destination':
      return act(state, { do: 'destination', name: leads.name }, by, rules);
    case 'voicemail':
      return act(state, { do: 'voicemail' }, by, rules);
    case 'hang-up':
      return act(state, { do: 'hang-up' }, by, rules);
    default:
  }
  const name = option ? option.spoken || option.name : ANYTHING_ELSE;
  const then = actionOf(leads, name);
  const way = then && !isOfKeypad(then) && then.type !== 'hangUp' ? departureOf(then) : undefined;
  if (state.phase === 'finishing')
    return way && way.to !== 'agent' ? goAtOnce(state, way, by.upTo, rules) : stay(state);
  // Nobody is there yet, or any more, to say what comes first; where it leads is what was pressed for.
  if (state.phase === 'connecting' && way) return goAway(state, way, by.upTo, rules);
  if (state.phase === 'leaving' && state.alone && way && way.to !== 'agent')
    return goAway(state, way, by.upTo, rules);
  const text = `[The caller pressed ${by.digit}: ${name}] ${told(menu, leads, place.page)}`;
  const tell: Effect = { do: 'tellModel', text, answer: true };
  if (state.phase === 'connecting' && then === undefined)
    return { state: { ...state, awaits: 'answer' }, effects: [tell] };
  const { state: silent, effects } =
    state.phase === 'connecting' ? silence(state, by.upTo, rules) : cut(state, by.upTo, rules);
  if (then === undefined || isOfKeypad(then) || (silent.phase === 'leaving' && silent.alone))
    return { state: awaiting(silent, 'answer'), effects: [...effects, tell] };
  const leaving = leaveSoon(awaiting({ ...saysGoodbye(silent, departureOf(then)), byKey: true }, 'answer'));
  return { state: leaving.state, effects: [...effects, tell, ...leaving.effects] };
}

/** Without a word, whatever is being said: the key was meant. */
export function goAtOnce(state: Here, departure: Departure, upTo: TurnId, rules: CallRules): Step {
  if (state.phase === 'finishing')
    return state.line === 'open' ? finish({ ...state, departure }) : stay({ ...state, departure });
  return goAway(state, departure, upTo, rules);
}

const isRelease = (effect: Effect): boolean => effect.do === 'releaseCaller';

export function goAway(
  state: Exclude<Here, Finishing>,
  departure: Leaving['departure'],
  upTo: TurnId,
  rules: CallRules,
): Step {
  const silenced = silence(state, upTo, rules);
  const alone = silenced.state.phase === 'leaving' && silenced.state.alone;
  const gone = leave({ ...saysGoodbye(silenced.state, departure), said: true, idle: true, alone }, rules);
  // What was kept from this agent is for the next one.
  const released = departure.to === 'agent' ? silenced.effects.filter(isRelease) : [];
  const silencing = silenced.effects.filter((effect) => !released.includes(effect));
  return { state: gone.state, effects: [...silencing, ...gone.effects, ...released] };
}

/** With a word, if there is somebody to say it. */
function hangUp(state: Here, digit: string, upTo: TurnId, rules: CallRules): Step {
  if (state.phase === 'finishing' || state.phase === 'connecting') return end(state, 'agent-hung-up');
  const silenced = silence(state, upTo, rules);
  const leaving = leaveSoon(awaiting({ ...saysGoodbye(silenced.state), byKey: true }, 'answer'));
  const tell: Effect = { do: 'tellModel', text: pressedToHangUp(digit), answer: true };
  return { state: leaving.state, effects: [...silenced.effects, tell, ...leaving.effects] };
}

/** A model that is not there yet is away: what it says from now on concerns nobody. */
function silence(state: Exclude<Here, Finishing>, upTo: TurnId, rules: CallRules): TalkStep {
  if (state.phase !== 'connecting') {
    const silenced = cut(state, upTo, rules);
    // That they are still here would be told only to be untrue.
    const effects = silenced.effects.filter((effect) => effect.do !== 'tellModel');
    return { state: silenced.state, effects };
  }
  const { state: silent, effects } = greetingIsOver(stay({ ...state, speech: QUIET }), rules);
  const { line, losses, keypad, greeting, tools } = silent;
  return {
    state: {
      ...{ phase: 'talking', line, losses, keypad, greeting, away: { broken: false }, tools },
      ...{ speech: QUIET, doomed: undefined, awaits: 'nothing', lowered: false, asked: false },
    },
    effects: [{ do: 'cut', upTo }, ...effects],
  };
}

/** True whenever it is read: a model that takes the call over later is told it again. */
const pressedToHangUp = (digit: string): string =>
  `At this point the caller pressed ${digit}, which ends the call. Say goodbye in one short sentence: it is then hung up.`;
