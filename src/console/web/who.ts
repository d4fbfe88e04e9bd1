// Who is signed in, for whatever a view offers.
import { createContext, use } from 'react';
import type { OperatorView, SessionView } from '../session-view.ts';

export interface Who extends OperatorView {
  readonly server: Pick<SessionView, 'version' | 'rehearsal'>;
  /** A viewer reads and nothing else. */
  readonly mayAct: boolean;
}

export const WhoContext = createContext<Who | undefined>(undefined);

/** Only below the shell, which shows no view to nobody. */
export function useWho(): Who {
  const who = use(WhoContext);
  if (!who) throw new Error('nobody is signed in');
  return who;
}

/** Why a button is off for this person; undefined: it is on. */
export const refusalOf = ({ mayAct }: Who): string | undefined =>
  mayAct ? undefined : 'You are signed in as a viewer: viewers look, and do not act.';
