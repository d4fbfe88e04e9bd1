// What the rules of a CRM are written with: the traits of the one under test, and short ways to its world.
import { expect, type TestContext } from 'vitest';
import { LivelineError } from '../../src/base/errors.ts';
import type { Contact, Crm } from '../../src/crm/crm.ts';
import { NOW_MS, type World } from './crm-world.ts';

/**
 * What a CRM may have nothing of; it then throws CRM_UNSUPPORTED. `facts`: it keeps none beyond its own fields, and
 * throws nothing. `orders`, `tickets`, `messages`: they cannot be read. `new-…`: they cannot be made.
 */
export type Lack =
  | 'facts'
  | 'writing-contacts'
  | 'appointments'
  | 'booking'
  | 'orders'
  | 'tickets'
  | 'messages'
  | 'new-tickets'
  | 'new-messages'
  | 'calls';

export interface CrmTraits {
  readonly keepsKeys: boolean;
  /** Its search finds José where Jose was asked for. True unless said. */
  readonly folds?: boolean;
  /** Two booked appointments never overlap. True unless said. */
  readonly refusesOverlaps?: boolean;
  readonly lacks?: readonly Lack[];
}

export type OpenCrm = (world: World, context: Pick<TestContext, 'onTestFinished'>) => Promise<Crm>;

export interface CrmRig {
  readonly open: OpenCrm;
  readonly traits: Required<CrmTraits>;
  readonly has: (needed: Lack) => boolean;
  /** `{ facts }`, or nothing where the CRM keeps none. */
  readonly withFacts: (facts: Contact['facts']) => { facts?: Contact['facts'] };
}

export const rigOf = (open: OpenCrm, given: CrmTraits): CrmRig => {
  const traits = { folds: true, refusesOverlaps: true, lacks: [], ...given };
  const has = (needed: Lack): boolean => !traits.lacks.includes(needed);
  return { open, traits, has, withFacts: (facts) => (has('facts') ? { facts } : {}) };
};

export const MINUTE_MS = 60_000;
export const DAY_MS = 86_400_000;
/** A signal that never fires. */
export const go = (): AbortSignal => new AbortController().signal;
export const names = (contacts: readonly Contact[]): string[] => contacts.map(({ name }) => name);
export const failing = (code: string): unknown => expect.objectContaining({ code });
export const ABORTED: unknown = expect.objectContaining({ name: 'AbortError' });

const idOf = async (crm: Crm, phone: string): Promise<string> => {
  const contact = await crm.findByPhone(phone, go());
  if (contact === undefined) throw new Error(`the world has nobody under ${phone}`);
  return contact.id;
};
/** Ids as this CRM has them. */
export const anaIn = (crm: Crm): Promise<string> => idOf(crm, '+15550100102');
export const annaIn = (crm: Crm): Promise<string> => idOf(crm, '+15550100101');

export const booking = (contactId: string, inMinutes = 0, minutes = 30) => ({
  contactId,
  // Far from every appointment of the world.
  startsAtMs: NOW_MS + 30 * DAY_MS + inMinutes * MINUTE_MS,
  minutes,
  about: 'a filling',
});

/** For what may be refused, but not break: undefined when it was. */
export function refused(thrown: unknown): undefined {
  expect(thrown).toBeInstanceOf(LivelineError);
  expect(thrown).toEqual(failing('CRM_REFUSED'));
}

/** Some stores take neither U+0000 nor half a surrogate pair, and some trim or break lines their way: all else stays. */
export const tame = (text: string | undefined): string | undefined =>
  text
    ?.replaceAll(/[\0\ufffd]/g, '')
    .toWellFormed()
    .replaceAll('\ufffd', '')
    .replaceAll(/\s+/g, ' ')
    .trim();
