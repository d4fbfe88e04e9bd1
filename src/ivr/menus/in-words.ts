// How a keypad menu reads to the agent: a part of its instructions. Pure.
import { reachablePages } from '../../agents/keypad-menu-check.ts';
import type { KeypadMenu, Leads, MenuOption, MenuPage } from '../../agents/keypad-menu.ts';
import { askedFor } from '../../agents/keypad-menu-words.ts';
import { optionsByName } from './where-to.ts';

/** The tool by which the agent chooses an option. */
export const CHOOSE_OPTION = 'choose_option';

/** How callers ask for what a page says of every key that it does not list. */
export const ANYTHING_ELSE = 'anything else';

/** Where something leads, for a person or a model. */
export function leadsInWords(leads: Leads): string {
  switch (leads.to) {
    case 'menu':
      return `menu ${leads.name}`;
    case 'destination':
      return `connects with ${leads.name}`;
    case 'voicemail':
      return 'voicemail';
    case 'hang-up':
      return 'ends the call';
    case 'repeat':
      return 'says the menu again';
    case 'back':
      return 'the menu before';
    case 'say':
      return `says "${leads.text}"${leads.then === undefined ? '' : `, then ${leadsInWords(leads.then)}`}`;
    case 'tool':
      return `tool ${leads.name}${leads.say === undefined ? '' : `, after "${leads.say}"`}`;
    case 'agent':
      return `agent ${leads.name}`;
  }
}

/** Of every page that leads those who want nothing of it somewhere: where to, by a name that no option has. */
export function otherwiseByName(menu: KeypadMenu): ReadonlyMap<string, { page: MenuPage; leads: Leads }> {
  const options = optionsByName(menu);
  const named = new Map<string, { page: MenuPage; leads: Leads }>();
  for (const page of reachablePages(menu)) {
    if (page.otherwise === undefined || page.otherwise.to === 'repeat') continue;
    let name = `${page.name}_anything_else`;
    while (options.has(name) || named.has(name)) name += '_';
    named.set(name, { page, leads: page.otherwise });
  }
  return named;
}

/** Text for the agent: what there is, what leads where, and who acts on it. */
export function inWords(menu: KeypadMenu): string {
  const others = [...otherwiseByName(menu)];
  const pages = reachablePages(menu).flatMap((page) => [
    `Menu ${page.name}${page.name === menu.start ? ' (callers begin here)' : ''}:`,
    ...page.options.map((option) => lineOf(page, option)),
    ...others
      .filter(([, other]) => other.page === page)
      .map(([name, { leads }]) => `- ${name} [any other key] ${ANYTHING_ELSE}: ${leadsInWords(leads)}`),
  ]);
  return [
    'This line had a keypad menu, and everything in it is still there. Ask what the caller wants; do not read the menu out,',
    `unless they ask for it. When they want one of these, from whichever menu, call ${CHOOSE_OPTION} with the name that stands first.`,
    'Callers may also press keys at any time: the server acts on them by itself and tells you what was done; never press, repeat or undo it.',
    ...pages,
  ].join('\n');
}

function lineOf(page: MenuPage, option: MenuOption): string {
  const asked = askedFor(page, option);
  return `- ${option.name} [key ${option.key}]${asked === '' ? '' : ` ${asked}`}: ${leadsInWords(option.leads)}`;
}
