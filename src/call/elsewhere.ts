// Where the caller goes once the goodbye is over, and what happens to the call while they are elsewhere. Pure, as step.ts,
// which it serves.
import { unreachable } from '../base/errors.ts';
import type { Departure } from '../ivr/departure.ts';
import { NO_KEYS } from '../ivr/keypad.ts';
import { missed } from './away.ts';
import {
  awaitLine,
  ELSEWHERE_AT_MOST_MS,
  end,
  endQuietly,
  leaveSoon,
  RETURNS_WITHIN_MS,
  TIME_IS_UP,
} from './ending.ts';
import { greetingIsOver } from './greeting.ts';
import { handOver } from './handing-over.ts';
import { rejoined, resumedInVain, withToolsAsked } from './rejoining.ts';
import type { CallRules } from './rules.ts';
import {
  QUIET,
  stay,
  type CallFact,
  type Effect,
  type Elsewhere,
  type Leaving,
  type Step,
  type TimerName,
} from './state.ts';
import { toolsMeanwhile } from './tools-meanwhile.ts';
import { lastKeys } from './typed.ts';

/** Until a line that is on its way, or lost, is there to be closed. */
const LOOK_AGAIN_AFTER_MS = 500;

/** True whenever it is read: a model that takes the call over later is told it again. */
const IS_BACK =
  'At this point the caller, who had been let go, was back on the line. If you have not spoken to them since, ask what else you can do.';

/** The goodbye is over. While the model is away it says nothing; that ends, well or not, within half a minute. */
export function leave(state: Leaving, rules: CallRules, callerSpeaks = false): Step {
  const { departure, as, alone, away, said, line } = state;
  if (away && !said) return leaveSoon(state);
  if (departure.to === 'agent') return handOver(state, departure, callerSpeaks);
  const comesBack = departure.to === 'destination' || departure.to === 'keys';
  if (!comesBack || alone) return end(state, as, departure);
  if (line !== 'open') return { state, effects: [{ do: 'arm', timer: 'goodbye', ms: LOOK_AGAIN_AFTER_MS }] };
  return depart(state, departure, rules);
}

function depart(
  leaving: Leaving,
  departure: Extract<Departure, { to: 'destination' | 'keys' }>,
  rules: CallRules,
): Step {
  const over = greetingIsOver(stay(leaving), rules);
  const { losses, away, tools, keypad } = leaving;
  const listens = departure.to === 'keys';
  return {
    state: { phase: 'elsewhere', line: 'away', losses, away, tools, told: '', listens },
    effects: [
      ...over.effects,
      ...lastKeys(keypad),
      { do: 'depart', departure },
      { do: 'arm', timer: 'elsewhere', ms: ELSEWHERE_AT_MOST_MS },
    ],
  };
}

/** Nobody hears us, and we hear nobody: what the model began is finished, and nothing is said. */
export function whileElsewhere(state: Elsewhere, fact: CallFact, rules: CallRules): Step {
  const next = decided(state, fact, rules);
  return state.resumes && next.state.phase === 'ended' ? withToolsAsked(state.resumes, state, next) : next;
}

function decided(state: Elsewhere, fact: CallFact, rules: CallRules): Step {
  const isAway = state.line === 'away';
  switch (fact.type) {
    case 'returned':
      return isAway ? awaitReturn(state, fact.told) : stay(state);
    case 'lineOpened':
      return state.resumes ? rejoined(state, state.resumes, fact, rules) : isBack(state, rules);
    case 'carrierAsks':
      return isAway ? stay(state) : awaitLine({ ...state, losses: state.losses + 1 }, rules);
    case 'handedOver':
      return endQuietly(fact.as);
    case 'callerHungUp':
      return endQuietly('caller-hung-up');
    case 'shutDown':
      return isAway ? endQuietly('transferred') : end(state, 'shut-down');
    case 'operatorHangsUp':
      return end(state, 'operator-hung-up');
    case 'sessionFailed':
      return state.resumes ? resumedInVain(state, rules) : endQuietly('model-failed');
    case 'timeUp':
      return isTimeElsewhere(state, fact.timer);
    case 'modelAway':
      return stay({ ...state, away: { broken: fact.broken } });
    case 'ready':
    case 'modelBack':
      return stay({ ...state, away: undefined });
    case 'turnStarted':
      return { state, effects: [{ do: 'cut', upTo: fact.turn }] };
    case 'toolsCalled':
    case 'toolsCancelled':
      return toolsMeanwhile(state, fact);
    case 'toolDone': {
      if (!state.tools.has(fact.answer.id)) return stay(state);
      const tools = state.tools.difference(new Set([fact.answer.id]));
      // What it asks of the call was asked for a caller who was here.
      const answer = { ...fact.answer, maybeSilent: true };
      return { state: { ...state, tools }, effects: [{ do: 'answerTool', answer }] };
    }
    case 'told':
    case 'toolLate':
      return { state, effects: [{ do: 'tellModel', text: fact.text, answer: false }] };
    case 'lineLost':
    case 'digit':
    case 'turnEnded':
    case 'turnHeard':
    case 'turnDropped':
    case 'interrupted':
    case 'idle':
    case 'agentChanged':
    case 'agentStays':
    case 'callerSpeech':
    case 'callerSaid':
    case 'callerSound':
    case 'excused':
    case 'modelLate':
    case 'machine':
    case 'messageDue':
    case 'operatorTransfers':
    case 'operatorTakesOver':
    case 'operatorGivesBack':
    case 'moved':
      return stay(state);
    default:
      return unreachable(fact);
  }
}

const awaitReturn = (state: Elsewhere, told: string): Step => ({
  state: { ...state, line: 'awaited', told },
  effects: [
    { do: 'noteReturn', why: told },
    { do: 'arm', timer: 'line', ms: RETURNS_WITHIN_MS },
  ],
});

/** A stream that nobody announced brings the caller back too. */
function isBack({ line, losses, away, tools, told, listens }: Elsewhere, rules: CallRules): Step {
  const unannounced: readonly Effect[] = line === 'away' ? [{ do: 'noteReturn', why: '' }] : [];
  return {
    state: {
      ...{ phase: 'talking', line: 'open', losses, away, tools, greeting: { is: 'over' }, keypad: NO_KEYS },
      ...{ speech: QUIET, doomed: undefined, lowered: false, asked: false },
      awaits: listens ? 'nothing' : 'answer',
    },
    effects: [
      { do: 'disarm', timer: 'line' },
      ...unannounced,
      ...(away ? missed(rules) : []),
      { do: 'tellModel', text: told === '' ? IS_BACK : told, answer: !listens },
    ],
  };
}

/** A caller who is on the way back is ours again, and whatever ends the call hangs up. */
function isTimeElsewhere(state: Elsewhere, timer: TimerName): Step {
  switch (timer) {
    case 'elsewhere':
      return state.line === 'away' ? endQuietly('transferred') : stay(state);
    case 'limit':
      return state.line === 'away' ? endQuietly('transferred') : end(state, 'time-limit');
    case 'line':
      if (state.line !== 'awaited') return stay(state);
      // Its process may have sent them elsewhere, and not written so down any more: whoever has them keeps them.
      return state.resumes ? endQuietly('line-lost') : end(state, 'line-lost');
    case 'last-words':
      return { state, effects: [{ do: 'tellModel', text: TIME_IS_UP, answer: false }] };
    default:
      return stay(state);
  }
}
