// What came of a tool that a key has run. Pure, as step.ts, which it serves.
import { awaiting } from './dead-air.ts';
import { departureOf, leaveSoon, saysGoodbye } from './ending.ts';
import type { CallRules } from './rules.ts';
import type { CallFact, DoneAnswer, Effect, Elsewhere, Here, Step } from './state.ts';
import { isOfKeypad, keyOf, ofKeypad } from './typed.ts';

/** What a key has the tool do is told in words: the model has asked for nothing that it could be the answer to. */
export function keyedDone(
  state: Here | Elsewhere,
  { answer, then }: Extract<CallFact, { type: 'toolDone' }>,
  rules: CallRules,
): Step {
  const isHeard = state.phase === 'talking' || state.phase === 'leaving';
  const tells: Effect[] = [
    { do: 'noteTool', answer },
    { do: 'tellModel', text: toldOf(answer), answer: isHeard },
  ];
  if (state.phase !== 'talking') return { state, effects: tells };
  const asked = awaiting(state, 'answer');
  if (then && isOfKeypad(then))
    return { state: { ...asked, keypad: ofKeypad(asked.keypad, then, rules) }, effects: tells };
  if (then === undefined) return { state: asked, effects: tells };
  // What it is told interrupts the model, and not the caller.
  const leaving = leaveSoon({ ...saysGoodbye(asked, departureOf(then)), byKey: true });
  return { state: leaving.state, effects: [...tells, ...leaving.effects] };
}

/** True whenever it is read: a model that takes the call over later is told it again. */
const toldOf = ({ id, name, response }: DoneAnswer): string =>
  `At this point the caller pressed ${keyOf(id)}, which has run ${name} without you: ${JSON.stringify(response)} ` +
  'Tell them what came of it in one short sentence, and do not call it again for the same thing.';
