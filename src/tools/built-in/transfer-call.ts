// transfer_call: the caller is connected with one of the profile's destinations. The call does it, once the agent was heard.
import { z } from 'zod';
import { defineTool } from '../define-tool.ts';
import type { Tool } from '../tool.ts';
import { wordsField } from './fields.ts';
import { openPlace, placeField, type Place } from './places.ts';

const MOST_REASON_CHARACTERS = 200;
/** More than is read out to a person: too long a briefing is cut there, and not refused here while the caller waits. */
const MOST_BRIEFING_CHARACTERS = 2_000;

export const transferCall = (places: readonly Place[]): Tool =>
  defineTool({
    name: 'transfer_call',
    description:
      'Connects the caller with a person or department. Call it when they ask for it or when only a person can help, and ' +
      'never with a number that the caller gives. If nobody answers, you have the caller back and are told why.',
    args: z.object({
      destination: placeField(places, 'With whom.'),
      reason: wordsField('What it is about, in a few words.', MOST_REASON_CHARACTERS),
      briefing: wordsField(
        'For the person, who hears it before they have the caller: two or three sentences with the name of the caller, ' +
          'what they want and what was tried, in the language that you speak with the caller.',
        MOST_BRIEFING_CHARACTERS,
      ),
    }),
    timeoutMs: 1_000,
    run({ destination, reason, briefing }, { epochMs }) {
      const { name, spoken } = openPlace(places, destination, epochMs);
      return {
        tell: {
          message:
            `The caller is connected with ${spoken} as soon as they have heard you out. If you have not said so yet, say in one ` +
            'short sentence that you connect them; then say nothing more.',
        },
        then: { type: 'transfer', destination: name, reason, briefing },
      };
    },
  });
