// How a keypad menu reads to the agent: a part of its instructions. Pure.
import { reachablePages } from '../../agents/keypad-menu-check.ts';
import type { KeypadMenu, Leads, MenuOption, MenuPage } from '../../agents/keypad-menu.ts';
import { choicesIn } from '../../agents/keypad-menu-words.ts';

/** The tool by which the agent chooses an option. */
export const CHOOSE_OPTION = 'choose_option';

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

/** How a caller would ask for it: as written, or as the menu says it. Empty: nobody knows. */
export function askedFor(page: MenuPage, option: MenuOption): string {
  return option.spoken || (choicesIn(page.say).find(({ key }) => key === option.key)?.words ?? '');
}

/** Text for the agent: what there is, what leads where, and who acts on it. */
export function inWords(menu: KeypadMenu): string {
  const pages = reachablePages(menu).flatMap((page) => [
    `Menu ${page.name}${page.name === menu.start ? ' (callers begin here)' : ''}:`,
    ...page.options.map((option) => lineOf(page, option)),
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
