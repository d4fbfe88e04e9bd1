// Whose data a tool may touch, one rule for all of them. Reading: anybody's, with a warning unless it is the caller's.
// Changing: the contact of the number that calls, and another's only for who knows both its name and its phone.
import { parsePhoneNumber } from '../../base/phone-number.ts';
import type { Contact } from '../../crm/crm.ts';
import { nameRank, sameName } from '../../crm/names.ts';
import type { JsonObject } from '../../live/session.ts';
import { movedIn, noteMoved } from './moved-entries.ts';
import { ToolRefusal } from '../refusal.ts';
import type { ToolContext } from '../tool.ts';

export interface Identity {
  /** E.164. */
  readonly phone?: string | undefined;
  readonly email?: string | undefined;
  readonly name?: string | undefined;
}

/** `own`: the call comes from their number. `ask`: what the model is told instead. */
export type Found =
  | { readonly is: 'one'; readonly contact: Contact; readonly own: boolean }
  | { readonly is: 'ask'; readonly tell: JsonObject };

/** More names than this cannot be told apart by ear. */
const MOST_NAMES = 5;
/** Of these, those with one phone number are looked for: the name may be a common one. */
const MOST_NAMESAKES = 100;

const NOBODY =
  'Do not look this up again; ask for another name or number only if you need one, or go on without it.';
const nobody = (has: string): Found => ({ is: 'ask', tell: { found: 0, message: `${has} ${NOBODY}` } });

/** With no identity it is whoever calls. What is given first counts most: a phone that nobody has gives way to a name. */
export async function whoseToRead({ phone, email, name }: Identity, context: ToolContext): Promise<Found> {
  const { crm, signal, caller } = context;
  const calling = parsePhoneNumber(caller);
  const isOther = phone !== undefined || email !== undefined || name !== undefined;
  if (!isOther && calling === undefined)
    return nobody("The caller's number is withheld, so they are not known by it.");
  const number = isOther ? phone : calling;
  // A CRM may know more numbers of somebody than the one that it shows.
  const byNumber = number && (await byPhone(number, context));
  if (byNumber)
    return { is: 'one', contact: byNumber, own: number === calling || (await isCalling(byNumber, context)) };
  const byEmail = email && (await crm.findByEmail(email, signal));
  if (byEmail) return { is: 'one', contact: byEmail, own: await isCalling(byEmail, context) };
  if (name !== undefined) return byName(name, context);
  return nobody(`Nobody in the records has this ${number === undefined ? 'e-mail address' : 'number'}.`);
}

async function byName(name: string, context: ToolContext): Promise<Found> {
  const { crm, signal } = context;
  const matches = await crm.findByName(name, MOST_NAMES, signal);
  const namesakes = matches.filter((contact) => sameName(contact.name, name));
  const meant = namesakes.length > 0 ? namesakes : matches;
  const [contact, ...others] = meant;
  if (contact === undefined) return nobody('Nobody in the records has this name.');
  if (others.length === 0) return { is: 'one', contact, own: await isCalling(contact, context) };
  const names = [...new Set(meant.map((contact) => contact.name))];
  const message =
    names.length === 1
      ? 'Several people have this very name. Ask for the phone number they are registered with, then look that up.'
      : 'Several people fit. Ask the caller which of them is meant, then look up that full name.';
  return { is: 'ask', tell: { found: meant.length, names, message } };
}

/** Said beside everything that is told of somebody. */
export const warning = (own: boolean): string =>
  own
    ? "The call comes from this person's own number."
    : "The call does not come from this person's number: be sure that you speak with them before you tell any fact.";

const NEEDS_BOTH =
  'For somebody whose number the call does not come from, both the full name and the phone number that they are ' +
  'registered with are needed. Ask the caller for both.';
const NOT_TOGETHER =
  'Nobody is registered with this name and this phone number together. Ask the caller for both once more, or offer to ' +
  'take a message.';
const OTHER_NAME =
  "The caller's number is registered under another name. Ask for the full name that it is registered under, or offer to " +
  'take a message.';
const SHARED =
  'Several people are registered with the number that calls. Ask for the full name that theirs is registered under, or ' +
  'offer to take a message.';
const TWICE =
  'Several people fit this name and this phone number, so nothing was changed. Offer to take a message.';

/**
 * The contact to change; undefined when the number, given or calling, is nobody's, or when several share it and no name
 * was given, or that of none of them. Throws ToolRefusal when who asks has not shown that it is theirs.
 */
export async function whoseToChange(
  { name, phone }: Pick<Identity, 'name' | 'phone'>,
  context: ToolContext,
): Promise<Contact | undefined> {
  const calling = parsePhoneNumber(context.caller);
  const number = phone ?? calling;
  if (number === undefined) return undefined;
  if (number !== calling && name === undefined) throw new ToolRefusal(NEEDS_BOTH);
  const contact = await byPhone(number, context);
  if (name === undefined) return contact;
  if (contact === undefined) return sharing(number, name, context);
  if (number === calling ? resembles(name, contact.name) : isWholeName(name, contact.name)) return contact;
  throw new ToolRefusal(number === calling ? OTHER_NAME : NOT_TOGETHER);
}

/** Who of those that share the number has this name: by its number alone a CRM finds none of them. */
async function sharing(number: string, name: string, context: ToolContext): Promise<Contact | undefined> {
  const named = await context.crm.findByName(name, MOST_NAMESAKES, context.signal);
  const matches = named.filter(({ phone }) => phone === number);
  if (matches.length === 0) return undefined;
  const namesakes = matches.filter((contact) => sameName(contact.name, name));
  const meant =
    namesakes.length > 0 ? namesakes : matches.filter((contact) => isWholeName(name, contact.name));
  if (meant.length > 1) throw new ToolRefusal(TWICE);
  if (meant.length === 0)
    throw new ToolRefusal(number === parsePhoneNumber(context.caller) ? SHARED : NOT_TOGETHER);
  return meant[0];
}

/** As `whoseToChange`, for what only a known contact has. */
export async function knownToChange(
  identity: Pick<Identity, 'name' | 'phone'>,
  context: ToolContext,
): Promise<Contact> {
  const contact = await whoseToChange(identity, context);
  if (contact !== undefined) return contact;
  const isOther = identity.phone !== undefined && identity.phone !== parsePhoneNumber(context.caller);
  throw new ToolRefusal(
    isOther
      ? NOT_TOGETHER
      : `The number that calls is not in the records as that of one person alone. ${NEEDS_BOTH}`,
  );
}

/**
 * Whether the call comes from a number that is theirs alone: a CRM may know more of them than the one that it shows, and
 * may show one that they share.
 */
export async function isCalling({ id }: Contact, context: ToolContext): Promise<boolean> {
  const calling = parsePhoneNumber(context.caller);
  return calling !== undefined && (await byPhone(calling, context))?.id === id;
}

/** Whoever calls has changed their own number, and is to be known by the one that they call from for the rest of the call. */
export function keepCaller({ id }: Contact, { callId, caller }: ToolContext): void {
  const calling = parsePhoneNumber(caller);
  if (calling !== undefined) noteMoved(callId, calling, id);
}

async function byPhone(
  number: string,
  { callId, caller, crm, signal }: ToolContext,
): Promise<Contact | undefined> {
  const found = await crm.findByPhone(number, signal);
  const moved = number === parsePhoneNumber(caller) ? movedIn(callId, number) : undefined;
  return found ?? (moved === undefined ? undefined : crm.findById(moved, signal));
}

/** Whoever calls from their own number may be called less than their whole name, or more. */
const resembles = (said: string, name: string): boolean =>
  nameRank(said, name) !== undefined || nameRank(name, said) !== undefined;

/** A first name alone is too easily guessed: the whole name, or two different words of it. */
const isWholeName = (said: string, name: string): boolean =>
  sameName(said, name) ||
  (nameRank(said, name) === 1 && new Set(said.toLowerCase().match(/[\p{L}\p{M}]+/gu)).size > 1);
