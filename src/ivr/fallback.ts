// The ladder: what a caller gets when there is no agent, step by step, down to an apology. Pure.
import type { Spoken } from '../carrier/webhooks.ts';
import { give, routed, sayAndHangUp, together, type Answer, type View } from './answer.ts';
import type { FallbackCause } from './departure.ts';
import { goTo, spokenName } from './go-to.ts';
import { menuOf, readOut } from './menu.ts';
import type { Route } from './route.ts';
import { spoken } from './spoken.ts';

/** How often a menu is read to somebody who chooses nothing, or nothing that leads anywhere. */
export const MOST_MENUS = 3;
/** For a key, after the last word. */
const KEY_WITHIN_S = 6;

/** There is no agent (any more): the first step. */
export function fallBack(route: Route, because: FallbackCause, view: View): Answer {
  const down = descend({ ...route, departure: undefined }, spoken(view.plan.language).unavailable(), view);
  return { ...down, effects: [routed('fallback', because), ...down.effects] };
}

/** The next step that can be taken. `say`: before it. */
export function descend(route: Route, say: Spoken | undefined, view: View): Answer {
  const { plan } = view;
  const words = spoken(plan.language);
  // Whoever chose from the menu and reached nobody may choose again.
  if (route.menus > 0 && route.menus < MOST_MENUS) {
    const again = menu(route, say, view);
    if (again) return again;
  }
  for (let at = route.rung; at < plan.ladder.length; at++) {
    const rung = plan.ladder[at]!;
    const on: Route = { ...route, rung: at + 1, menus: MOST_MENUS };
    switch (rung.do) {
      case 'menu': {
        const asked = menu({ ...on, menus: 0 }, say, view);
        if (asked) return asked;
        break;
      }
      case 'destination': {
        const connecting = together(say, words.connecting(spokenName(rung.name, view)));
        const there = goTo(on, rung.name, connecting, view);
        if (there) return there;
        break;
      }
      case 'voicemail': {
        const taken = voicemail(on, say, view);
        if (taken) return taken;
        break;
      }
      case 'apology':
        return apology(on, say, view);
    }
  }
  return apology({ ...route, rung: plan.ladder.length }, say, view);
}

const apology = (route: Route, say: Spoken | undefined, { plan }: View): Answer => {
  const sorry = spoken(plan.language).apology();
  return sayAndHangUp(route, together(say, sorry) ?? sorry, 'apology', 'nothing else is left');
};

export function voicemail(route: Route, say: Spoken | undefined, { plan }: View): Answer | undefined {
  const { voicemail: box, language } = plan;
  if (!box) return undefined;
  const greeting: Spoken = { text: box.greeting, language };
  return give(
    { ...route, departure: undefined },
    { at: 'voicemail' },
    (step) => ({
      do: 'record',
      step,
      say: together(say, greeting) ?? greeting,
      longestS: box.longestS,
    }),
    [routed('voicemail', 'a message is taken')],
  );
}

/** Undefined: there is nothing to choose. */
export function menu(route: Route, say: Spoken | undefined, view: View): Answer | undefined {
  const choices = menuOf(view.plan, view.isOpen);
  if (choices.length === 0) return undefined;
  const [intro, ...said] = readOut(choices, view.plan.language, route.menus === 0);
  return give(
    { ...route, menus: route.menus + 1 },
    { at: 'menu', choices },
    (step) => ({
      do: 'ask-key',
      say: [...[say ?? intro].filter((lead) => lead !== undefined), ...said],
      withinS: KEY_WITHIN_S,
      of: { step },
    }),
    [routed('menu', route.menus === 0 ? 'keys are asked for' : 'keys are asked for again')],
  );
}
