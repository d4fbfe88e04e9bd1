// hand_over: another agent goes on with the call. The call does it, once this one was heard.
import { z } from 'zod';
import { defineTool } from '../define-tool.ts';
import { ToolRefusal } from '../refusal.ts';
import type { Tool } from '../tool.ts';
import { placeField, type Place } from './places.ts';

/** Whoever was handed on so often is handed round in circles. */
export const HAND_OVERS_A_CALL = 5;
const MOST_REASON_CHARACTERS = 300;

/** `left`: how often the caller may still be handed on. */
export const handOver = (agents: readonly Place[], left: () => number = () => HAND_OVERS_A_CALL): Tool =>
  defineTool({
    name: 'hand_over',
    description:
      'Hands the caller to another agent, who knows all that was said and goes on with it. Call it when what they want is for ' +
      'that agent and not for you. To connect them with a person, call transfer_call instead, if you have it.',
    args: z.object({
      agent: placeField(agents, 'To whom.'),
      reason: z
        .string()
        .trim()
        .min(1, 'expected some text')
        // Too long a one is cut: the caller waits.
        .transform((text) => text.slice(0, MOST_REASON_CHARACTERS))
        .describe('For the other agent: what the caller wants, in one sentence.'),
    }),
    timeoutMs: 1_000,
    run({ agent, reason }) {
      const to = agents.find(({ name }) => name === agent);
      if (to === undefined)
        throw new ToolRefusal(
          'This line has no other agent to hand callers to. Say so, and offer what else you can do.',
        );
      if (left() <= 0)
        throw new ToolRefusal(
          'This caller has been handed from agent to agent too often, and is not handed on again in this call. Help them ' +
            'yourself as well as you can, or offer them a person or a message, if you have tools for that.',
        );
      return {
        tell: {
          message:
            'The caller is handed over as soon as they have heard you out. If you have not said so yet, say in one short ' +
            'sentence that you hand them over; then say nothing more.',
        },
        then: { type: 'handOver', agent: to.name, reason },
      };
    },
  });
