// What is to be done with voicemails, in PostgreSQL: taken on one at a time by any number of processes. Knows neither the
// carrier nor those whom a message is brought to. Times are the caller's, as those in the records are.
import { sql, type RawBuilder } from 'kysely';
import { callId } from '../../base/ids.ts';
import type { Database } from '../../store/database.ts';
import { storableText } from '../storable.ts';
import type { DeliveryState, Stage } from './entry.ts';
import type { Message } from './message.ts';

export interface Delivery {
  readonly n: number;
  readonly target: string;
  readonly state: DeliveryState;
  readonly tries: number;
  readonly after: Date;
}

/** A voicemail that this process alone works on, until it is settled or the claim has run out. */
export interface Job {
  readonly message: Omit<Message, 'deliverTo' | 'transcribe' | 'keepDays' | 'rehearsal'>;
  readonly claim: number;
  readonly stage: Exclude<Stage, 'over'>;
  /** In this stage, with this one. */
  readonly tries: number;
  /** erased: nobody is to have it any more, and the carrier is told so. */
  readonly sound: 'due' | 'kept' | 'none' | 'lost' | 'erased';
  readonly words: 'off' | 'due' | 'done' | 'none' | 'failed';
  readonly transcript: string | undefined;
  /** After it was delivered. */
  readonly keeps: boolean;
  readonly deliveries: readonly Delivery[];
}

/** What came of a claim; what is left out stays as it is. */
export interface Change {
  /** Left out: the same once more. */
  readonly stage?: Stage;
  readonly after: Date;
  readonly sound?: Job['sound'];
  readonly heldBy?: string;
  readonly words?: Job['words'];
  readonly transcript?: string;
  readonly durationMs?: number;
}

export type Outcome = (
  { readonly is: 'done' | 'failed' | 'in-doubt' } | { readonly is: 'due'; readonly after: Date }
) & { readonly cause?: string };

export interface VoicemailQueue {
  /** One that is known stays as it is. */
  add(message: Message): Promise<void>;
  claim(now: Date): Promise<Job | undefined>;
  /** False: it is not that claim's any more, or was deleted. */
  settle(job: Job, change: Change): Promise<boolean>;
  /** Written before anything is sent: whoever finds it later knows that it may have been. False as for `settle`. */
  begin(job: Job, n: number): Promise<boolean>;
  settleDelivery(job: Job, n: number, outcome: Outcome): Promise<void>;
  /** False once it was deleted, or erased. */
  knows(id: string): Promise<boolean>;
  /** Of these, those that were never added; one that was erased is known for days. */
  unknown(ids: readonly string[]): Promise<readonly string[]>;
  /**
   * Over, and nothing is left but its id, so that the carrier may tell of it once more, and where its sound was: whoever
   * has that sees to it.
   */
  erase(job: Job, now: Date): Promise<void>;
}

/** Beyond the length of its sound, which a model listens to as it is: every single thing takes a minute at most. */
const CLAIM_HOLDS_MS = 600_000;
/** Carriers repeat a callback within minutes, by hand within days. */
export const ID_STAYS_MS = 2 * 86_400_000;
const DAY_MS = 86_400_000;

interface Row {
  id: string;
  call_id: string;
  profile: string;
  from_number: string;
  to_number: string;
  language: string;
  time_zone: string;
  model: string | null;
  recorded_at: Date;
  duration_ms: number;
  stage: Job['stage'];
  claim: number;
  tries: number;
  sound: Job['sound'];
  words: Job['words'];
  transcript: string | null;
  keeps: boolean;
  deliveries: (Omit<Delivery, 'after'> & { after: string })[];
}

/** `rehearsal`: a process works on messages of its own kind. */
export function createVoicemailQueue({ sql: db }: Pick<Database, 'sql'>, rehearsal: boolean): VoicemailQueue {
  const isClaimed = ({ message, claim }: Job): RawBuilder<boolean> =>
    sql`v.id = ${message.id} and v.claim = ${claim}`;
  return {
    async add(message) {
      const at = new Date(message.recordedAtMs);
      const until =
        message.keepDays === 'forever' || message.keepDays === 0
          ? null
          : new Date(message.recordedAtMs + message.keepDays * DAY_MS);
      const [profile, from, to] = [message.profile, message.from, message.to].map((text) =>
        storableText(text),
      );
      await sql`
        with added as (
          insert into liveline.voicemails (id, call_id, profile, from_number, to_number, language, time_zone, model,
            rehearsal, recorded_at, duration_ms, after, words, keeps, delete_after)
          values (${message.id}, ${message.callId}, ${profile}, ${from}, ${to}, ${message.language},
            ${message.timeZone}, ${message.model ?? null}, ${message.rehearsal}, ${at}::timestamptz,
            ${Math.round(message.durationMs)}, ${at}::timestamptz, ${message.transcribe ? 'due' : 'off'},
            ${message.keepDays !== 0}, ${until}::timestamptz)
          on conflict (id) do nothing returning id
        )
        insert into liveline.voicemail_deliveries (voicemail_id, n, target, after)
        select added.id, t.n, t.target, ${at}::timestamptz
        from added, unnest(${[...new Set(message.deliverTo)]}::text[]) with ordinality as t (target, n)`.execute(
        db,
      );
    },

    async claim(now) {
      const { rows } = await sql<Row>`
        with claimed as (
          update liveline.voicemails v
          set claim = v.claim + 1, tries = v.tries + 1,
            after = ${new Date(now.getTime() + CLAIM_HOLDS_MS)}::timestamptz + make_interval(secs => v.duration_ms / 1000.0)
          from (
            select id from liveline.voicemails
            where stage <> 'over' and after <= ${now}::timestamptz and rehearsal = ${rehearsal}
            order by after limit 1 for no key update skip locked
          ) due
          where v.id = due.id returning v.*
        )
        select c.*, (
          select coalesce(json_agg(json_build_object('n', n, 'target', target, 'state', state, 'tries', tries,
            'after', after) order by n), '[]')
          from liveline.voicemail_deliveries where voicemail_id = c.id
        ) as deliveries
        from claimed c`.execute(db);
      return rows[0] && jobOf(rows[0]);
    },

    async settle(job, { stage, after, sound, heldBy, words, transcript, durationMs }) {
      const { numAffectedRows } = await sql`
        update liveline.voicemails v set after = ${after}::timestamptz,
          stage = ${stage ?? job.stage}, tries = ${stage === undefined ? job.tries : 0},
          sound = ${sound ?? job.sound}, held_by = coalesce(${heldBy ?? null}, held_by), words = ${words ?? job.words},
          transcript = coalesce(${transcript === undefined ? null : storableText(transcript)}, transcript),
          duration_ms = ${Math.round(durationMs ?? job.message.durationMs)}
        where ${isClaimed(job)}`.execute(db);
      return numAffectedRows === 1n;
    },

    async begin(job, n) {
      const { numAffectedRows } = await sql`
        update liveline.voicemail_deliveries d set state = 'begun', tries = d.tries + 1
        from liveline.voicemails v
        where ${isClaimed(job)} and d.voicemail_id = v.id and d.n = ${n} and d.state = 'due'`.execute(db);
      return numAffectedRows === 1n;
    },

    async settleDelivery({ message }, n, outcome) {
      await sql`
        update liveline.voicemail_deliveries set state = ${outcome.is}, cause = ${outcome.cause ?? null},
          after = coalesce(${outcome.is === 'due' ? outcome.after : null}::timestamptz, after)
        where voicemail_id = ${message.id} and n = ${n} and (${outcome.is} = 'done' or state = 'begun')`.execute(
        db,
      );
    },

    async knows(id) {
      const { rows } = await sql`
        select from liveline.voicemails where id = ${id} and sound <> 'erased'`.execute(db);
      return rows.length > 0;
    },

    async unknown(ids) {
      const { rows } = await sql<{ id: string }>`
        select id from liveline.voicemails where id = any(${ids}::text[])`.execute(db);
      const known = new Set(rows.map(({ id }) => id));
      return ids.filter((id) => !known.has(id));
    },

    async erase(job, now) {
      await sql`
        with gone as (delete from liveline.voicemail_deliveries where voicemail_id = ${job.message.id})
        update liveline.voicemails v set stage = 'over', sound = 'erased', words = 'off', transcript = null,
          from_number = '', to_number = '', duration_ms = 0,
          delete_after = ${new Date(now.getTime() + ID_STAYS_MS)}::timestamptz
        where ${isClaimed(job)}`.execute(db);
    },
  };
}

const jobOf = (row: Row): Job => ({
  message: {
    id: row.id,
    callId: callId(row.call_id),
    profile: row.profile,
    from: row.from_number,
    to: row.to_number,
    language: row.language,
    timeZone: row.time_zone,
    model: row.model ?? undefined,
    recordedAtMs: row.recorded_at.getTime(),
    durationMs: row.duration_ms,
  },
  claim: row.claim,
  stage: row.stage,
  tries: row.tries,
  sound: row.sound,
  words: row.words,
  transcript: row.transcript ?? undefined,
  keeps: row.keeps,
  deliveries: row.deliveries.map((each) => ({ ...each, after: new Date(each.after) })),
});
