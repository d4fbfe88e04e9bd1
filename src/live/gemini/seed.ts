// How a session starts: the setup of its profile, and what has to be in it so that the model knows what was said before.
import type { Said, SessionSetup } from '../session.ts';
import type { Access } from './access.ts';
import type { Capabilities } from './models.ts';
import { asInstructions } from './recall.ts';
import type { WireSetup } from './wire-setup.ts';

/** One way in, and what this session says there first. */
export interface Route {
  readonly access: Access;
  readonly capabilities: Capabilities;
  /** Without a handle and without a history. */
  readonly setup: WireSetup;
}

export interface Start {
  readonly setup: WireSetup;
  /** To be sent as history once the setup is complete. */
  readonly history: readonly Said[];
}

export const resumed = ({ setup }: Route, handle: string): Start => ({
  setup: { ...setup, sessionResumption: { handle } },
  history: [],
});

/** `before`: what the profile makes the model believe; `said`: in this call. */
export function started(
  { setup, capabilities }: Route,
  { history: before = [] }: SessionSetup,
  said: readonly Said[],
): Start {
  const history = [...before, ...said];
  if (history.length === 0) return { setup, history };
  if (capabilities.historySeed)
    return { setup: { ...setup, historyConfig: { initialHistoryInClientContent: true } }, history };
  const { parts = [] } = setup.systemInstruction ?? {};
  return {
    setup: {
      ...setup,
      systemInstruction: { role: 'user', parts: [...parts, { text: asInstructions(before, said) }] },
    },
    history: [],
  };
}
