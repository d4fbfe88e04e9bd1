// Fields of a profile that contradict each other: each is fine by itself, and together they would fail a caller. One of the two
// the author wrote; it is read as far as it can be read, so that other faults of the file hide none of these. Knows no places.
import { z } from 'zod';
import type { Contradiction } from './contradiction.ts';
import { officeContradictionsOf } from './office-contradictions.ts';
import { DEAD_AIR_MS, WAITS_MS } from './turn-taking.ts';

/** The judge of barge-ins has its verdict by then, so a word as short cuts the agent off; a "yes" lasts about as long. */
const VERDICT_MS = 300;
/** Lips are closed for about 120 ms of a "p" within a word (Lisker, 1957), and for longer by slow talkers. */
const WITHIN_WORDS_MS = 200;
/** From the end of speech to its first sound a model takes 1 to 2 s (artificialanalysis.ai, speech to speech). */
const THINKING_MS = 1_000;

const number = z.number().optional().catch(undefined);
const truth = z.boolean().optional().catch(undefined);
const text = z.string().optional().catch(undefined);

const written = z.object({
  turn_taking: z.unknown().optional(),
  voice_activity: z
    .object({ start_sensitivity: text, end_sensitivity: text, prefix_padding_ms: number, silence_ms: number })
    .catch({}),
  barge_in: z
    .object({
      caller_interrupts: truth,
      greeting_interruptible: truth,
      greeting_guard_ms: number,
      min_heard_ms: number,
      lower_voice_db: number,
    })
    .catch({}),
  watchdog: z
    .object({ answer_within_ms: z.unknown().optional() })
    .optional()
    .catch({ answer_within_ms: 'off' }),
  dead_air_ms: z.unknown().optional(),
  comfort_sound: text,
  first_words: z.unknown().optional(),
  transcription: z.object({ agent: z.unknown().optional() }).catch({}),
});

/** Undefined where it is off, or cannot be read and so has another fault. */
function limitOf(value: unknown, whenLeftOutMs: number): { ms: number; isWritten: boolean } | undefined {
  if (value === undefined) return { ms: whenLeftOutMs, isWritten: false };
  return typeof value === 'number' && value > 0 ? { ms: value, isWritten: true } : undefined;
}

/** Of the value of a file, whatever it is. */
export function contradictionsOf(value: unknown): Contradiction[] {
  const { data } = written.safeParse(value);
  if (data === undefined) return [];
  const {
    turn_taking,
    voice_activity: voice,
    barge_in: bargeIn,
    watchdog = {},
    dead_air_ms,
    comfort_sound,
    first_words,
    transcription,
  } = data;
  const { silence_ms, prefix_padding_ms } = voice;
  const { greeting_guard_ms, min_heard_ms, lower_voice_db } = bargeIn;
  const isServer = turn_taking === undefined || turn_taking === 'server';
  const deadAir = limitOf(dead_air_ms, DEAD_AIR_MS);
  const isComfortless = comfort_sound?.trim() === 'none';

  const found: Contradiction[] = [];
  const contradicts = (path: string, against: string, says: unknown, why: string, isWritten = true): void => {
    found.push({
      path: path.split('.'),
      against: { path: against.split('.'), says: String(says), isWritten },
      why,
    });
  };

  if (turn_taking === 'local') {
    const against = (field: string, why: string): void =>
      contradicts(`voice_activity.${field}`, 'turn_taking', 'local', why);
    for (const field of ['start_sensitivity', 'end_sensitivity'] as const)
      if (voice[field] !== undefined)
        against(field, 'the model does not listen for speech then; leave it out');
    if (prefix_padding_ms !== undefined && prefix_padding_ms > VERDICT_MS)
      against(
        'prefix_padding_ms',
        `a "yes" would stop the agent, and be too short to be answered; at most ${VERDICT_MS}`,
      );
    if (silence_ms !== undefined && silence_ms < WITHIN_WORDS_MS)
      against('silence_ms', `the model would be told in the middle of a word; at least ${WITHIN_WORDS_MS}`);
  }

  const interrupting = [
    ['greeting_guard_ms', greeting_guard_ms],
    ['min_heard_ms', min_heard_ms],
    ['lower_voice_db', lower_voice_db],
  ] as const;
  for (const [field, asked = 0] of interrupting)
    if (asked > 0 && bargeIn.caller_interrupts === false)
      contradicts(`barge_in.${field}`, 'barge_in.caller_interrupts', false, 'nothing is interrupted then');
  if (greeting_guard_ms !== undefined && greeting_guard_ms > 0 && bargeIn.greeting_interruptible === false)
    contradicts(
      'barge_in.greeting_guard_ms',
      'barge_in.greeting_interruptible',
      false,
      'the whole greeting is protected then',
    );
  if (lower_voice_db !== undefined && lower_voice_db > 0 && isServer)
    contradicts(
      'barge_in.lower_voice_db',
      'turn_taking',
      'server',
      'only this server lowers the voice; set turn_taking: local',
      turn_taking !== undefined,
    );

  // With a detector of our own both times begin when the model was told that the caller is silent.
  if (isServer && silence_ms !== undefined) {
    const outlasts = (
      path: string,
      limit: ReturnType<typeof limitOf>,
      leastMs: number,
      why: string,
    ): void => {
      const silence = 'voice_activity.silence_ms';
      if (limit === undefined || limit.ms > leastMs) return;
      if (limit.isWritten) contradicts(path, silence, silence_ms, `${why}; more than ${leastMs}`);
      else contradicts(silence, path, limit.ms, `${why}; set ${path} to more than ${leastMs}`, false);
    };
    outlasts(
      'watchdog.answer_within_ms',
      limitOf(watchdog.answer_within_ms, WAITS_MS.answer),
      silence_ms + THINKING_MS,
      'the model would be reminded before it can have answered',
    );
    if (!isComfortless)
      outlasts('dead_air_ms', deadAir, silence_ms, 'sound would be played in pauses of the caller');
  }
  if (deadAir?.isWritten && isComfortless)
    contradicts('dead_air_ms', 'comfort_sound', 'none', 'nothing could be played; set it to "off"');
  if (first_words !== undefined && (transcription.agent === 'off' || transcription.agent === false))
    contradicts('first_words', 'transcription.agent', 'off', 'nobody would know whether they were said');
  return [...found, ...officeContradictionsOf(value)];
}
