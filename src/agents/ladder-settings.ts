// The fields of a profile that say what callers meet when there is no agent for them: nobody is open, the model is away, they
// say nothing, or they wait.
import { z } from 'zod';
import { NAME, NAME_EXPECTED } from './destinations-field.ts';
import { fieldsOf, off, template, wholeFrom, words } from './fields.ts';

const place = z
  .strictObject({
    destination: z.string().regex(NAME, NAME_EXPECTED).describe('A name among destinations.'),
  })
  .transform(({ destination }) => ({ do: 'destination' as const, name: destination }));

const STEP = 'expected "menu", "voicemail", "apology", or a destination, written { destination: <its name> }';

const step = z.union(
  [
    z.literal('menu').transform(() => ({ do: 'menu' as const })),
    z.literal('voicemail').transform(() => ({ do: 'voicemail' as const })),
    z.literal('apology').transform(() => ({ do: 'apology' as const })),
    place,
  ],
  STEP,
);

type Rung = z.output<typeof step>;

const STEPS = 'expected a list of steps: menu, voicemail, apology, or a destination';
const isLast = ({ do: what }: Rung): boolean => what === 'voicemail' || what === 'apology';
const sameOf = (rung: Rung): string => (rung.do === 'destination' ? `to ${rung.name}` : rung.do);
const nameOf = (rung: Rung): string => (rung.do === 'destination' ? rung.name : rung.do);

/** A ladder is climbed once, from the top, and must come to an end. */
const steps = z
  .array(step, STEPS)
  .min(1, STEPS)
  .superRefine((ladder, context) => {
    const fault = (at: number, message: string): void =>
      context.addIssue({ code: 'custom', message, path: [at] });
    const seen = new Map<string, number>();
    for (const [at, rung] of ladder.entries()) {
      const end = ladder.findIndex(isLast);
      const before = seen.get(sameOf(rung));
      // An apology may follow: it is for those of whom nothing could be recorded.
      const isAfterEnd = end >= 0 && at > end && !(ladder[end]!.do === 'voicemail' && rung.do === 'apology');
      if (before !== undefined)
        fault(at, `${nameOf(rung)} is step ${before + 1} already; a step is taken once`);
      else if (isAfterEnd) fault(at, `nothing comes after ${ladder[end]!.do}; leave it out`);
      seen.set(sameOf(rung), before ?? at);
    }
    const last = ladder.at(-1);
    if (last !== undefined && !isLast(last))
      fault(
        ladder.length - 1,
        `the ladder has no end: after ${nameOf(last)} callers would be left in silence; end it with voicemail or apology`,
      );
  });

const fallback = z.strictObject({
  within_s: wholeFrom(2, 60, 'seconds')
    .default(8)
    .describe('For how many seconds the model may be away before the first step is taken.'),
  steps: steps
    .optional()
    .describe(
      'What is tried, from the first to the last: menu (keys for the destinations), a destination, voicemail, apology (a sentence, and the end). It ends with voicemail or apology; voicemail, if there is one, and apology when left out.',
    ),
});

/** `withinMs` 0: as long as the session tries. */
export interface Fallback {
  readonly withinMs: number;
  readonly steps: readonly Rung[];
  readonly isWritten: boolean;
}

export function fallbackOf(file: z.output<typeof fallback> | undefined, hasVoicemail: boolean): Fallback {
  const leftOut: readonly Rung[] = hasVoicemail
    ? [{ do: 'voicemail' }, { do: 'apology' }]
    : [{ do: 'apology' }];
  return file === undefined
    ? { withinMs: 0, steps: leftOut, isWritten: false }
    : { withinMs: file.within_s * 1_000, steps: file.steps ?? leftOut, isWritten: true };
}

const THEN =
  'expected "agent", "voicemail", "hang_up", or a destination, written { destination: <its name> }';

const closed = z.strictObject(
  {
    greeting: template.describe('What is said first outside of hours; may hold {{variables}}.'),
    then: z
      .union(
        [
          z.literal('agent').transform(() => ({ do: 'agent' as const })),
          z.literal('voicemail').transform(() => ({ do: 'voicemail' as const })),
          z.literal('hang_up').transform(() => ({ do: 'hang-up' as const })),
          place,
        ],
        THEN,
      )
      .prefault('agent')
      .describe('What comes then: the agent, voicemail, the end, or a destination.'),
  },
  fieldsOf('{ greeting: "We are closed.", then: voicemail }'),
);

const SILENCE = 'expected a whole number of seconds from 5 to 120, or "off"';
const askAfterMs = z.union(
  [
    off.transform(() => 0),
    z
      .int(SILENCE)
      .min(5, SILENCE)
      .max(120, SILENCE)
      .transform((seconds) => seconds * 1_000),
  ],
  SILENCE,
);

/** Part of the schema of a profile. */
export const ladderSettings = {
  fallback: fallback
    .optional()
    .describe(
      'What happens in a call whose model is away, or refused; when left out, as long as it can come back nothing does.',
    ),
  closed: closed
    .optional()
    .describe('What callers meet outside of hours; the same as within them when left out.'),
  silence: z
    .strictObject(
      {
        ask_after_s: askAfterMs
          .prefault(20)
          .describe(
            'After so many seconds without a word of the caller they are asked whether they are there, and after as many more the call ends; or "off".',
          ),
      },
      fieldsOf('{ ask_after_s: 20 }'),
    )
    .prefault({})
    .transform(({ ask_after_s }) => ({ askAfterMs: ask_after_s }))
    .describe('What happens to callers who say nothing.'),
  hold_music: words
    .optional()
    .describe(
      'A WAV file of at most 2 MB, named from where this file is, that callers hear over and over while they wait; ours when left out.',
    ),
};
