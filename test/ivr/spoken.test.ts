// Whatever the carrier's voice says, in every language: all of it, in that language, and tagged with it.
import { expect, test } from 'vitest';
import { spoken } from '../../src/ivr/spoken.ts';

const LANGUAGES = ['en', 'de', 'es', 'fr', 'it', 'nl', 'pt'] as const;

/** Every sentence in every form; `@` and `#` are in no words, so that they are found again where they were put in. */
function allOf(language: string): Record<string, string> {
  const say = spoken(language);
  const said = {
    unavailable: say.unavailable(),
    closedNow: say.closedNow(),
    menuChoice: say.menuChoice('@', '#'),
    menuVoicemail: say.menuVoicemail('#'),
    menuAgain: say.menuAgain(),
    nobodyThere: say.nobodyThere('@'),
    connecting: say.connecting('@'),
    oneMoment: say.oneMoment(),
    thanksForMessage: say.thanksForMessage(),
    goodbye: say.goodbye(),
    apology: say.apology(),
    next: say.place(1, 0),
    soon: say.place(2, 1),
    later: say.place(3, 12),
    pressToBeCalledBack: say.pressToBeCalledBack('#'),
    calledBack: say.calledBack(),
    callbackFailed: say.callbackFailed(),
    callbackGreeting: say.callbackGreeting('Harbour', '@'),
    callbackGone: say.callbackGone(),
    personBrief: say.personBrief('@', '1 2 3'),
    personBriefUnknown: say.personBrief('@', undefined),
    personQueue: say.personQueue('@'),
    personKeys: say.personKeys(),
    callerGone: say.callerGone(),
  };
  return Object.fromEntries(Object.entries(said).map(([name, { text }]) => [name, text]));
}

const PUT_IN: Readonly<Record<string, readonly string[]>> = {
  menuChoice: ['@', '#'],
  menuVoicemail: ['#'],
  nobodyThere: ['@'],
  connecting: ['@'],
  soon: ['2'],
  later: ['3', '12'],
  pressToBeCalledBack: ['#'],
  callbackGreeting: ['Harbour', '@', '1'],
  personBrief: ['@', '1 2 3'],
  personBriefUnknown: ['@'],
  personQueue: ['@'],
  personKeys: ['1', '2'],
};
const ENGLISH_WORDS =
  /\b(?:the|you|your|press|call|caller|please|sorry|thank|number|line|wait|back|goodbye|less|about)\b/i;

test('the list above is the whole of it', () => {
  const forms = { place: ['next', 'soon', 'later'], personBrief: ['personBrief', 'personBriefUnknown'] };
  const named = Object.keys(spoken('en')).flatMap(
    (name) => (forms as Record<string, string[]>)[name] ?? name,
  );
  expect(Object.keys(allOf('en')).toSorted()).toEqual(named.toSorted());
});

test.each(LANGUAGES)('%s: whole sentences, with what was put in and nothing left open', (language) => {
  for (const [name, text] of Object.entries(allOf(language))) {
    expect(text, name).toMatch(/^\p{Lu}.*[.?]$/u);
    expect(text, name).not.toMatch(/undefined|null|NaN|[{}$\\]|\s\s|\.\.|\s[.,]/);
    for (const part of PUT_IN[name] ?? []) expect(text, name).toContain(part);
    expect(text.match(/[@#]/g)?.length ?? 0, name).toBe(
      (PUT_IN[name] ?? []).filter((part) => part === '@' || part === '#').length,
    );
  }
});

test.each(LANGUAGES.filter((language) => language !== 'en'))('%s: no English is left in it', (language) => {
  const english = allOf('en');
  for (const [name, text] of Object.entries(allOf(language))) {
    expect(text, name).not.toBe(english[name]);
    expect(text, name).not.toMatch(ENGLISH_WORDS);
  }
});

test('no two languages share a sentence', () => {
  for (const name of Object.keys(allOf('en')))
    expect(new Set(LANGUAGES.map((language) => allOf(language)[name])).size, name).toBe(LANGUAGES.length);
});

test.each([
  ['en', 'about 1 minute.', 'about 2 minutes.'],
  ['de', 'etwa eine Minute.', 'etwa 2 Minuten.'],
  ['es', 'aproximadamente un minuto.', 'unos 2 minutos.'],
  ['fr', 'environ une minute.', 'environ 2 minutes.'],
  ['it', 'circa un minuto.', 'circa 2 minuti.'],
  ['nl', 'ongeveer één minuut.', 'ongeveer 2 minuten.'],
  ['pt', 'cerca de um minuto.', 'cerca de 2 minutos.'],
])('%s: %s %s', (language, one, two) => {
  expect(spoken(language).place(2, 1).text.endsWith(one)).toBe(true);
  expect(spoken(language).place(2, 2).text.endsWith(two)).toBe(true);
});

test.each([
  ['de-AT', 'de-AT', 'Auf Wiederhören.'],
  ['PT-br', 'PT-br', 'Até logo.'],
  ['fr', 'fr', 'Au revoir.'],
  ['en-GB', 'en-GB', 'Goodbye.'],
  ['ja-JP', 'en-US', 'Goodbye.'],
  ['den', 'en-US', 'Goodbye.'],
  ['', 'en-US', 'Goodbye.'],
])('asked for "%s" it speaks %s', (asked, language, text) => {
  expect(spoken(asked).goodbye()).toEqual({ text, language });
});
