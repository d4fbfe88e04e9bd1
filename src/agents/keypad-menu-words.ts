// What a menu that is read out says of its keys: "For billing, press 1" is key 1 and the word "billing". English, Spanish, German,
// French, Italian, Dutch and Portuguese. Pure; a sentence that is put otherwise gives nothing.

import type { MenuOption, MenuPage } from './keypad-menu.ts';

export interface SpokenChoice {
  readonly key: string;
  /** As it was said, without the words around it; may be empty. */
  readonly words: string;
}

/** By the word, in lower case. The languages contradict each other in none of them. */
const KEY_WORDS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    '0': 'zero oh null cero zéro nul',
    '1': 'one uno una eins un une één een um uma',
    '2': 'two dos zwei zwo deux due twee dois duas',
    '3': 'three tres drei trois tre drie três',
    '4': 'four cuatro vier quatre quattro quatro',
    '5': 'five cinco fünf cinq cinque vijf',
    '6': 'six seis sechs sei zes',
    '7': 'seven siete sieben sept sette zeven sete',
    '8': 'eight ocho acht huit otto oito',
    '9': 'nine nueve neun neuf nove negen',
    '*': '* star asterisk asterisco estrella stern sternchen sterntaste étoile astérisque stella ster sterretje estrela',
    '#': '# pound hash numeral almohadilla gato raute rautetaste dièse cancelletto hekje cerquilha sustenido cardinal',
  }).flatMap(([key, words]) => words.split(' ').map((word): [string, string] => [word, key])),
);

const keyOf = (text: string): string | undefined =>
  /^\d$/.test(text) ? text : KEY_WORDS.get(text.toLowerCase());

const anyOf = (words: Iterable<string>): string =>
  [...words]
    .sort((one, other) => other.length - one.length)
    .map((word) => word.replaceAll(/[*]/g, '\\*'))
    .join('|');
const NOT_INSIDE = String.raw`(?![\p{L}\p{N}])`;
/** "Dial 9 1 1" is a number, and no key 9. Words that are articles or prepositions as well begin something new. */
const ARTICLES = new Set('un une um uma een sei oh'.split(' '));
const NUMERALS = [...KEY_WORDS.keys()].filter((word) => !ARTICLES.has(word));
const NO_NUMBER = `(?![\\s-]+(?:\\d|${anyOf(NUMERALS)})${NOT_INSIDE})`;
const KEY = `(?<key>\\d|${anyOf(KEY_WORDS.keys())})${NOT_INSIDE}${NO_NUMBER}`;

const VERBS = anyOf(
  [
    'press|push|dial|enter|hit|select|choose|type|key in',
    'oprima|oprime|presione|presiona|pulse|pulsa|marque|marca|digite|toque|apriete',
    'drücken Sie|drücke|drücken|drück|wählen Sie|wähle|tippen Sie',
    'tapez|appuyez sur|appuyez|composez|faites le|faites|pressez',
    'premere|prema|premi|digitare|digiti|digita|componga|comporre|selezionare|selezioni',
    'toetst u|toets|drukt u op|druk op|drukt u|druk|kiest u|kies|kiest',
    'pressione|tecle|aperte|disque|prima|escolha',
  ].flatMap((verbs) => verbs.split('|')),
);
const BETWEEN = anyOf(
  (
    'please|now|the|number|key|digit|button|option|bitte|jetzt|dann|die|Taste|Ziffer|auf|el|la|tecla|número|opción|ahora|' +
    "le|sur|touche|chiffre|il|tasto|numero|op|de|dan|nu|toets|een|o|a|agora|à|na|no|l'|den"
  ).split('|'),
);
const AFTER_KEY = '(?:\\s+(?:key|button|drücken|wählen|indrukken))?(?:\\s+at any time)?';
const PRESS = new RegExp(
  `(?<![\\p{L}\\p{N}])(?:(?:${VERBS})(?:\\s+(?:${BETWEEN}))*\\s+${KEY}|(?:(?:die|Taste)\\s+)+(?<last>\\d|${anyOf(KEY_WORDS.keys())})${NOT_INSIDE}\\s+(?:drücken|wählen))${AFTER_KEY}`,
  'giu',
);

/** What stands before the words of a choice. The longer ones come first. */
const LEAD_INS = anyOf(
  [
    "if you would like to|if you'd like to|if you want to|if you wish to|if you need|if you have|if you are|to speak with|to speak to|to talk to|to reach|to hear|for|to|if",
    'para hablar con|si desea|si quiere|si|para|por',
    'wenn Sie|falls Sie|für|um|zu|zum|zur|bei',
    "si vous souhaitez|si vous voulez|si vous|pour parler à|pour|s'il s'agit de",
    'per parlare con|se desidera|se vuole|per',
    'als u|voor|om',
    'para falar com|se deseja|se você deseja|se quiser|se',
  ].flatMap((words) => words.split('|')),
);
const LEAD_IN = new RegExp(`^(?:${LEAD_INS})(?![\\p{L}\\p{N}])\\s*`, 'iu');
const CONJUNCTION = /^(?:[\s,;:–-]|(?:and|or|y|o|und|oder|et|ou|e|en|of|please|then|bitte)\s)+/iu;
const TAIL =
  /(?:[\s,;:.!?–-]|\s(?:and|or|y|o|und|oder|et|ou|e|en|of|please|bitte|möchten|wollen|dann|then|veuillez|por favor))+$/iu;

/** In lists, the verb stands once: "press 1 for billing, 2 for sales". */
const BARE_AFTER = new RegExp(
  `(?<=[,;]\\s*(?:(?:and|or|y|o|und|oder|et|ou|e|en|of)\\s+)?)(?:(?:die|el|la|le|il|o|a|de)\\s+)?${KEY}(?=\\s+(?:for|to|if|para|für|um|pour|per|voor|om|se|si)\\s)`,
  'giu',
);
const BARE_BEFORE = new RegExp(
  `(?<=[\\p{L}],?\\s+)(?:(?:die|el|la|le|il|o|a|de)\\s+)?${KEY}(?=\\s*(?:[,.;!]|$))`,
  'giu',
);

const ALSO = new RegExp(`^\\s+(?:or|o|oder|ou|of)\\s+(?:the\\s+)?${KEY}`, 'giu');

interface Found {
  readonly key: string;
  readonly from: number;
  readonly to: number;
  /** The key before it does the same. */
  readonly isAlso?: boolean;
}

function* matches(text: string, pattern: RegExp): Generator<Found> {
  for (const found of text.matchAll(pattern)) {
    const key = keyOf(found.groups?.['key'] ?? found.groups?.['last'] ?? '');
    if (key !== undefined) yield { key, from: found.index, to: found.index + found[0].length };
  }
}

/** Every choice that the words name, in their order; of a key that is named twice, the first that has words. */
export function choicesIn(say: string): SpokenChoice[] {
  const choices = new Map<string, SpokenChoice>();
  let before = '';
  for (const sentence of say.replaceAll(/\s+/g, ' ').split(/(?<=[.!?;])\s+/)) {
    const found = choicesOf(sentence, before);
    for (const choice of found) if (!choices.get(choice.key)?.words) choices.set(choice.key, choice);
    before = found.length > 0 ? '' : sentence;
  }
  return [...choices.values()];
}

/** How a caller would ask for it: as written, or as the menu says it. Empty: nobody knows. */
export function askedFor(page: MenuPage, option: MenuOption): string {
  return option.spoken || (choicesIn(page.say).find(({ key }) => key === option.key)?.words ?? '');
}

function choicesOf(sentence: string, sentenceBefore: string): SpokenChoice[] {
  const pressed = [...matches(sentence, PRESS)];
  if (pressed.length === 0) return [];
  const afterFirst = sentence.slice(pressed[0]!.to).replace(CONJUNCTION, '').replace(OR_SAY, '');
  const isAfter = LEAD_IN.test(afterFirst) && !namedBefore(sentence, pressed);
  const bare = [...matches(sentence, isAfter ? BARE_AFTER : BARE_BEFORE)].filter(
    ({ from, to }) => from > pressed[0]!.to && !pressed.some((one) => from < one.to && to > one.from),
  );
  const all = [...pressed, ...bare, ...alsoIn(sentence, pressed)].sort((one, other) => one.from - other.from);
  const named = all.map(({ key, from, to }, at): SpokenChoice => {
    const next = all[at + 1]?.from ?? sentence.length;
    const words = isAfter
      ? wordsAfter(sentence.slice(to, next))
      : wordsBefore(sentence.slice(all[at - 1]?.to ?? 0, from));
    if (words !== '') return { key, words };
    // "Press 1, billing", or "Billing. Press 1."
    const after = isAfter ? '' : bareWords(sentence.slice(to, next));
    return { key, words: after !== '' || at > 0 ? after : shortWords(sentenceBefore) };
  });
  return named.map((choice, at) => {
    if (all[at]?.isAlso) return { ...choice, words: choice.words || named[at - 1]!.words };
    const isFirstOfTwo = choice.words === '' && all[at + 1]?.isAlso;
    return isFirstOfTwo ? { ...choice, words: named[at + 1]!.words } : choice;
  });
}

/** "Press 0 or pound": two keys for the same. */
const alsoIn = (sentence: string, pressed: readonly Found[]): Found[] =>
  pressed.flatMap(({ to }) => {
    const [also] = matches(sentence.slice(to), ALSO);
    return also === undefined
      ? []
      : [{ key: also.key, from: to + also.from, to: to + also.to, isAlso: true }];
  });

/** Whether what is said before the first key says what it is for: the lists that go "for billing press 1" do. */
function namedBefore(sentence: string, [first]: readonly Found[]): boolean {
  const clauses = sentence.slice(0, first?.from).split(',');
  return clauses.some((clause) => LEAD_IN.test(clause.replace(CONJUNCTION, '')));
}

/** "Press 1 or say billing for invoices": what may be said in place of the key. */
const OR_SAY = /^(?:say|sagen Sie|diga|dites|dica|zeg)\s+.*?(?=(?:for|to|für|um|para|pour|per|voor)\s)/iu;
/** "…, or simply hang up": another thing that a caller may do, and no part of what the key is for. */
const OR_HANG_UP =
  /,?\s+(?:or|and)\s+(?:simply |just |please )?(?:hang up|stay on the line|hold|wait)\b.*$/iu;

/** "…, or say sales", "…, say sales". */
const OR_SAY_IT = /(?:,?\s+(?:or|oder|o|ou|of)|,)\s+(?:say|sagen Sie|diga|dites|dica|zeg)\s.*$/iu;

const bareWords = (text: string): string => text.replace(CONJUNCTION, '').replace(TAIL, '').trim();
/** "Say sales, or press 1." */
const SAY = /^(?:say|sagen Sie|diga|dites|dica|zeg)\s+/iu;
const withoutLeadIn = (text: string): string =>
  bareWords(bareWords(text).replace(SAY, '').replace(LEAD_IN, ''));
const wordsAfter = (text: string): string =>
  withoutLeadIn(bareWords(text).replace(OR_SAY, '').replace(OR_SAY_IT, '').replace(OR_HANG_UP, ''));

/** From the last clause on that says what something is for: a welcome may stand before it. */
function wordsBefore(text: string): string {
  const clauses = text.replace(TAIL, '').split(/(?<=[,:–])\s+/);
  const begins = clauses.findLastIndex((clause) => LEAD_IN.test(clause.replace(CONJUNCTION, '')));
  return withoutLeadIn(clauses.slice(Math.max(begins, 0)).join(' ').replace(OR_SAY_IT, ''));
}

/** More words than these are a sentence of its own, and no name of what comes. */
const MOST_WORDS = 5;
/** What is said to everybody, and names nothing. */
const GREETING = new RegExp(
  `^(?:${anyOf(
    [
      'welcome|hello|hi|good morning|good afternoon|good evening|good day|thank you|thanks|main menu',
      'bienvenidos|bienvenido|bienvenida|hola|buenos días|buenas tardes|gracias|menú principal',
      'willkommen|herzlich willkommen|hallo|guten Tag|danke|vielen Dank|Hauptmenü',
      'bienvenue|bonjour|bonsoir|merci|menu principal',
      'benvenuti|benvenuto|buongiorno|buonasera|salve|grazie|menu principale',
      'welkom|goedendag|goedemorgen|goedemiddag|dank u|bedankt|hoofdmenu',
      'bem-vindos|bem-vindo|olá|bom dia|boa tarde|obrigado|obrigada',
    ].flatMap((words) => words.split('|')),
  )})${NOT_INSIDE}`,
  'iu',
);
const shortWords = (sentence: string): string =>
  GREETING.test(sentence) || sentence.split(' ').length > MOST_WORDS ? '' : withoutLeadIn(sentence);
