// The options of a keypad menu as the agent chooses them: what it is told, and what the call does then. Pure.
import type { KeypadMenu, Leads } from '../../agents/keypad-menu.ts';
import { wayOf } from '../../agents/keypad-menu-check.ts';
import { pageOf } from '../../agents/keypad-menu.ts';
import type { Choice } from '../../tools/built-in/choose-option.ts';
import type { CallAction } from '../../tools/tool.ts';
import { askedFor } from '../../agents/keypad-menu-words.ts';
import { ANYTHING_ELSE, otherwiseByName } from './in-words.ts';
import { optionsByName, placeOf, whereTo, type MenuPlace } from './where-to.ts';

/** In place of the page that a caller is at: the one that they came from, which only the call knows. No page is called so. */
export const CAME_FROM = '<';

/** In the order in which keys lead to them. */
export const choicesOf = (menu: KeypadMenu): readonly Choice[] => [
  ...[...optionsByName(menu)].map(([name, { option, page }]) =>
    choiceOf(menu, { name, page, leads: option.leads, reason: option.spoken || name }),
  ),
  ...[...otherwiseByName(menu)].map(([name, { page, leads }]) =>
    choiceOf(menu, { name, page: page.name, leads, reason: ANYTHING_ELSE }),
  ),
];

interface Chosen {
  readonly name: string;
  /** The page that it stands on. */
  readonly page: string;
  readonly leads: Leads;
  readonly reason: string;
}

function choiceOf(menu: KeypadMenu, { name, page, leads, reason }: Chosen): Choice {
  const way = wayOf(leads);
  const next =
    way === 'back' ? CAME_FROM : typeof way === 'object' && pageOf(menu, way.page) ? way.page : page;
  return {
    name,
    message: told(menu, leads, next),
    then: actionOf(leads, reason) ?? { type: 'atPage', page: next },
  };
}

/** Where a caller is for whom `page` was chosen: as by key where a key leads there, and otherwise on the shortest way. */
export function placeChosen(menu: KeypadMenu, from: MenuPlace, page: string): MenuPlace {
  if (page === CAME_FROM) {
    const last = from.before.at(-1);
    return last === undefined ? from : { page: last, before: from.before.slice(0, -1) };
  }
  if (page === from.page) return from;
  const option = pageOf(menu, from.page)?.options.find(({ leads }) => {
    const way = wayOf(leads);
    return typeof way === 'object' && way.page === page;
  });
  // A key that is none leads where all others do.
  const { place } = whereTo(menu, from, option?.key ?? '');
  return place.page === page ? place : placeOf(menu, page);
}

/** What the agent is to say, or do, once an option was chosen. `page`: where the caller is then, or CAME_FROM. */
export function told(menu: KeypadMenu, leads: Leads, page: string): string {
  switch (leads.to) {
    case 'say':
      return `Say this: "${leads.text}"${leads.then === undefined ? '' : ` ${told(menu, leads.then, page)}`}`;
    case 'menu':
    case 'repeat':
    case 'back':
      return offered(menu, page);
    case 'tool':
      return `${leads.say === undefined ? '' : `Say this: "${leads.say}" `}Now call ${leads.name}, and ask the caller for what it needs.`;
    case 'destination':
      return 'The caller is connected as soon as they have heard you out: say in one short sentence that you connect them, and nothing more.';
    case 'voicemail':
      return 'The caller can leave a message as soon as they have heard you out: say so in one short sentence, and nothing more.';
    case 'hang-up':
      return 'The call ends as soon as the caller has heard you out: say goodbye in one short sentence.';
    case 'agent':
      return 'Another agent takes over as soon as the caller has heard you out: say so in one short sentence, and nothing more.';
  }
}

function offered(menu: KeypadMenu, name: string): string {
  if (name === CAME_FROM)
    return 'They go back to the menu that they came from, which is named beside this. In one short sentence, ask what they want of it.';
  const page = pageOf(menu, name);
  if (page === undefined) return 'There is nothing to choose from here: ask what they want.';
  const options = page.options.map(
    (option) => `${askedFor(page, option) || option.name} (key ${option.key})`,
  );
  return `They are at "${page.name}" now. In one short sentence, ask which of these they want: ${options.join('; ')}.`;
}

/** Undefined: the agent says something, and the caller stays with it. */
export function actionOf(leads: Leads, reason: string): CallAction | undefined {
  switch (leads.to) {
    case 'destination':
      return { type: 'transfer', destination: leads.name, reason, briefing: '' };
    case 'voicemail':
      return { type: 'voicemail' };
    case 'hang-up':
      return { type: 'hangUp' };
    case 'agent':
      return { type: 'handOver', agent: leads.name, reason };
    case 'say':
      return leads.then && actionOf(leads.then, reason);
    case 'menu':
    case 'repeat':
    case 'back':
    case 'tool':
      return undefined;
  }
}
