// The tools of a call with the places of its profile in them: what they ask for and what they do, nothing of how they are set.
import type { Tool } from '../tool.ts';
import { callBack } from './call-back.ts';
import { handOver } from './hand-over.ts';
import type { Place } from './places.ts';
import { transferCall } from './transfer-call.ts';

/** By the names of the tools, which no other tool can have. */
const MADE_OF_PLACES: ReadonlyMap<string, (places: readonly Place[]) => Tool> = new Map([
  ['call_back', callBack],
  ['transfer_call', transferCall],
]);

/** Whatever the profile has set of a tool (time limit, what is announced, behavior) stays. */
export const withPlaces = (tools: readonly Tool[], places: readonly Place[]): readonly Tool[] =>
  tools.map((tool) => remade(tool, MADE_OF_PLACES.get(tool.declaration.name)?.(places)));

/** The same, of the other agents; `left`: how often the caller may still be handed to one. */
export function withAgents(
  tools: readonly Tool[],
  agents: readonly Place[],
  left?: () => number,
): readonly Tool[] {
  const made = handOver(agents, left);
  return tools.map((tool) => remade(tool, isSame(tool, made) ? made : undefined));
}

const isSame = (one: Tool, other: Tool): boolean => one.declaration.name === other.declaration.name;

const remade = (tool: Tool, made: Tool | undefined): Tool =>
  made === undefined
    ? tool
    : {
        ...tool,
        accept: (args) => made.accept(args),
        run: (args, context) => made.run(args, context),
        declaration: { ...tool.declaration, parameters: made.declaration.parameters },
      };
