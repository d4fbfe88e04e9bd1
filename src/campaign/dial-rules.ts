// The door to the rules of one campaign, as the dialler goes by them. What they say is in files of their own; each of them is
// pure, and gets its time and facts handed in.
import type { PhoneNumber } from '../base/phone-number.ts';
import type { Fields } from '../agents/instructions.ts';
import type { Machines } from '../call/placed-calls.ts';
import type { OutboundCall } from '../carrier/control.ts';
import type { Disposition } from '../tools/dispositions.ts';
import type { AttemptOutcome } from './attempt.ts';
import type { Verdict } from './audit.ts';
import type { BreakerFacts } from './breakers.ts';
import type { PastCall } from './caps.ts';
import type { Consent } from './consent.ts';
import type { SuppressionList } from './do-not-call.ts';
import type { AttemptFacts, ContactFacts, Next } from './outcome.ts';
import type { CallerIdChoice, CallerIdUse } from './pacing.ts';

/** Whom the rules are asked about. */
export interface DueContact {
  /** Of a campaign; '' for one call of no campaign. */
  readonly id: string;
  readonly to: PhoneNumber;
  readonly timeZone: string | undefined;
  readonly region: string | undefined;
  readonly variables: Fields;
  /** Before this one. */
  readonly attempts: number;
}

/** An attempt on a number, of whichever campaign, or of none. */
export interface PastDial extends PastCall {
  readonly from: PhoneNumber;
}

/** What is known of a number, in all campaigns together. */
export interface NumberFacts {
  readonly consents: readonly Consent[];
  readonly isOptedOut: boolean;
  /** Those that the campaign names; one that was never imported is left out. */
  readonly lists: readonly SuppressionList[];
  /** When it was, or may have been, called; oldest first. */
  readonly past: readonly PastDial[];
  /** It is, or may be, being called. */
  readonly isOpen: boolean;
}

/** What the agent's side can take, besides what the database knows. */
export interface Capacity {
  /** Calls at once; undefined: any number. */
  readonly callsAtOnce: number | undefined;
  /** Calls of the profile that are talked on. */
  readonly live: number;
  /** Of all profiles. `most`: sessions with the model; undefined: any number. */
  readonly model: { readonly most: number | undefined; readonly live: number };
}

/** Of the campaign as it is now. */
export interface PaceFacts {
  readonly nowMs: number;
  readonly startedAtMs: number;
  /** Of the account, and of the campaign if it has fewer. */
  readonly slots: number;
  /** Attempts of the campaign that ring, talk, or may do so. */
  readonly open: number;
  /** In all campaigns, and nobody has answered. */
  readonly ringing: { readonly ofProfile: number; readonly ofAll: number };
  readonly capacity: Capacity;
}

/** All that is known of an attempt once it is over. */
export interface EndedAttempt extends AttemptFacts {
  readonly isOptedOut: boolean;
}

/** `history`: of all attempts that were placed, this one the last, oldest first. */
export interface TriedContact {
  readonly contact: DueContact;
  readonly history: ContactFacts['history'];
  readonly disposition: Disposition | undefined;
}

/** What the dialler itself reads of the settings. */
export interface DialSettings {
  readonly profile: string;
  readonly callerIds: readonly PhoneNumber[];
  readonly suppressionLists: readonly string[];
  readonly callsPerSecond: number;
  readonly ringS: number;
  readonly detectsMachines: OutboundCall['detectsMachines'];
  /** As the call is told of it. Left out: as its profile has it. */
  readonly machines?: Machines | undefined;
  /** Epoch ms; the campaign ends then. */
  readonly endsAtMs: number | undefined;
  /** So many settled attempts the breaker looks at. */
  readonly breakerOver: number;
}

export interface DialRules {
  readonly settings: DialSettings;
  hours(contact: DueContact, nowMs: number): Verdict;
  consent(contact: DueContact, facts: NumberFacts, nowMs: number): Verdict;
  doNotCall(contact: DueContact, facts: NumberFacts, nowMs: number): Verdict;
  caps(contact: DueContact, facts: NumberFacts, nowMs: number): Verdict;
  callerId(contact: DueContact, facts: NumberFacts, uses: CallerIdUse): CallerIdChoice;
  /** Why this number is not called on any account, in words without it. */
  guard(to: PhoneNumber, from: PhoneNumber | undefined): string | undefined;
  howMany(facts: PaceFacts): { readonly calls: number; readonly because: string };
  breaker(
    facts: Omit<BreakerFacts, 'breakers'>,
  ): { readonly words: string; readonly rule: string } | undefined;
  outcome(attempt: EndedAttempt): AttemptOutcome;
  next(outcome: AttemptOutcome, of: TriedContact, nowMs: number): Next;
}

/** Throws what says why the settings of a campaign cannot be read. */
export type RulesOf = (settings: unknown) => DialRules;
