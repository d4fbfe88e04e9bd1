// The tools of a call with the places of its profile in them: what they ask for and what they do, nothing of how they are set.
import type { Tool } from '../tool.ts';
import { callBack } from './call-back.ts';
import type { Place } from './places.ts';
import { transferCall } from './transfer-call.ts';

/** By the names of the tools, which no other tool can have. */
const MADE_OF_PLACES: ReadonlyMap<string, (places: readonly Place[]) => Tool> = new Map([
  ['call_back', callBack],
  ['transfer_call', transferCall],
]);

/** Whatever the profile has set of a tool (time limit, what is announced, behavior) stays. */
export const withPlaces = (tools: readonly Tool[], places: readonly Place[]): readonly Tool[] =>
  tools.map((tool) => {
    const made = MADE_OF_PLACES.get(tool.declaration.name)?.(places);
    if (made === undefined) return tool;
    return {
      ...tool,
      accept: (args) => made.accept(args),
      run: (args, context) => made.run(args, context),
      declaration: { ...tool.declaration, parameters: made.declaration.parameters },
    };
  });
