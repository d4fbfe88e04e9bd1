// Nobody was reached: the caller goes back to the agent, who is told why, or on down the ladder when there is none. Pure.
import type { Spoken } from '../carrier/webhooks.ts';
import { give, ofPerson, routed, together, type Answer, type View } from './answer.ts';
import { descend } from './fallback.ts';
import { closedTo, goTo, spokenName } from './go-to.ts';
import type { Route, Unreached } from './route.ts';
import { spoken } from './spoken.ts';

/** The way there, or what becomes of a caller for whom there is none. `orElse`: said first if there is none. */
export function goOrElse(
  route: Route,
  name: string,
  say: Spoken | undefined,
  view: View,
  orElse?: Spoken,
): Answer {
  const there = goTo(route, name, say, view);
  if (there) return there;
  const destination = view.plan.destinations.find((one) => one.name === name);
  const why = destination === undefined ? 'failed' : (closedTo(destination, view) ?? 'failed');
  return unreached({ ...route, departure: undefined }, name, why, view, orElse);
}

/** Back to the agent, who offers what else there is; without one, on down the ladder. `before`: what is said first there. */
export function unreached(route: Route, name: string, why: Unreached, view: View, before?: Spoken): Answer {
  const effects = [ofPerson(name, why)];
  if (view.agent === 'here') return backToAgent(route, toldOf(name, why, view), effects);
  const words = spoken(view.plan.language);
  const say = together(before, words.nobodyThere(spokenName(name, view)));
  const down = descend(route, say, view);
  return { ...down, effects: [...effects, ...down.effects] };
}

export function backToAgent(route: Route, told: string, effects: Answer['effects'] = []): Answer {
  return give({ ...route, departure: undefined }, { at: 'agent' }, () => ({ do: 'stream' }), [
    ...effects,
    { do: 'returnToAgent', told },
    routed('agent', told),
  ]);
}

const WHY: Readonly<Record<Unreached, string>> = {
  busy: 'the line there is busy',
  'no-answer': 'nobody answered there',
  failed: 'the connection there did not come about',
  declined: 'the person there cannot take the call just now',
  'hung-up': 'the connection there broke off right after it was made',
  closed: 'nobody is there at this hour',
  refused: 'that line cannot be called from here',
  'queue-full': 'too many others are waiting there already',
  'queue-long': 'they have waited as long as the queue lets them, and nobody was free',
};

/** For the model. True whenever it is read: it speaks of the time when the caller came back. */
const toldOf = (name: string, why: Unreached, view: View): string => {
  const others = view.plan.destinations
    .filter((one) => one.name !== name && closedTo(one, view) === undefined)
    .map((one) => one.name);
  const choices = [
    ...(others.length > 0 ? [`transfer_call to ${others.join(' or ')}`] : []),
    ...(view.plan.voicemail ? ['take_voicemail'] : []),
  ];
  return (
    `The caller is back on the line with you: you sent them to "${name}", and ${WHY[why]}. ` +
    'Tell them so in one short sentence, and offer the next choice' +
    (choices.length > 0 ? `, as far as your tools have it: ${choices.join(', ')}` : '') +
    '. Do not greet them again.'
  );
};
