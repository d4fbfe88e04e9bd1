// The door to campaigns and attempts as they are kept: each function is one transaction, so that a process may die between
// any two of them. Times are the caller's. Knows no carrier.
import type { CallId } from '../base/ids.ts';
import type { PhoneNumber } from '../base/phone-number.ts';
import type { Fields } from '../agents/instructions.ts';
import type { AnsweredBy } from '../call/answered-by.ts';
import type { PlacedCall } from '../call/placed-calls.ts';
import type { CallStatus } from '../carrier/webhooks.ts';
import type { Disposition } from '../tools/dispositions.ts';
import type { Attempt } from './attempt.ts';
import type { AuditLine, AuditReading } from './audit.ts';
import type { BreakerFacts } from './breakers.ts';
import type { Capacity, DialRules } from './dial-rules.ts';

export type CampaignState = 'draft' | 'scheduled' | 'running' | 'paused' | 'stopped' | 'done';

export interface Campaign {
  readonly id: string;
  readonly name: string;
  readonly profile: string;
  /** As they were given; the rules are read of them. */
  readonly settings: unknown;
  readonly state: CampaignState;
  /** Undefined: it is not paused, or a person paused it. */
  readonly pausedBy: string | undefined;
  readonly createdAtMs: number;
  readonly startsAtMs: number | undefined;
  readonly startedAtMs: number | undefined;
  readonly endedAtMs: number | undefined;
  readonly clonedFrom: string | undefined;
}

/** An attempt that nobody but this process may place, for SEND_WITHIN_MS from its claim. */
export interface Claimed {
  readonly id: string;
  readonly campaignId: string | undefined;
  readonly profile: string;
  readonly to: PhoneNumber;
  readonly from: PhoneNumber;
  readonly variables: Fields;
  readonly claimedAtMs: number;
}

export interface ClaimQuestion {
  readonly campaignId: string;
  readonly rules: DialRules;
  /** So many contacts are looked at, at most. */
  readonly contacts: number;
  readonly nowMs: number;
  readonly capacity: Capacity;
  /** Calls a second that the account may place. */
  readonly accountCallsPerSecond: number;
}

/**
 * `claimed`: these were decided, in this very transaction · `full`: no call may be placed just now · `idle`: nobody is due ·
 * `over`: nobody is left, and the campaign is done · `not-running`.
 */
export type Claim =
  | { readonly is: 'claimed'; readonly dials: readonly Claimed[]; readonly looked: number }
  | { readonly is: 'full' | 'idle' | 'over' | 'not-running' };

/** One call, of no campaign. */
export interface SingleClaim {
  readonly rules: DialRules;
  readonly profile: string;
  readonly to: PhoneNumber;
  readonly variables: Fields;
  readonly nowMs: number;
  readonly accountCallsPerSecond: number;
  /** For the audit. */
  readonly facts: Readonly<Record<string, unknown>>;
}
export type SingleClaimed =
  | { readonly is: 'claimed'; readonly dial: Claimed }
  | { readonly is: 'full' }
  | { readonly is: 'refused'; readonly rule: string; readonly words: string };

/** What the carrier, or the call itself, tells of an attempt. */
export interface Told {
  readonly attempt: string;
  readonly call: CallId;
  readonly status?: CallStatus | undefined;
  readonly sipCode?: number | undefined;
  /** The carrier's own; what the call found out itself outweighs it. */
  readonly answeredBy?: AnsweredBy | undefined;
  /** Why we ended it ourselves. */
  readonly cause?: string | undefined;
}

/**
 * `taken`: it is the attempt's call · `stray`: it must not go on: another call took its place, or nobody may be called any
 * more · `unknown`: there is no such attempt.
 */
export type Taken = 'taken' | 'stray' | 'unknown';

/** An attempt that somebody has to look at, for this process alone until its lease is over. */
export interface DueAttempt extends Attempt {
  readonly claimedAtMs: number;
}

/** Why an attempt is void, and when its contact is due again. */
export interface Voiding {
  readonly rule: string;
  readonly words: string;
  readonly againAtMs: number;
  /** Nothing but the time that has passed says so. */
  readonly byTime?: boolean | undefined;
}

export interface QueuedAttempt {
  readonly id: string;
  readonly callId: CallId;
  /** Undefined: one call, of none. */
  readonly campaign: Campaign | undefined;
  readonly isOptedOut: boolean;
  readonly status: CallStatus | undefined;
  readonly to: PhoneNumber;
  readonly timeZone: string | undefined;
  readonly region: string | undefined;
}

export interface AttemptStore {
  /** Throws CLOCK_APART: by this clock nothing is to be decided. What is told is written down by the database's then. */
  trustClock(): Promise<void>;
  /** Throws CLOCK_APART, as `claimSingle` does. */
  claim(question: ClaimQuestion): Promise<Claim>;
  claimSingle(question: SingleClaim): Promise<SingleClaimed>;
  /** What the carrier tells, in any order and more than once. */
  told(told: Told, nowMs: number): Promise<Taken>;
  /** It is claimed, its campaign runs, and they have not opted out since. */
  maySend(attempt: string): Promise<boolean>;
  /**
   * Nobody was called. False: it is not `claimed` any more, or somebody holds its contact just now, and it stays as it is: it is
   * looked for at the carrier, and given up later. Throws CLOCK_APART when time is what says so.
   */
  giveUp(attempt: string, why: Voiding, nowMs: number): Promise<boolean>;
  /** The carrier will not place it. False: it is not `claimed` any more. */
  refused(attempt: string, cause: string, nowMs: number): Promise<boolean>;
  /** Those that it is time to look at: to settle them, or to ask the carrier. */
  takeDue(todo: 'settle' | 'ask', nowMs: number, most: number): Promise<readonly DueAttempt[]>;
  /** It is looked at again then, whatever its lease was. */
  lookAgain(attempt: string, atMs: number): Promise<void>;
  /**
   * Ended, and all is told: contact and attempt change together. False: it was not to be settled any more, or somebody holds its
   * contact just now, and it is settled after its lease.
   */
  settle(attempt: string, rulesOf: (campaign: Campaign) => DialRules, nowMs: number): Promise<boolean>;
  /** They have answered. Undefined: nobody is to talk with them. */
  answered(attempt: string, call: CallId, nowMs: number): Promise<PlacedCall | undefined>;
  /** By the call itself, also after it was settled. False: the call is none of ours. */
  answeredBy(call: CallId, by: AnsweredBy, nowMs: number): Promise<boolean>;
  /** In time. */
  spoken(call: CallId, nowMs: number): Promise<boolean>;
  /** `cause`: why, for a person. */
  abandoned(call: CallId, cause: string, nowMs: number): Promise<boolean>;
  messageLeft(call: CallId, nowMs: number): Promise<boolean>;
  /** They did so before a word of ours could be heard. */
  hungUp(call: CallId, nowMs: number): Promise<boolean>;
  /** These of the first words were not said. */
  firstWordsMissing(call: CallId, parts: readonly string[], nowMs: number): Promise<boolean>;
  disposed(call: CallId, disposition: Disposition, nowMs: number): Promise<boolean>;
  /** The carrier has them, and nobody has picked up. */
  unanswered(): Promise<readonly QueuedAttempt[]>;
  breakerCounts(campaignId: string, over: number, nowMs: number): Promise<Omit<BreakerFacts, 'breakers'>>;
  /** The attempt, or whatever else of ours, that a call of that id belongs to. */
  ownerOf(call: CallId): Promise<string | undefined>;
}

/** From which states, to which one; and why, for the audit. */
export interface Move {
  readonly to: CampaignState;
  readonly from: readonly CampaignState[];
  readonly rule: string;
  readonly nowMs: number;
  readonly pausedBy?: string | undefined;
  readonly startsAtMs?: number | undefined;
}

export interface NewCampaign {
  readonly name: string;
  readonly profile: string;
  readonly settings: unknown;
  readonly startsAtMs: number | undefined;
  readonly nowMs: number;
}

export interface Progress {
  /** Contacts by state. */
  readonly contacts: Readonly<Record<string, number>>;
  /** Contacts by what came of their last attempt. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** Attempts by state. */
  readonly attempts: Readonly<Record<string, number>>;
  /** Contacts that wait, by the rule that said so last. */
  readonly waits: Readonly<Record<string, number>>;
  /** Contacts that came to their end within the last ten minutes. */
  readonly endedLately: number;
  /** Epoch ms: nobody is due before. */
  readonly nextAtMs: number | undefined;
  /** Epoch ms: all who wait are due by then. */
  readonly lastAtMs: number | undefined;
}

export interface ResultRow {
  readonly contactId: string;
  readonly to: string;
  readonly state: string;
  readonly outcome: string | undefined;
  readonly attempts: number;
  readonly lastAttempt:
    | {
        readonly id: string;
        readonly from: string;
        readonly callId: string | undefined;
        readonly status: string | undefined;
        readonly answeredBy: string | undefined;
        readonly disposition: Disposition | undefined;
        readonly claimedAtMs: number;
        readonly answeredAtMs: number | undefined;
        readonly endedAtMs: number | undefined;
        readonly cause: string | undefined;
      }
    | undefined;
  readonly variables: Fields;
}

export interface CampaignStore {
  /** Throws CAMPAIGN_CONFLICT when the name is taken. */
  create(campaign: NewCampaign): Promise<Campaign>;
  /** With the contacts of it whose outcome is one of these, each due at once. */
  clone(id: string, name: string, outcomes: readonly string[], nowMs: number): Promise<Campaign | undefined>;
  get(id: string): Promise<Campaign | undefined>;
  list(states?: readonly CampaignState[]): Promise<readonly Campaign[]>;
  /** Undefined: it is not in one of those states. */
  move(id: string, move: Move): Promise<Campaign | undefined>;
  /** Contacts of stopped campaigns wait for nothing any more; some at a time. How many. */
  stopContacts(nowMs: number): Promise<number>;
  progress(id: string, nowMs: number): Promise<Progress>;
  results(id: string, afterContact: string, most: number): Promise<readonly ResultRow[]>;
  /** `afterLine`: the id of the last one that was read, '' for none. */
  audit(
    id: string,
    afterLine: string,
    most: number,
    which?: AuditReading,
  ): Promise<readonly (AuditLine & { id: string })[]>;
  /** Whatever was decided about one number, in a campaign or in none. */
  auditOfNumber(
    to: PhoneNumber,
    afterLine: string,
    most: number,
    which?: AuditReading,
  ): Promise<readonly (AuditLine & { id: string })[]>;
}
