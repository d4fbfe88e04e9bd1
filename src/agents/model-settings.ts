// The fields of a profile that set how the model listens, thinks and speaks. Which model takes which is not known here.
import { z } from 'zod';
import type { GenerationSetup, ThinkingSetup, VoiceActivitySetup } from '../live/session.ts';
import { language, milliseconds, off, words } from './fields.ts';

const sensitivity = z.enum(['high', 'low']).optional();

const voiceActivity = z
  .strictObject({
    start_sensitivity: sensitivity.describe(
      'How easily sound counts as the caller starting to speak; low for noisy lines.',
    ),
    end_sensitivity: sensitivity.describe('How easily a pause counts as the end of what the caller says.'),
    prefix_padding_ms: milliseconds
      .optional()
      .describe(
        'Speech shorter than this does not count as a start; with turn_taking: local at most 300, and 100 when left out.',
      ),
    silence_ms: milliseconds
      .optional()
      .describe(
        "Silence that ends the caller's turn; 500 to 800 is good on the phone, and with turn_taking: local it is at least 200, and 500 when left out.",
      ),
  })
  .prefault({})
  .transform(({ start_sensitivity, end_sensitivity, prefix_padding_ms, silence_ms }): VoiceActivitySetup => ({
    startSensitivity: start_sensitivity,
    endSensitivity: end_sensitivity,
    prefixPaddingMs: prefix_padding_ms,
    silenceMs: silence_ms,
  }))
  .describe(
    'When the caller is heard to start and stop; what is left out is as the model, or this server, has it.',
  );

const someWords = z.array(words).min(1, 'expected at least one');

const transcript = z
  .union(
    [
      off.transform(() => false as const),
      z.strictObject({
        languages: z
          .array(language)
          .min(1, 'expected at least one')
          .optional()
          .describe('What is spoken, as BCP 47 tags.'),
        vocabulary: someWords.optional().describe('Names and terms that are to be spelled right.'),
      }),
    ],
    'expected "off", or fields: languages, vocabulary',
  )
  .optional();

const transcription = z
  .strictObject({
    caller: transcript.describe('Of what the caller says: "off", or hints for it.'),
    agent: transcript.describe('Of what the agent says: "off", or hints for it.'),
  })
  .prefault({})
  .describe(
    'Transcripts of both sides; on when left out. off: kept out of notices and logs; the server still needs the words to take a conversation over.',
  );

const compression = z
  .union(
    [
      off.transform(() => false as const),
      z
        .strictObject({
          trigger_tokens: z.int().positive().describe('Cut it down when it has come to this.'),
          target_tokens: z.int().positive().describe('To this.'),
        })
        .refine(({ trigger_tokens, target_tokens }) => target_tokens < trigger_tokens, {
          path: ['target_tokens'],
          message: 'expected fewer than trigger_tokens',
        })
        .transform(({ trigger_tokens, target_tokens }) => ({
          triggerTokens: trigger_tokens,
          targetTokens: target_tokens,
        })),
    ],
    'expected "off", or fields: trigger_tokens, target_tokens',
  )
  .optional()
  .describe(
    'When the model\'s memory of a long call is cut down, as every turn is billed for all of it; or "off". At 25000 tokens to 8000 when left out.',
  );

const thinking = z
  .strictObject({
    level: z.enum(['minimal', 'low', 'medium', 'high']).optional().describe('For models that take a level.'),
    budget_tokens: z
      .int()
      .min(-1)
      .optional()
      .describe('For models that take a number: 0 is none, -1 as much as the model likes.'),
  })
  .refine(({ level, budget_tokens }) => level === undefined || budget_tokens === undefined, {
    path: ['budget_tokens'],
    message: 'expected level or budget_tokens, not both',
  })
  .transform(({ level, budget_tokens }): ThinkingSetup => ({ level, budgetTokens: budget_tokens }))
  .optional()
  .describe(
    'How long the model thinks before it speaks, while the caller waits; low when left out and the model wants it named.',
  );

const INT32 = { min: -(2 ** 31), max: 2 ** 31 - 1 };
/** Half open: Google's reference has [-2.0, 2.0) (docs.cloud.google.com, GenerationConfig). */
const penalty = z.number().min(-2).lt(2).optional();

/** The ranges that Google's reference names for them (docs.cloud.google.com, GenerationConfig). */
const generation = z
  .strictObject({
    temperature: z.number().min(0).max(2).optional().describe('How freely words are chosen; 0 is least.'),
    top_p: z.number().min(0).max(1).optional().describe('Choose among words that together are this likely.'),
    top_k: z.int().positive().max(INT32.max).optional().describe('Choose among so many words.'),
    max_output_tokens: z
      .int()
      .positive()
      .max(INT32.max)
      .optional()
      .describe('The longest turn; 25 tokens are about a second of speech, and what is longer is cut off.'),
    presence_penalty: penalty.describe('Above 0, new words are preferred.'),
    frequency_penalty: penalty.describe('Above 0, words are avoided the more they were used.'),
    seed: z.int().min(INT32.min).max(INT32.max).optional().describe('The same seed, more alike answers.'),
  })
  .transform(
    ({ top_p, top_k, max_output_tokens, presence_penalty, frequency_penalty, ...same }): GenerationSetup => ({
      ...same,
      topP: top_p,
      topK: top_k,
      maxOutputTokens: max_output_tokens,
      presencePenalty: presence_penalty,
      frequencyPenalty: frequency_penalty,
    }),
  )
  .optional()
  .describe('How the model chooses its words; what is left out is as the model has it.');

/** Part of the schema of a profile. */
export const modelSettings = {
  voice_activity: voiceActivity,
  turn_coverage: z
    .enum(['speech', 'all-input', 'speech-and-video'])
    .optional()
    .describe("What of the caller's sound belongs to a turn."),
  transcription,
  compression,
  media_resolution: z
    .enum(['low', 'medium', 'high'])
    .optional()
    .describe('How closely pictures are looked at.'),
  thinking,
  generation,
  google_search: z.boolean().default(false).describe('Whether the agent may search with Google.'),
  code_execution: z.boolean().default(false).describe('Whether the agent may run code at Google.'),
};
