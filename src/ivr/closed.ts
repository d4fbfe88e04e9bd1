// A call that comes outside of the hours: what the profile says becomes of it. Pure.
import type { Profile } from '../agents/profile.ts';
import type { Spoken } from '../carrier/webhooks.ts';
import { routed, sayAndHangUp, together, type Answer, type View } from './answer.ts';
import { voicemail } from './fallback.ts';
import { spokenName } from './go-to.ts';
import type { Route } from './route.ts';
import { spoken } from './spoken.ts';
import { goOrElse } from './unreached.ts';

export type Closed = NonNullable<Profile['closed']>;

/** Undefined: the agent answers all the same. `greeting`: filled in. */
export function whileClosed(
  route: Route,
  { then }: Pick<Closed, 'then'>,
  greeting: string,
  view: View,
): Answer | undefined {
  const { plan } = view;
  const say: Spoken = { text: greeting, language: plan.language };
  const goodbye = (): Answer => sayAndHangUp(route, say, 'goodbye', 'it is closed');
  switch (then.do) {
    case 'agent':
      return undefined;
    case 'hang-up':
      return goodbye();
    case 'voicemail':
      return voicemail(route, say, view) ?? goodbye();
    case 'destination': {
      const connecting = spoken(plan.language).connecting(spokenName(then.name, view));
      const there = goOrElse(route, then.name, together(say, connecting), view, say);
      return { ...there, effects: [routed(then.name, 'it is closed'), ...there.effects] };
    }
  }
}
