// The places that a caller can be sent to, as tools know them: a profile's destinations without their numbers.
import { z } from 'zod';
import { ToolRefusal } from '../refusal.ts';

export interface Place {
  readonly name: string;
  /** For the agent. */
  readonly description: string;
  /** As callers hear it. */
  readonly spoken: string;
  /** Left out: always. */
  readonly isOpenAt?: ((epochMs: number) => boolean) | undefined;
}

const isOpen = ({ isOpenAt }: Place, epochMs: number): boolean => isOpenAt?.(epochMs) ?? true;

/** A field that takes one of their names, with what each is for. Without places it takes any text: the API refuses an empty enum. */
export function placeField(places: readonly Place[], description: string) {
  const names = places.map(({ name }) => name);
  const listed = places.map((place) => `${place.name}: ${place.description.trim()}`).join('; ');
  const field = names.length === 0 ? z.string().trim() : z.enum(names, `expected one of ${names.join(', ')}`);
  return field.describe(listed === '' ? description : `${description} ${listed}`);
}

/** Throws ToolRefusal where there is none of this name. */
export function placeNamed(places: readonly Place[], name: string): Place {
  const place = places.find((one) => one.name === name);
  if (place === undefined)
    throw new ToolRefusal(
      'This line has nobody to connect callers with. Say so, and offer what else you can do.',
    );
  return place;
}

/** Throws ToolRefusal, with what is open instead, where nobody is there now. */
export function openPlace(places: readonly Place[], name: string, epochMs: number): Place {
  const place = placeNamed(places, name);
  if (isOpen(place, epochMs)) return place;
  const others = places.filter((one) => isOpen(one, epochMs)).map((one) => one.name);
  const instead =
    others.length === 0
      ? 'Nobody else is there either: offer what else you can do.'
      : `Open now: ${others.join(', ')}. Offer one of these if it fits, or what else you can do.`;
  throw new ToolRefusal(`Nobody is there at ${place.name} at this time of day. Tell the caller. ${instead}`);
}
