// A profile: the file that says who answers. This schema is its type, its check and, by .describe(), its manual.
// Fields are snake_case, as in the YAML that authors know from elsewhere; the code sees camelCase.
import { z } from 'zod';
import type { LocalTurnTaking } from '../audio/self-check.ts';
import { parsePhoneNumber } from '../base/phone-number.ts';
import { DEFAULT_MODEL, type Said } from '../live/session.ts';
import { callSettings } from './call-settings.ts';
import { canonical, language, off, template, timeZone, words } from './fields.ts';
import { firstWords } from './first-words-settings.ts';
import { handOverTo } from './hand-over-settings.ts';
import { keypad, keypadMenuFile } from './keypad-settings.ts';
import { fallbackOf, ladderSettings } from './ladder-settings.ts';
import { modelSettings } from './model-settings.ts';
import { officeSettings } from './office-settings.ts';
import { placedCallSettings } from './on-voicemail-settings.ts';
import { phraseFor, rejoin } from './rejoin-settings.ts';
import { tools } from './tool-settings.ts';
import { bargeIn, deadAirMs, turnTaking, watchdog } from './turn-taking.ts';

const languages = z
  .array(language)
  .refine((tags) => new Set(tags.map(canonical)).size === tags.length, 'expected every language once')
  .default([])
  .describe('Other languages that the agent may speak with callers, as BCP 47 tags.');

const KEEP = 'expected a whole number of days from 1 to 3650, "forever", or "off"';

/** Where a profile does not say. */
export const KEEP_RECORDS_DAYS = 90;

const keepRecordsDays = z
  .union([z.literal('forever'), off.transform(() => 0), z.int(KEEP).min(1, KEEP).max(3_650, KEEP)], KEEP)
  .default(KEEP_RECORDS_DAYS)
  .describe(
    'For how many days the record of a call is kept: "forever", or "off" for no record at all. Of calls that begin from now on.',
  );

const said = z
  .strictObject({
    caller: template.optional().describe('What the caller said; may hold {{variables}}.'),
    agent: template.optional().describe('What the agent said; may hold {{variables}}.'),
  })
  .transform(({ caller, agent }, context): Said => {
    if (caller !== undefined && agent === undefined) return { who: 'caller', text: caller };
    if (agent !== undefined && caller === undefined) return { who: 'agent', text: agent };
    context.addIssue('expected either caller or agent');
    return z.NEVER;
  });

/**
 * The schema of a file. `defaultModel`: for profiles that name no model; `dialCountries`: where destinations may be, by
 * ISO 3166, and anywhere when left out. Where fields contradict each other it does not say.
 */
export const profileSchema = (
  defaultModel: string = DEFAULT_MODEL,
  localTurnTaking: LocalTurnTaking = { usable: true },
  dialCountries?: ReadonlySet<string>,
) =>
  z
    .strictObject({
      name: words.describe('Who answers, for people who read the log; no two profiles share it.'),
      ...callSettings,
      instructions: template.describe('Who the agent is and how it behaves; may hold {{variables}}.'),
      greeting: template.describe('What the agent says first, word by word; may hold {{variables}}.'),
      greeting_audio: words
        .optional()
        .describe(
          'A WAV file of the greeting, of at most 20 s and named from where this file is, that is played in place of the voice of the model.',
        ),
      first_words: firstWords,
      ...placedCallSettings,
      voice: words
        .optional()
        .describe('A voice of the model, such as "Kore"; the model chooses when left out.'),
      language: language.default('en-US').describe('What the agent speaks, as a BCP 47 tag.'),
      languages,
      model: words.default(defaultModel).describe('The Live API model.'),
      ...modelSettings,
      turn_taking: turnTaking(localTurnTaking),
      barge_in: bargeIn,
      dead_air_ms: deadAirMs,
      tools,
      history: z
        .array(said)
        .default([])
        .describe('Talk that the agent believes to have had before the call, oldest first.'),
      watchdog,
      comfort_sound: words
        .optional()
        .describe(
          'A WAV file of at most 2 s, named from where this file is, that is played while the model is away, and into dead air, in place of a soft sound; or "none", and both are silent.',
        ),
      ...officeSettings(dialCountries),
      ...ladderSettings,
      hand_over_to: handOverTo,
      rejoin,
      keypad,
      menu: keypadMenuFile.optional(),
      keep_records_days: keepRecordsDays,
      time_zone: timeZone.default('UTC').describe('The IANA time zone of {{date}}, {{time}} and hours.'),
    })
    .transform((file) => ({
      name: file.name,
      /** The same for the same file; `loadProfiles` sets it. */
      version: '',
      numbers:
        file.numbers === '*'
          ? file.numbers
          : (file.numbers ?? []).flatMap((text) => parsePhoneNumber(text) ?? []),
      direction: file.direction,
      looksUpCaller: file.look_up_caller,
      logsCalls: file.log_calls,
      instructions: file.instructions,
      greeting: file.greeting,
      /** As the file has it; `loadProfiles` makes it a whole path. */
      greetingAudio: file.greeting_audio,
      firstWords: file.first_words,
      onVoicemail: file.on_voicemail,
      outcomes: file.outcomes,
      voice: file.voice,
      language: file.language,
      languages: file.languages,
      model: file.model,
      voiceActivity:
        file.turn_taking === 'local'
          ? { ...file.voice_activity, detector: 'local' as const }
          : file.voice_activity,
      turnCoverage: file.turn_coverage,
      callerTranscription: file.transcription.caller,
      agentTranscription: file.transcription.agent,
      compression: file.compression,
      mediaResolution: file.media_resolution,
      thinking: file.thinking,
      generation: file.generation,
      googleSearch: file.google_search,
      codeExecution: file.code_execution,
      bargeIn: file.barge_in,
      /** Without any sound while it is the agent's turn to speak, at most; 0: however long. */
      deadAirMs: file.dead_air_ms,
      tools: file.tools,
      history: file.history,
      watchdog: file.watchdog,
      /** As the file has it; `loadProfiles` makes it a whole path. */
      comfortSound: file.comfort_sound,
      hours: file.hours,
      destinations: file.destinations,
      handOverTo: file.hand_over_to,
      rejoin: {
        /** What callers hear first who were cut off. */
        phrase: phraseFor(file.language, file.rejoin.phrase),
        most: file.rejoin.most,
      },
      fallback: fallbackOf(file.fallback, file.voicemail !== undefined),
      /** What callers meet outside of hours; left out: the same as within. */
      closed: file.closed,
      voicemail: file.voicemail,
      silence: file.silence,
      /** As the file has it; `loadProfiles` makes it a whole path. */
      holdMusic: file.hold_music,
      keypad: file.keypad,
      /** As the file has it; `loadProfiles` makes it a whole path, and reads it. */
      menu: file.menu,
      recording: file.recording,
      limits: file.limits,
      /** 0: no record is kept at all. */
      keepRecordsDays: file.keep_records_days,
      timeZone: file.time_zone,
    }));

/** What the code sees of a file. */
export type Profile = z.output<ReturnType<typeof profileSchema>>;
