// What a profile says of calls whose process is gone, and that another one goes on with.
import { z } from 'zod';
import { words } from './fields.ts';

/** By language, as BCP 47 has it: what a caller hears first who was cut off. */
const PHRASES: Readonly<Record<string, string>> = {
  de: 'Entschuldigung, wir waren einen Moment unterbrochen.',
  en: 'Sorry, we were cut off for a moment.',
  es: 'Disculpe, se ha cortado un momento.',
  fr: 'Excusez-moi, nous avons été coupés un instant.',
  it: 'Mi scusi, siamo stati interrotti per un attimo.',
  nl: 'Excuses, we werden even onderbroken.',
  pt: 'Desculpe, a ligação caiu por um momento.',
};
const MOST = 5;

export const rejoin = z
  .strictObject({
    phrase: words
      .optional()
      .describe(
        'What the agent says first to a caller who was cut off for more than two seconds; in the language of the profile when left out.',
      ),
    most: z
      .int()
      .min(0)
      .max(50)
      .default(MOST)
      .describe(
        'How often another process goes on with one call whose own is gone; then comes the fallback.',
      ),
  })
  .prefault({})
  .describe(
    'What happens to a call when the process that has it dies: another goes on with the conversation.',
  );

/** English, for languages without a phrase of their own: the agent says it in its own. */
export const phraseFor = (language: string, own: string | undefined): string =>
  own ?? PHRASES[language.split('-')[0]!.toLowerCase()] ?? PHRASES['en']!;
