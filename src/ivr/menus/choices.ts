// The options of a keypad menu as the agent chooses them: what it is told, and what the call does then. Pure.
import type { KeypadMenu, Leads } from '../../agents/keypad-menu.ts';
import { pageOf } from '../../agents/keypad-menu.ts';
import type { Choice } from '../../tools/built-in/choose-option.ts';
import type { CallAction } from '../../tools/tool.ts';
import { askedFor } from './in-words.ts';
import { optionsByName, startOf, whereToByName } from './where-to.ts';

/** In the order in which keys lead to them. */
export const choicesOf = (menu: KeypadMenu): readonly Choice[] =>
  [...optionsByName(menu)].map(([name, { option, page }]): Choice => {
    const went = whereToByName(menu, startOf(menu), name);
    const { leads } = option;
    return {
      name,
      message: told(menu, leads, went?.place.page ?? page),
      then: actionOf(leads, option.spoken || name) ?? { type: 'atPage', page: went?.place.page ?? page },
    };
  });

/** What the agent is to say, or do, once an option was chosen. `page`: where the caller is then. */
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
