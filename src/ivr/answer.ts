// What comes of a fact about a route: the route as it is then, and what is to be done. Plain data; done by routes.ts.
import type { CallId } from '../base/ids.ts';
import type { Errand, Spoken } from '../carrier/webhooks.ts';
import type { Destination, Plan } from './plan.ts';
import type { Given, Person, Route, Unreached, Where } from './route.ts';

/** What a decision looks at beside the route. */
export interface View {
  readonly plan: Plan;
  /** Whether the agent can take the caller back. */
  readonly agent: 'here' | 'gone';
  /** Since the epoch. */
  readonly nowMs: number;
  readonly isOpen: (destination: Destination) => boolean;
  /** False for what no account should dial. */
  readonly mayDial: (to: string) => boolean;
}

export type RouteNotice =
  | { readonly type: 'routed'; readonly to: string; readonly why: string }
  | { readonly type: 'person'; readonly destination: string; readonly is: Person['is'] | Unreached };

export type RouteEffect =
  | { readonly do: 'callPerson'; readonly destination: Destination; readonly errand: Errand }
  | { readonly do: 'hangUpPerson'; readonly id: CallId }
  /** Out of a conference or a queue; the carrier then asks what is next. */
  | { readonly do: 'takeBack' }
  /** The caller is with a person: the agent's part is over. */
  | { readonly do: 'handOver' }
  /** The caller is on the way back to the agent, who is told this. */
  | { readonly do: 'returnToAgent'; readonly told: string }
  | { readonly do: 'popScreen'; readonly destination: Destination }
  /** Look at the route again then. */
  | { readonly do: 'wake'; readonly inMs: number }
  | { readonly do: 'notice'; readonly notice: RouteNotice };

export interface Answer {
  readonly route: Route;
  readonly effects: readonly RouteEffect[];
}

export const stay = (route: Route): Answer => ({ route, effects: [] });

/** The caller is given a verb: the next step. */
export function give(
  route: Route,
  where: Where,
  verb: (step: number) => Given,
  effects: readonly RouteEffect[] = [],
): Answer {
  const step = route.step + 1;
  return { route: { ...route, step, where, given: verb(step) }, effects };
}

export const hangUp = (route: Route, effects: readonly RouteEffect[] = []): Answer =>
  give(route, { at: 'over' }, () => ({ do: 'hang-up' }), effects);

export const sayAndHangUp = (route: Route, { text, language }: Spoken, to: string, why: string): Answer =>
  give(route, { at: 'over' }, () => ({ do: 'say-and-hang-up', text, language }), [routed(to, why)]);

export const routed = (to: string, why: string): RouteEffect => ({
  do: 'notice',
  notice: { type: 'routed', to, why },
});

export const ofPerson = (destination: string, is: Person['is'] | Unreached): RouteEffect => ({
  do: 'notice',
  notice: { type: 'person', destination, is },
});

/** One after the other, in one breath; of two languages the last: one voice cannot say both. */
export const together = (...spoken: readonly (Spoken | undefined)[]): Spoken | undefined => {
  const language = spoken.findLast((one) => one !== undefined)?.language;
  const said = spoken.filter((one) => one !== undefined && one.language === language);
  return language === undefined ? undefined : { language, text: said.map((one) => one?.text).join(' ') };
};

/** Our own number in this call. */
export const ours = ({ direction, from, to }: Route): string => (direction === 'inbound' ? to : from);
/** The number of whoever is on the phone with us. */
export const theirs = ({ direction, from, to }: Route): string => (direction === 'inbound' ? from : to);
