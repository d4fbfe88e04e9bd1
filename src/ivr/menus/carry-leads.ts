// What imported prompts and leads amount to: texts put before leads, and what of leads an imported menu asks. Pure.
import { choicesIn } from '../../agents/keypad-menu-words.ts';
import type { KeypadMenu, Leads } from '../../agents/keypad-menu.ts';
import type { Choices } from './carried.ts';
import type { OldChoice, OldMenu, OldNode, OldPrompt } from './old-menu.ts';

/** What a caller gets where nothing else was left. */
export const MESSAGE: Extract<Leads, { to: 'tool' }> = { to: 'tool', name: 'take_message' };

export const promptText = ({ text, recordings }: OldPrompt): string =>
  [text, ...recordings.map((name) => `(a recording: ${name})`)].filter((part) => part !== '').join(' ');

/** What of it nobody can read. */
export const heard = ({ recordings }: OldPrompt): string[] =>
  recordings.map((name) => `says a recording, ${name}: write its words`);

export function saying(text: string, leads: Leads | undefined): Leads | undefined {
  if (text === '') return leads;
  if (leads?.to === 'say') return { ...leads, text: `${text} ${leads.text}` };
  if (leads?.to === 'tool') return { ...leads, say: leads.say === undefined ? text : `${text} ${leads.say}` };
  return { to: 'say', text, then: leads };
}

/** An old menu that gave up on a caller who pressed nothing, or a wrong key: ours is said again. */
export function endsOrStays(leads: Leads, page: string): boolean {
  if (leads.to === 'say') return leads.then === undefined || endsOrStays(leads.then, page);
  return leads.to === 'hang-up' || leads.to === 'repeat' || (leads.to === 'menu' && leads.name === page);
}

/** What is left once everything was said; undefined: nothing. */
export const endOf = (leads: Leads | undefined): Leads | undefined =>
  leads?.to === 'say' ? endOf(leads.then) : leads;

export function isMessage(leads: Leads | undefined): boolean {
  const end = endOf(leads);
  return end?.to === 'tool' && end.name === MESSAGE.name;
}

/** All that is said first; empty: nothing. */
export function saidFirst(leads: Leads): string {
  if (leads.to === 'tool') return leads.say ?? '';
  return leads.to === 'say' ? [leads.text, leads.then ? saidFirst(leads.then) : ''].join(' ').trim() : '';
}

export const isBareEnd = (leads: Leads | undefined): boolean => leads === undefined || leads.to === 'hang-up';
/** Words at most, and then the end of the call. */
export const endsAfterWords = (leads: Leads | undefined): boolean =>
  isBareEnd(leads) || (leads?.to === 'say' && endsAfterWords(leads.then));

export function targetOf(leads: Leads): string {
  if (leads.to === 'say') return leads.then === undefined ? leads.text : targetOf(leads.then);
  if (leads.to === 'repeat') return 'again';
  return 'name' in leads ? leads.name : leads.to;
}

/** The sentences before the first that names a key. */
export function beforeChoices(say: string): string {
  const sentences = say.split(/(?<=[.!?])\s+/);
  const first = sentences.findIndex((sentence) => choicesIn(sentence).length > 0);
  return first <= 0 ? '' : sentences.slice(0, first).join(' ');
}

/** Some menus are said first, and only then listened for. */
export const isPromptOf = ({ nodes }: OldMenu, node: OldNode): boolean =>
  node.is === 'say' &&
  node.next !== undefined &&
  nodes.get(node.next)?.is === 'choices' &&
  choicesIn(node.text).length > 0;

/** The same keys that lead to the same places, in one document or in the same words: a menu that is said twice. */
export const isSameMenu = (one: Choices, other: Choices): boolean =>
  (one.where === other.where || promptText(one) === promptText(other)) &&
  JSON.stringify(one.choices) === JSON.stringify(other.choices);

/** "…, or stay on the line for an operator": whom callers got who did nothing. Empty: it is not said. */
export const stayingFor = (say: string): string =>
  /(?:stay|remain) on the line\b[^.,;]*?\s(?:for|to (?:speak|talk) (?:to|with))\s+([^.,;]+)/i.exec(
    say,
  )?.[1] ?? '';

/** What it is, for the author. */
export function nodeInWords(node: OldNode): string {
  switch (node.is) {
    case 'say':
      return `says "${promptText(node).slice(0, 80)}"`;
    case 'choices':
      return `a menu, "${promptText(node).slice(0, 80)}"`;
    case 'collect':
      return `collects digits (${node.what})`;
    case 'dial':
      return `connects with ${node.to || 'nobody'}`;
    case 'queue':
      return `queue ${node.name}`;
    case 'voicemail':
      return 'takes a message after the tone';
    case 'hang-up':
      return 'ends the call';
    default:
      return node.lost;
  }
}

/** What the target of a choice was called: without words there is no better name. */
export function placeOf({ nodes }: OldMenu, { key, next = '' }: OldChoice): string {
  const where = nodes.get(next)?.where ?? next;
  return where.replaceAll(/ \(.*\)$|\.xml$|Digits=|[^/]*\//g, ' ') || `key ${key}`;
}

/** Those that are still to be made. */
export const toolsOf = ({ menus }: KeypadMenu): ReadonlySet<string> =>
  new Set(
    menus
      .flatMap(({ options, otherwise }) => [...options.map(({ leads }) => leads), otherwise])
      .flatMap((leads) => {
        const end = endOf(leads);
        return end?.to === 'tool' && end.name !== MESSAGE.name ? [end.name] : [];
      }),
  );
