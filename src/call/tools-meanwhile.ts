// Functions that the model calls and takes back while nobody hears it: they run as ever. Pure, as step.ts, which it serves.
import type { CallFact, CallState, Step } from './state.ts';

type WithTools = Extract<CallState, { tools: ReadonlySet<unknown> }>;
type OfTools = Extract<CallFact, { type: 'toolsCalled' | 'toolsCancelled' }>;

export function toolsMeanwhile(state: WithTools, fact: OfTools): Step {
  if (fact.type === 'toolsCalled')
    return {
      state: { ...state, tools: state.tools.union(new Set(fact.calls.map(({ id }) => id))) },
      effects: fact.calls.filter(({ id }) => !state.tools.has(id)).map((call) => ({ do: 'runTool', call })),
    };
  return {
    state: { ...state, tools: state.tools.difference(new Set(fact.ids)) },
    effects: fact.ids.filter((id) => state.tools.has(id)).map((id) => ({ do: 'cancelTool', id })),
  };
}
