// The tools that a call of a profile has: those that it lists, with its places in them, and one for its keypad menu.
import type { Profile } from '../agents/profile.ts';
import { choicesOf } from '../ivr/menus/choices.ts';
import { placesOf } from '../ivr/plan-of.ts';
import { chooseOption } from '../tools/built-in/choose-option.ts';
import { withOutcomes } from '../tools/built-in/record-outcome.ts';
import { withAgents, withPlaces } from '../tools/built-in/with-places.ts';
import type { Tool } from '../tools/tool.ts';

/**
 * `listed`: as the catalogue has them. `handOversLeft`: how often the caller may still be handed to another agent.
 * `isPlaced`: we have placed the call.
 */
export function toolsFor(
  profile: Profile,
  listed: readonly Tool[],
  handOversLeft?: () => number,
  isPlaced = false,
): readonly Tool[] {
  const agents = profile.handOverTo.map(({ name, description }) => ({ name, description, spoken: name }));
  const tools = withOutcomes(
    withAgents(withPlaces(listed, placesOf(profile)), agents, handOversLeft),
    isPlaced ? profile.outcomes : undefined,
  );
  const menu = profile.menu?.menu;
  return menu ? [...tools, chooseOption(choicesOf(menu))] : tools;
}
