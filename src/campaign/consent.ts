// Whether a number may be called as far as consent goes. Pure, over what is on record; knows no database.
import type { Verdict } from './audit.ts';
import type { PastCall } from './caps.ts';
import type { ConsentNeeded } from './settings.ts';

export interface Consent {
  /** Of the record. */
  readonly id: string;
  /** `express` and `written` are known here; any other is no consent for us. */
  readonly kind: string;
  readonly givenAtMs: number;
  /** Undefined: it holds until it is taken back. */
  readonly expiresAtMs: number | undefined;
  /** To whom; empty: nobody was named. */
  readonly seller: string;
}

export interface ConsentFacts {
  /** Those of the number. */
  readonly consents: readonly Consent[];
  /** The number is on the list of those who asked to be called no more. Undefined: nobody could say, so it may be. */
  readonly isOptedOut: boolean | undefined;
  /** What it asks for where the number may be; it counts beside what the campaign asks for. */
  readonly law: 'none' | 'express' | 'written';
  /** Calls to the number, of whichever campaign. */
  readonly past: readonly PastCall[];
}

/** What is written is express as well, and not the other way round (47 CFR 64.1200(f)(9)). */
const SATISFIED_BY: Readonly<Record<'express' | 'written', ReadonlySet<string>>> = {
  express: new Set(['express', 'written']),
  written: new Set(['written']),
};

/** One who opted out is called by nobody, however new a consent is: only a person takes them off that list. */
export function consentVerdict(needed: ConsentNeeded, facts: ConsentFacts, nowMs: number): Verdict {
  const never = (rule: string, words: string): Verdict => ({ may: 'never', rule, words, data: '' });
  if (facts.isOptedOut !== false) return never('consent.revoked', 'they asked to be called no more');
  const notTheirsAtMs = lastNotTheirs(facts.past);
  const notTheirs = never(
    'consent.not-theirs',
    'somebody else or a fax was reached there, and no consent is newer than that',
  );
  if (needed.kind === 'none-needed') {
    if (facts.law !== 'none')
      return never('consent.law', 'the calling rules there ask for consent, and the campaign for none');
    return notTheirsAtMs === undefined ? { may: 'ring', data: 'consent none-needed' } : notTheirs;
  }
  const kind = facts.law === 'written' ? 'written' : needed.kind;
  const kinds = SATISFIED_BY[kind];
  const ofKind = facts.consents.filter((one) => kinds.has(one.kind));
  if (ofKind.length === 0)
    return facts.consents.length === 0
      ? never('consent.missing', `there is no consent on record, and ${kind} is needed`)
      : never('consent.kind', `there is a consent on record, but ${kind} is needed`);
  const { seller = '' } = needed;
  const named = ofKind.filter((one) => fold(one.seller) === fold(seller));
  if (named.length === 0)
    return never(
      'consent.seller',
      fold(seller) === ''
        ? 'the consent on record names a seller, and the campaign none: write it into consent.seller'
        : `no consent on record names ${seller}`,
    );
  const theirs = named.filter(({ givenAtMs }) => notTheirsAtMs === undefined || givenAtMs > notTheirsAtMs);
  if (theirs.length === 0) return notTheirs;
  const given = theirs.filter(({ givenAtMs }) => givenAtMs <= nowMs);
  const [used] = given
    .filter(({ expiresAtMs }) => expiresAtMs === undefined || nowMs < expiresAtMs)
    .sort((one, other) => other.givenAtMs - one.givenAtMs);
  if (used !== undefined)
    return { may: 'ring', data: `consent ${used.id} (${used.kind}, ${dayIn(used.givenAtMs)})` };
  const words = 'the consent on record is dated in the future';
  const untilMs = Math.min(...theirs.map(({ givenAtMs }) => givenAtMs).filter((atMs) => atMs > nowMs));
  // Where it was given the day has begun already, and here it has not.
  if (Number.isFinite(untilMs)) return { may: 'wait', rule: 'consent.future', words, data: '', untilMs };
  return given.length === 0
    ? never('consent.future', words)
    : never('consent.expired', 'the consent on record has expired');
}

/** When it was found out last, epoch ms: consent that was given before is that of somebody else. */
function lastNotTheirs(past: readonly PastCall[]): number | undefined {
  const times = past.filter(({ outcome }) => outcome === 'wrong-number' || outcome === 'fax');
  return times.length === 0 ? undefined : Math.max(...times.map(({ atMs }) => atMs));
}

const fold = (name: string): string => name.normalize('NFKC').trim().replaceAll(/\s+/g, ' ').toLowerCase();

function dayIn(epochMs: number): string {
  const date = new Date(epochMs);
  return Number.isNaN(date.getTime()) ? 'no date' : date.toISOString().slice(0, 10);
}
