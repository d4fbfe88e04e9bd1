// Rows of campaigns and attempts, and what the code sees of them. Asks nothing.
import { sql, type Kysely, type RawBuilder, type Transaction } from 'kysely';
import type { CallId } from '../base/ids.ts';
import type { PhoneNumber } from '../base/phone-number.ts';
import type { Fields } from '../agents/instructions.ts';
import type { AnsweredBy } from '../call/answered-by.ts';
import type { CallStatus } from '../carrier/webhooks.ts';
import { storableJsonText } from '../store/storable.ts';
import type { Tables } from '../store/tables.ts';
import type { Disposition } from '../tools/dispositions.ts';
import type { Attempt, AttemptOutcome, AttemptState } from './attempt.ts';
import type { DueContact } from './dial-rules.ts';
import type { Campaign, CampaignState } from './store.ts';

export type Db = Kysely<Tables>;
export type One = Transaction<Tables>;

export interface CampaignRow {
  readonly id: string;
  readonly name: string;
  readonly profile: string;
  readonly settings: unknown;
  readonly state: CampaignState;
  readonly paused_by: string | null;
  readonly created_at: Date;
  readonly starts_at: Date | null;
  readonly started_at: Date | null;
  readonly ended_at: Date | null;
  readonly cloned_from: string | null;
}

export interface AttemptRow {
  readonly id: string;
  readonly campaign_id: string | null;
  readonly contact_id: string | null;
  readonly number: number;
  readonly profile: string;
  readonly to_number: PhoneNumber;
  readonly from_number: PhoneNumber;
  readonly variables: Fields;
  readonly state: AttemptState;
  readonly call_id: CallId | null;
  readonly status: CallStatus | null;
  readonly sip_code: number | null;
  readonly answered_by: AnsweredBy | null;
  readonly disposition: Disposition | null;
  readonly spoken: boolean;
  readonly abandoned: boolean;
  readonly message_left: boolean;
  /** Parts of them, in words. */
  readonly first_words_missing: string | null;
  readonly claimed_at: Date;
  readonly answered_at: Date | null;
  readonly ended_at: Date | null;
  readonly outcome: AttemptOutcome | null;
  /** Why we ended it ourselves, or the carrier would not take it. */
  readonly cause: string | null;
}

export interface ContactRow {
  readonly id: string;
  readonly to_number: PhoneNumber;
  readonly time_zone: string | null;
  readonly region: string | null;
  readonly variables: Fields;
  readonly state: string;
  readonly attempts: number;
}

export const campaignFrom = (row: CampaignRow): Campaign => ({
  id: row.id,
  name: row.name,
  profile: row.profile,
  settings: row.settings,
  state: row.state,
  pausedBy: row.paused_by ?? undefined,
  createdAtMs: row.created_at.getTime(),
  startsAtMs: row.starts_at?.getTime(),
  startedAtMs: row.started_at?.getTime(),
  endedAtMs: row.ended_at?.getTime(),
  clonedFrom: row.cloned_from ?? undefined,
});

export const attemptFrom = (row: AttemptRow): Attempt => ({
  id: row.id,
  campaignId: row.campaign_id ?? undefined,
  contactId: row.contact_id ?? undefined,
  number: row.number,
  profile: row.profile,
  to: row.to_number,
  from: row.from_number,
  variables: row.variables,
  state: row.state,
  callId: row.call_id ?? undefined,
  status: row.status ?? undefined,
  answeredBy: row.answered_by ?? undefined,
  disposition: row.disposition ?? undefined,
});

export const contactFrom = (row: ContactRow): DueContact => ({
  id: row.id,
  to: row.to_number,
  timeZone: row.time_zone ?? undefined,
  region: row.region ?? undefined,
  variables: row.variables,
  attempts: row.attempts,
});

export const at = (epochMs: number): RawBuilder<Date> => sql<Date>`${new Date(epochMs)}::timestamptz`;

export const json = (value: unknown): RawBuilder<unknown> => sql`${storableJsonText(value)}::jsonb`;

/** So long ago. */
export const before = (nowMs: number, ms: number): RawBuilder<Date> => at(nowMs - ms);
