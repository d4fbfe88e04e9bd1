// The fields of a profile that set whose turn it is to speak, and what is done when nobody takes it. Knows no model.
import { z } from 'zod';
import type { LocalTurnTaking } from '../audio/self-check.ts';
import type { WatchdogSetup } from '../live/session.ts';
import { milliseconds, off } from './fields.ts';

export const turnTaking = (local: LocalTurnTaking) =>
  z
    .enum(['server', 'local'])
    .default('server')
    .refine((by) => by !== 'local' || local.usable, {
      error: `local turn-taking is not available on this machine: ${local.usable ? '' : local.reason}`,
    })
    .describe(
      'Who hears when the caller speaks: the server of the model, or this one, which tells speech from echo, coughs and "mm-hm".',
    );

export const bargeIn = z
  .strictObject({
    caller_interrupts: z
      .boolean()
      .default(true)
      .describe('Whether the agent stops when the caller starts to speak.'),
    greeting_interruptible: z.boolean().default(true).describe('Whether that holds for the greeting too.'),
    // An early "Hello?" starts the greeting anew (google-gemini/gemini-live-api-examples#53).
    greeting_guard_ms: milliseconds
      .max(10_000, 'expected at most 10000; with greeting_interruptible: false the whole greeting is guarded')
      .default(0)
      .describe(
        'How much of the greeting is heard before the model hears the caller, whose first "Hello?" is no interruption.',
      ),
    min_heard_ms: milliseconds
      .default(0)
      .describe('How much of a turn the caller has to have heard before it can be interrupted.'),
    lower_voice_db: z
      .number()
      .min(0, 'expected at least 0; it is by how much the voice is softer')
      .max(30, 'expected at most 30; softer is not heard on the phone')
      .default(12)
      .describe(
        'With turn_taking: local, by how many decibels the agent is softer until it is known whether the caller speaks; 0 for not at all.',
      ),
  })
  .prefault({})
  .transform((rules) => ({
    callerInterrupts: rules.caller_interrupts,
    greetingInterruptible: rules.greeting_interruptible,
    greetingGuardMs: rules.greeting_guard_ms,
    minHeardMs: rules.min_heard_ms,
    lowerVoiceDb: rules.lower_voice_db,
  }))
  .describe('When the caller may interrupt.');

const never = off.transform(() => 0);

/** What is not written of these is as it is here. */
export const DEAD_AIR_MS = 4_000;
/** The session's own, which it takes where a profile names none. */
export const WAITS_MS = { answer: 4_000, word: 5_000, rest: 4_000 };

const DEAD_AIR = 'expected "off", or a whole number of milliseconds from 1000 to 30000';

export const deadAirMs = z
  .union([never, z.int().min(1_000, DEAD_AIR).max(30_000, DEAD_AIR)], DEAD_AIR)
  .default(DEAD_AIR_MS)
  .describe(
    'The longest time without any sound while it is the agent\'s turn, before the comfort sound is played; or "off".',
  );

const patience = milliseconds.min(1_000, 'expected at least 1000; models take a second to answer').optional();

const NOISE =
  'expected a whole number of milliseconds from 3000 on, as callers cough and move about, or 0 for never';

/** What the session watches over, and what the call does: turns that only repeat the one before, of so many words; 0: none. */
export type WatchdogLimits = WatchdogSetup & {
  readonly noiseAfterMs: number;
  readonly repeatedWords: number;
};

export const watchdog = z
  .union(
    [
      off.transform((): WatchdogLimits => ({
        answerWithinMs: 0,
        wordWithinMs: 0,
        restWithinMs: 0,
        noiseAfterMs: 0,
        repeatedWords: 0,
      })),
      z
        .strictObject({
          answer_within_ms: patience.describe(
            `Once the caller has fallen silent, whatever they waited before they asked again included; ${WAITS_MS.answer} when left out.`,
          ),
          word_within_ms: patience.describe(
            `Once the model was asked to greet, or told what a function has answered; ${WAITS_MS.word} when left out.`,
          ),
          rest_within_ms: patience.describe(
            `For more of a sentence that it has begun; ${WAITS_MS.rest} when left out.`,
          ),
          noise_after_ms: z
            .union([never, z.literal(0), z.int(NOISE).min(3_000, NOISE)], NOISE)
            .default(15_000)
            .describe(
              'Loud sound without words from the caller, before the agent says that it cannot hear; 0 for never.',
            ),
          repeated_words: z
            .union(
              [
                never,
                z.literal(0),
                z.int().min(3, 'expected at least 3, or 0 for never; people do say "one moment" twice'),
              ],
              'expected a whole number from 3 on, or 0 for never',
            )
            .default(6)
            .describe(
              'A turn of at least so many words that only repeats the one before is not played, or stopped when the caller has begun to hear it; 0 for never.',
            ),
        })
        .transform((limits): WatchdogLimits => ({
          answerWithinMs: limits.answer_within_ms,
          wordWithinMs: limits.word_within_ms,
          restWithinMs: limits.rest_within_ms,
          noiseAfterMs: limits.noise_after_ms,
          repeatedWords: limits.repeated_words,
        })),
    ],
    'expected "off", or fields: answer_within_ms, word_within_ms, rest_within_ms, noise_after_ms, repeated_words',
  )
  .prefault({})
  .describe(
    'How long a silent model is waited for before it is reminded, then its connection renewed, and what else is looked for; or "off".',
  );
