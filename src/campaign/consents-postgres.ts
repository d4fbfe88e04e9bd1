// The consents to be called that are on record, in PostgreSQL. What they allow is decided in consent.ts; those of a contacts
// file are written where it is read.
import { sql } from 'kysely';
import { canonicalNumber } from '../agents/canonical-number.ts';
import { LivelineError } from '../base/errors.ts';
import type { Clock } from '../base/clock.ts';
import type { PhoneNumber } from '../base/phone-number.ts';
import type { Database } from '../store/database.ts';
import { storable, storableJsonText } from '../store/storable.ts';
import type { Consent } from './consent.ts';

export interface NewConsent {
  /** E.164. */
  readonly number: string;
  readonly kind: 'express' | 'written';
  readonly givenAtMs: number;
  readonly expiresAtMs?: number | undefined;
  /** Where it was given, such as the address of a form. */
  readonly source: string;
  /** What they agreed to, word by word. */
  readonly wording?: string | undefined;
  /** To whom. */
  readonly seller?: string | undefined;
}

/** As it is on record, for people and for proof. */
export interface KeptConsent extends Consent {
  readonly number: PhoneNumber;
  readonly source: string;
  readonly wording: string;
  readonly addedAtMs: number;
}

export interface Consents {
  /**
   * All of them, or none; one that is on record already, by number, kind, moment, source and seller, is left as it is, but that
   * it ends when either says so, whichever is earlier. How many are new. Throws API_REQUEST_INVALID, naming the first that is none.
   */
  add(consents: readonly NewConsent[]): Promise<number>;
  /** Newest first. Throws API_REQUEST_INVALID for a number that is not E.164. */
  of(number: string): Promise<readonly KeptConsent[]>;
}

/** Rejects with what the driver throws. Everything waits until the database is there. Those of rehearsals are kept apart. */
export function createPostgresConsents(
  { sql: db, ready }: Pick<Database, 'sql' | 'ready'>,
  rehearsal: boolean,
  clock: Pick<Clock, 'epochMs'>,
): Consents {
  return {
    async add(consents) {
      const rows = storableJsonText(consents.map((consent, at) => rowOf(consent, at, clock.epochMs())));
      await ready();
      // xmax is 0 of a row that was not there before (PostgreSQL docs, System Columns).
      const { rows: written } = await sql<{ new: boolean }>`
        insert into liveline.consents as c (number, kind, given_at, expires_at, source, wording, seller, rehearsal)
        select number, kind, given_at, min(expires_at), source, (array_agg(wording order by place))[1], seller,
          ${rehearsal}::boolean
        from jsonb_to_recordset(${rows}::jsonb) as given(place integer, number text, kind text,
          given_at timestamptz(3), expires_at timestamptz(3), source text, wording text, seller text)
        group by number, kind, given_at, source, seller order by number, kind, given_at, source, seller
        on conflict (number, kind, given_at, source, seller, rehearsal) do update set expires_at = excluded.expires_at
        where excluded.expires_at < coalesce(c.expires_at, 'infinity')
        returning xmax = 0 as new`.execute(db);
      return written.filter((one) => one.new).length;
    },

    async of(number) {
      const known = canonicalNumber(number);
      if (known === undefined)
        throw invalid('the number of a consent is none of a phone with its country, such as +15550100123');
      await ready();
      const { rows } = await sql<Row>`
        select id, number, kind, given_at, expires_at, source, wording, seller, added_at from liveline.consents
        where number = ${known} and rehearsal = ${rehearsal} order by given_at desc, id desc`.execute(db);
      return rows.map(fromRow);
    },
  };
}

interface Row {
  readonly id: string;
  readonly number: PhoneNumber;
  readonly kind: string;
  readonly given_at: Date;
  readonly expires_at: Date | null;
  readonly source: string;
  readonly wording: string;
  readonly seller: string;
  readonly added_at: Date;
}

const fromRow = (row: Row): KeptConsent => ({
  id: row.id,
  number: row.number,
  kind: row.kind,
  givenAtMs: row.given_at.getTime(),
  expiresAtMs: row.expires_at?.getTime(),
  source: row.source,
  wording: row.wording,
  seller: row.seller,
  addedAtMs: row.added_at.getTime(),
});

function rowOf(consent: NewConsent, index: number, nowMs: number): object {
  const fault = (words: string): LivelineError => invalid(`consent ${index + 1}: ${words}`);
  const { givenAtMs, expiresAtMs } = consent;
  const number = canonicalNumber(consent.number);
  if (number === undefined)
    throw fault('the number is none of a phone with its country, such as +15550100123');
  const source = storable(consent.source).trim();
  if (source === '') throw fault('it needs a source: where and how it was given');
  const givenAt = isoOf(givenAtMs);
  if (givenAt === undefined) throw fault('it needs the moment at which it was given');
  if (givenAtMs > nowMs + AHEAD_MS) throw fault('it is dated in the future: it cannot have been given then');
  const expiresAt = expiresAtMs === undefined ? null : isoOf(expiresAtMs);
  if (expiresAt === undefined || (expiresAtMs !== undefined && expiresAtMs <= givenAtMs))
    throw fault('it ends before it begins, or nobody can say when');
  return {
    place: index,
    number,
    kind: consent.kind,
    given_at: givenAt,
    expires_at: expiresAt,
    source,
    wording: storable(consent.wording ?? ''),
    seller: storable(consent.seller ?? '').trim(),
  };
}

/** The first law about calls by machines, 47 U.S.C. 227, is of 1991; 1970 is how a program writes no moment at all. */
const EARLIEST_YEAR = 1990;
/** Where it was given the day may have begun already: zones are 14 hours ahead of UTC at most. */
const AHEAD_MS = 86_400_000;

/** Years that PostgreSQL reads as well; any other is a slip. */
function isoOf(epochMs: number): string | undefined {
  const date = new Date(epochMs);
  const year = date.getUTCFullYear();
  return year >= EARLIEST_YEAR && year <= 9999 ? date.toISOString() : undefined;
}

const invalid = (words: string): LivelineError => new LivelineError('API_REQUEST_INVALID', words);
