// What a session is opened with: the profile's words with this call's values in them.
import type { FirstWords } from '../agents/first-words-settings.ts';
import { fillVariables, valuesFor, type Fields } from '../agents/instructions.ts';
import { callerTranscriptionOf, languagesInWords } from '../agents/languages.ts';
import type { Profile } from '../agents/profile.ts';
import type { CarrierCall } from '../carrier/webhooks.ts';
import type { Contact } from '../crm/crm.ts';
import { inWords } from '../ivr/menus/in-words.ts';
import type { SessionSetup, WatchdogSetup } from '../live/session.ts';
import type { Tool } from '../tools/tool.ts';
import { firstWordsOf, type FirstWord } from './first-words.ts';
import { contactFields, contactInWords, numberOfThem, numberOfUs } from './known-caller.ts';

export interface Opening {
  readonly setup: SessionSetup;
  /** The model never starts on its own; this makes it (googleapis/python-genai#1533). */
  readonly greeting: string;
  /** What it is then to say. */
  readonly greetingWords: string;
  /** With which these begin; in calls that come in, what is said of a recording. */
  readonly firstWords: readonly FirstWord[];
  /** For a machine that answers a call that we placed; undefined: none. */
  readonly message: string | undefined;
}

/** What is known of who is called, or calls, beside the number. */
export interface Known {
  readonly contact?: Contact | undefined;
  readonly campaign?: Fields | undefined;
}

export function openingOf(
  profile: Profile,
  call: CarrierCall,
  tools: readonly Tool[],
  epochMs: number,
  known: Known = {},
): Opening {
  const { contact, campaign } = known;
  const values = valuesFor(profile, {
    ...{ caller: numberOfThem(call), called: numberOfUs(call), epochMs, campaign },
    contact: contact && contactFields(contact),
  });
  const instructions = [
    fillVariables(profile.instructions, values),
    languagesInWords(profile),
    profile.menu?.menu && inWords(profile.menu.menu),
    contact && contactInWords(contact),
  ];
  const isPlaced = call.direction === 'outbound';
  const fill = (text: string): string => fillVariables(text, values);
  const firstWords = firstWordsOf(wordsFirst(profile, isPlaced), fill);
  const greetingWords = [...firstWords.map(({ text }) => text), fill(profile.greeting)].join(' ');
  const { onVoicemail } = profile;
  return {
    setup: {
      model: profile.model,
      instructions: instructions.filter((text) => text !== undefined).join('\n\n'),
      voice: profile.voice,
      language: profile.language,
      tools: tools.map(({ declaration }) => declaration),
      googleSearch: profile.googleSearch,
      codeExecution: profile.codeExecution,
      voiceActivity: profile.voiceActivity,
      callerInterrupts: profile.bargeIn.callerInterrupts,
      turnCoverage: profile.turnCoverage,
      callerTranscription: callerTranscriptionOf(profile),
      agentTranscription: profile.agentTranscription,
      compression: profile.compression,
      mediaResolution: profile.mediaResolution,
      thinking: profile.thinking,
      generation: profile.generation,
      watchdog: watchdogOf(profile),
      history: profile.history.map(({ who, text }) => ({ who, text: fillVariables(text, values) })),
    },
    greeting:
      firstWords.length === 0
        ? `The call has just connected. Greet the caller now, in these words: ${greetingWords}`
        : `${isPlaced ? 'They have just answered the call that you placed.' : 'The call has just connected.'} Say this now, word for word, and leave nothing out: ${greetingWords}`,
    greetingWords,
    firstWords,
    message: isPlaced && onVoicemail.do === 'leave-message' ? fill(onVoicemail.text) : undefined,
  };
}

/** Of a recording is said what the profile says for calls of this kind. */
function wordsFirst({ firstWords, recording }: Profile, isPlaced: boolean): Partial<FirstWords> {
  const announced = recording === false ? undefined : recording.announcement;
  return isPlaced
    ? { ...firstWords, recording: firstWords?.recording ?? announced }
    : { recording: announced };
}

/** What the session watches over; repeats are the call's. */
function watchdogOf({ watchdog }: Profile): WatchdogSetup {
  const { repeatedWords: _, ...ofSession } = watchdog;
  return ofSession;
}
