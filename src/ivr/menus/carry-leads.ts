// What imported prompts and leads amount to: texts put before leads, and what of leads an imported menu asks. Pure.
import { choicesIn } from '../../agents/keypad-menu-words.ts';
import type { Leads } from '../../agents/keypad-menu.ts';
import type { OldChoice, OldMenu, OldNode, OldPrompt } from './old-menu.ts';

/** What a caller gets where nothing else was left. */
export const MESSAGE: Leads = { to: 'tool', name: 'take_message' };

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

export const endsInVoicemail = (leads: Leads | undefined): boolean =>
  leads?.to === 'voicemail' || (leads?.to === 'say' && endsInVoicemail(leads.then));

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

/** What the target of a choice was called: without words there is no better name. */
export function placeOf({ nodes }: OldMenu, { key, next = '' }: OldChoice): string {
  const where = nodes.get(next)?.where ?? next;
  return where.replaceAll(/ \(.*\)$|\.xml$|Digits=|[^/]*\//g, ' ') || `key ${key}`;
}
