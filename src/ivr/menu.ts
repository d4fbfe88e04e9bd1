// The keypad menu that is made of a profile's destinations: which key does what, and how it is read out. Pure.
import type { Spoken } from '../carrier/webhooks.ts';
import type { Destination, Plan } from './plan.ts';
import { spoken } from './spoken.ts';

export type Chosen = { readonly do: 'destination'; readonly name: string } | { readonly do: 'voicemail' };

export interface Choice {
  /** One digit. */
  readonly key: string;
  /** Of a destination, as callers hear it; undefined of the voicemail. */
  readonly spoken: string | undefined;
  readonly chosen: Chosen;
}

/** In the order in which they are read out. Empty: there is nothing to choose. */
export type Menu = readonly Choice[];

/** With the voicemail they are as many as there are keys but 0, which callers know as the way to somebody. */
const MOST_DESTINATIONS = 8;

/**
 * A key stays with its destination as long as the profile has no more than eight, so that whoever hears the menu again after
 * one has closed finds the others where they were; of more than eight, those that are open get the keys in turn.
 */
export function menuOf(plan: Plan, isOpen: (destination: Destination) => boolean): Menu {
  const { destinations, voicemail } = plan;
  const keyed = destinations.length > MOST_DESTINATIONS ? destinations.filter(isOpen) : destinations;
  const listed = keyed.slice(0, MOST_DESTINATIONS);
  const choices = listed.flatMap((destination, at): Choice[] => {
    const { name, spoken: heard } = destination;
    return isOpen(destination)
      ? [{ key: `${at + 1}`, spoken: heard, chosen: { do: 'destination', name } }]
      : [];
  });
  if (voicemail !== undefined)
    choices.push({ key: `${listed.length + 1}`, spoken: undefined, chosen: { do: 'voicemail' } });
  return choices;
}

/** `first`: with why there is a menu; otherwise with why it comes again. */
export function readOut(menu: Menu, language: string, first: boolean): Spoken[] {
  const say = spoken(language);
  return [
    first ? say.unavailable() : say.menuAgain(),
    ...menu.map((choice) =>
      choice.spoken === undefined ? say.menuVoicemail(choice.key) : say.menuChoice(choice.spoken, choice.key),
    ),
  ];
}

/** `digits`: as pressed. Undefined: none, or none of the menu's. */
export const chosen = (menu: Menu, digits: string): Chosen | undefined =>
  menu.find(({ key }) => key === digits)?.chosen;
