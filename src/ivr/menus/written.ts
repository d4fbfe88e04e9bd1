// An imported menu as the files that an author gets: the menu, and a profile that uses it. Text; where it goes is not known here.
import { Document, isMap, isPair, visit } from 'yaml';
import { choicesIn } from '../../agents/keypad-menu-words.ts';
import type { KeypadMenu, Leads, MenuPage } from '../../agents/keypad-menu.ts';
import { UNANSWERED } from './carry-notes.ts';
import { ANYTHING_ELSE } from './in-words.ts';
import type { Carried, CarriedDestination } from './carried.ts';

/** Options stay on one line each, so that a menu reads as a list. */
function yamlOf(value: unknown, isInline: (depth: number, key: string) => boolean): string {
  const document = new Document(value);
  visit(document, {
    Pair(_, { key, value: inner }, path) {
      const depth = path.filter(isPair).length;
      if (isMap(inner) && isInline(depth, String(key))) inner.flow = true;
    },
  });
  return document.toString({ lineWidth: 0, singleQuote: true });
}

function fieldsOf(leads: Leads): Record<string, unknown> {
  switch (leads.to) {
    case 'menu':
    case 'destination':
    case 'agent':
      return { [leads.to]: leads.name };
    case 'tool':
      return { tool: leads.name, ...(leads.say !== undefined && { say: leads.say }) };
    case 'hang-up':
      return { hang_up: true };
    case 'voicemail':
    case 'repeat':
    case 'back':
      return { [leads.to]: true };
    case 'say':
      return { say: leads.text, ...(leads.then && fieldsOf(leads.then)) };
  }
}

const pageFields = ({ say, options, otherwise }: MenuPage): Record<string, unknown> => ({
  ...(say !== '' && { say }),
  options: new Map(
    options.map(({ key, name, spoken, leads }) => [
      /^\d$/.test(key) ? Number(key) : key,
      { name, ...(spoken !== '' && { spoken }), ...fieldsOf(leads) },
    ]),
  ),
  ...(otherwise && { otherwise: fieldsOf(otherwise) }),
});

/** A menu file. */
export const menuYaml = ({ start, menus }: KeypadMenu): string =>
  yamlOf(
    { start, menus: Object.fromEntries(menus.map((page) => [page.name, pageFields(page)])) },
    (depth, key) => depth === 3 || key === 'otherwise',
  );

/** "How can I help you?", by language. */
const ASKS: Readonly<Record<string, string>> = {
  en: 'How can I help you?',
  es: '¿En qué puedo ayudarle?',
  de: 'Was kann ich für Sie tun?',
  fr: 'Comment puis-je vous aider ?',
  it: 'Come posso aiutarla?',
  nl: 'Waarmee kan ik u helpen?',
  pt: 'Como posso ajudar?',
};

/** What an old system called a language need be none. */
function isLanguage(tag: string | undefined): tag is string {
  try {
    return tag !== undefined && Intl.DateTimeFormat.supportedLocalesOf(tag).length === 1;
  } catch {
    return false;
  }
}

export interface ProfileWish {
  readonly name: string;
  /** Of the menu, from where the profile is. */
  readonly menuFile: string;
  /** The numbers it answers; empty: the author fills them in. */
  readonly numbers: readonly string[];
}

/** No number of anybody (nationalnanpa.com, 555-01xx). */
const TO_FILL_IN = '+15550100100';

/** A profile that uses the menu. */
export function profileYaml({ name, menuFile, numbers }: ProfileWish, carried: Carried): string {
  const { destinations, hasVoicemail, tools, welcome } = carried;
  const spoken = spokenOf(destinations);
  const language = isLanguage(carried.language) ? carried.language : 'en-US';
  const asks = ASKS[language.split('-')[0]!] ?? ASKS['en']!;
  const hears = plain(withoutKeys(welcome));
  const fields = {
    name,
    numbers: numbers.length > 0 ? numbers : [TO_FILL_IN],
    greeting: hears.includes('?') ? hears : `${hears} ${asks}`.trim(),
    instructions: instructionsOf(plain(welcome), destinations),
    language,
    ...(destinations.length > 0 && {
      destinations: Object.fromEntries(destinations.map((one) => destinationOf(one, spoken.get(one)))),
    }),
    menu: menuFile,
    ...(hasVoicemail && { voicemail: {} }),
    tools: [
      'take_message',
      ...(destinations.length > 0 ? ['transfer_call'] : []),
      ...(hasVoicemail ? ['take_voicemail'] : []),
      'end_call',
      // Not there yet: without its file the profile is not loaded.
      ...[...carried.asks].map((tool) => `./tools/${tool}.yaml`),
    ],
  };
  const missing = [...tools].map((tool) => `#   ${tool}`);
  return [
    '# Made of an old keypad menu. Read it once: the greeting, the instructions, and where callers are sent.',
    ...(numbers.length > 0 ? [] : [`# ${TO_FILL_IN} stands for the numbers that it answers: fill them in.`]),
    ...(missing.length > 0
      ? ['# Tools that the menu needs and that are still to be made, under tools:', ...missing]
      : []),
    yamlOf(fields, (depth) => depth === 2 || depth === 1),
  ].join('\n');
}

const instructionsOf = (welcome: string, destinations: readonly CarriedDestination[]): string =>
  [
    'You answer this line, which had a keypad menu before. You are on the phone with {{caller}}.',
    ...(welcome === '' ? [] : [`The old menu began with: "${welcome}"`]),
    '',
    '- Say one or two short sentences at a time, in plain, warm words. Ask one question at a time.',
    '- Find out what the caller wants, and do what the menu does for it. Do not read the menu out unless they ask.',
    ...(destinations.length > 0
      ? ['- Say in one short sentence that you connect them, and then nothing more.']
      : []),
    '- What the menu has nothing for, take as a message. Never guess a price, a time or a promise.',
    '',
  ].join('\n');

/** As a profile has it where it does not say. */
const RING_S = 20;

const destinationOf = (
  { name, to, isQueue, ringS, asked }: CarriedDestination,
  spoken: string | undefined,
): [string, Record<string, unknown>] => {
  const fields = {
    to,
    description: plain(`Callers who ask for: ${[...asked].join('; ')}.`),
    ...(spoken !== undefined && { spoken: plain(spoken) }),
    ...(ringS !== undefined && ringS !== RING_S && { ring_s: ringS }),
    ...(isQueue && { transfer: 'queue' }),
  };
  return [name, fields];
};

/** As they are read out where the model is gone: no two alike. */
function spokenOf(all: readonly CarriedDestination[]): ReadonlyMap<CarriedDestination, string> {
  const taken = new Map<string, number>();
  return new Map(
    all.flatMap((one): [CarriedDestination, string][] => {
      const asked = [...one.asked].filter((words) => words !== ANYTHING_ELSE);
      const first = asked.find((words) => !words.endsWith(UNANSWERED)) ?? asked[0];
      if (first === undefined) return [];
      const words = first.replace(UNANSWERED, '');
      const count = (taken.get(words.toLocaleLowerCase()) ?? 0) + 1;
      taken.set(words.toLocaleLowerCase(), count);
      return [[one, count === 1 ? words : `${words} ${count}`]];
    }),
  );
}

/** In a profile, two braces begin a variable. */
const plain = (text: string): string => text.replaceAll('{{', '{ {');

/** The sentences that name no key: an agent reads no menu out. */
const withoutKeys = (text: string): string =>
  text
    .split(/(?<=[.!?])\s+/)
    .filter((sentence) => choicesIn(sentence).length === 0)
    .join(' ');
