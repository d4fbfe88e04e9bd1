// record_outcome: what came of a call that we placed, in the agent's words. Who asks not to be called again is not.
import { z } from 'zod';
import { parsePhoneNumber } from '../../base/phone-number.ts';
import { defineTool } from '../define-tool.ts';
import { ToolRefusal } from '../refusal.ts';
import type { Office, Tool } from '../tool.ts';
import { optionalDateField, optionalTimeField } from './fields.ts';
import { localTimeOf, momentsOf } from './local-time.ts';
import { spokenTime } from './spoken-time.ts';

/** Those that every profile has. */
export const OUTCOMES = [
  'reached',
  'call_again',
  'wrong_number',
  'opted_out',
  'not_interested',
  'done',
] as const;

const NAME = 'record_outcome';
const MOST_NOTE_CHARACTERS = 500;
const DAY_MS = 24 * 3_600_000;
const FURTHEST_DAYS = 90;

/** `own`: names of the profile's. */
export const recordOutcome = (own: readonly string[]): Tool => {
  const names: readonly string[] = [...new Set([...OUTCOMES, ...own])];
  return defineTool({
    name: NAME,
    description:
      'Writes down what came of this call, which we have placed. Call it once it is clear, and again when it turns out otherwise: ' +
      'the last one counts. opted_out also has the number never called again.',
    args: z.object({
      outcome: z
        .string()
        .trim()
        .refine((name) => names.includes(name), `expected one of ${names.join(', ')}`)
        .describe(`What came of it: ${names.join(', ')}.`),
      note: z.string().trim().max(MOST_NOTE_CHARACTERS).default('').describe('What matters of it, in short.'),
      call_again_date: optionalDateField(
        'When they asked to be called again: the date where the office is, as YYYY-MM-DD; goes with call_again_time.',
      ),
      call_again_time: optionalTimeField(
        'The time of that day where the office is, on a 24-hour clock, as HH:MM; goes with call_again_date.',
      ),
    }),
    timeoutMs: 5_000,
    // The last one counts, so an earlier one may be said once more.
    effect: { reverses: [NAME] },
    async run({ outcome, note, call_again_date: date, call_again_time: time }, context) {
      const { callId, caller, dispositions, optOuts, office, epochMs, signal } = context;
      if (dispositions === undefined)
        throw new ToolRefusal('We have not placed this call, so nothing is written down of it.');
      const callAgainEpochMs =
        date === undefined && time === undefined ? undefined : againAt({ date, time }, office, epochMs);
      if (outcome === 'opted_out') {
        const number = parsePhoneNumber(caller);
        if (number === undefined || optOuts === undefined)
          throw new ToolRefusal(
            'There is no list on which this number could be put. Take a message that it is not to be called any more.',
          );
        // First: what must not fail is not to wait for what may.
        await optOuts.add({ number, callId, reason: note }, signal);
      }
      await dispositions.record(callId, { outcome, note, callAgainEpochMs }, signal);
      const when = callAgainEpochMs === undefined ? undefined : spokenTime(callAgainEpochMs, office);
      return {
        tell: { message: `Written down: ${outcome}.`, ...(when !== undefined && { call_again: when }) },
      };
    },
  });
};

/** In ms since the epoch. Throws ToolRefusal with words that ask for another time. */
function againAt(
  { date, time }: { readonly date: string | undefined; readonly time: string | undefined },
  office: Office,
  epochMs: number,
): number {
  if (date === undefined || time === undefined)
    throw new ToolRefusal(
      'Give both call_again_date and call_again_time, or none of them. Ask when they want to be called.',
    );
  const moments = momentsOf({ date, time }, office.timeZone);
  const now = `it is now ${spokenTime(epochMs, office)}, ${localTimeOf(epochMs, office.timeZone).date}`;
  if (moments.length === 0)
    throw new ToolRefusal(
      'The clocks are set forward then, so this time does not exist. Ask for another time.',
    );
  // Of a time that comes twice, the one that is still to come.
  const due = moments.find((ms) => ms > epochMs);
  if (due === undefined)
    throw new ToolRefusal(`This is in the past: ${now}. Mend the date, or ask for another time.`);
  if (due > epochMs + FURTHEST_DAYS * DAY_MS)
    throw new ToolRefusal(`This is too far ahead: ${now}, and it is at most ${FURTHEST_DAYS} days.`);
  return due;
}

/** `own`: names of the profile's; undefined: it came in, and has no outcome. What the profile has set of the tool stays. */
export function withOutcomes(tools: readonly Tool[], own: readonly string[] | undefined): readonly Tool[] {
  const made = recordOutcome(own ?? []);
  return tools.flatMap((tool) => {
    if (tool.declaration.name !== NAME) return [tool];
    if (own === undefined) return [];
    const declaration = { ...tool.declaration, parameters: made.declaration.parameters };
    return [
      {
        ...tool,
        declaration,
        accept: (args: unknown) => made.accept(args),
        run: made.run.bind(made),
      } satisfies Tool,
    ];
  });
}
