// What verbs of TwiML say, and in which languages. Where they lead is not known here.
import type { OldPrompt } from './old-menu.ts';
import type { Verb } from './twiml-documents.ts';

/** As Twilio speaks where a document does not say (twilio.com, TwiML <Say>, language). */
export const UNSAID_LANGUAGE = 'en-US';

/** Empty: it is not said. Google's voices are called after theirs. */
const languageOf = ({ language, voice = '' }: Verb['attributes']): string =>
  language || (/^Google\.([a-z]{2,3}-[A-Z]{2})-/.exec(voice)?.[1] ?? '');

const tagsOf = ({ name, attributes, inside }: Verb): string[] => [
  ...(name === 'Say' ? [languageOf(attributes)] : name === 'lang' ? [attributes['xml:lang'] ?? ''] : []),
  ...inside.flatMap(tagsOf),
];

/** As BCP 47 tags, in the order in which they are spoken. Empty: none is said. */
export function languagesOf(verbs: readonly Verb[]): string[] {
  const tags = verbs.flatMap(tagsOf);
  return tags.some((tag) => tag !== '') ? tags.map((tag) => tag || UNSAID_LANGUAGE) : [];
}

export function promptOf(verbs: readonly Verb[]): OldPrompt {
  const said = verbs.filter(({ name }) => name === 'Say').map(({ text }) => text);
  const played = verbs
    .filter(({ name }) => name === 'Play')
    .map(({ text }) => text.split('/').at(-1) ?? text);
  return {
    text: said.filter((text) => text !== '').join(' '),
    recordings: played.filter((name) => name !== ''),
  };
}
