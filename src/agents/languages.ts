// The languages that an agent may speak with a caller: what the model is told of them, and what its transcription is.
import type { TranscriptionSetup } from '../live/session.ts';
import type { Profile } from './profile.ts';

type Spoken = Pick<Profile, 'language' | 'languages'>;

/** Generations whose transcription takes no hints, under every name that they have (google/adk-python#5542). */
const TAKES_NO_HINTS = /^(?:models\/)?gemini-(?:live-)?2\./;

export const takesLanguageHints = (model: string): boolean => !TAKES_NO_HINTS.test(model);

const all = ({ language, languages }: Spoken): string[] => [...new Set([language, ...languages])];

/** The profile's own hints come first; of one language alone the model knows by itself. */
export function callerTranscriptionOf(
  profile: Spoken & Pick<Profile, 'model' | 'callerTranscription'>,
): TranscriptionSetup | undefined {
  const { callerTranscription: asked, model } = profile;
  const languages = all(profile);
  if (asked === false || asked?.languages || languages.length < 2 || !takesLanguageHints(model)) return asked;
  return { ...asked, languages };
}

/** One sentence for the end of the instructions; none where the agent has one language. */
export function languagesInWords(profile: Spoken): string | undefined {
  const [first, ...others] = all(profile).map(nameOf);
  if (first === undefined || others.length === 0) return undefined;
  const list = new Intl.ListFormat('en', { type: 'disjunction' }).format(others);
  return `Speak ${first}; when the caller would rather speak ${list}, speak that, and no other language than these.`;
}

const nameOf = (tag: string): string => new Intl.DisplayNames('en', { type: 'language' }).of(tag) ?? tag;
