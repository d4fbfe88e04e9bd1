// How the rows of an import become contacts and consents, in the transaction that ends it: part by part. Reads no file.
import { sql, type Kysely, type RawBuilder } from 'kysely';
import type { Tables } from '../../store/tables.ts';

export interface Import {
  readonly importId: string;
  readonly campaignId: string;
}

/** Nothing is left of its rows. How many contacts are new, and how many rows were torn apart from others. */
export async function makeContacts(
  one: Kysely<Tables>,
  of: Import,
  partRows: number,
): Promise<{ torn: number; kept: number }> {
  let [torn, kept] = [0, 0];
  for await (const part of partsOf(one, of, partRows)) {
    torn += await tornApart(one, of, part);
    kept += await writeContacts(one, of, part);
    await writeConsents(one, of, part);
    await sql`
      delete from liveline.imported_rows where import_id = ${of.importId} and ${part(sql`to_number`)}`.execute(
      one,
    );
  }
  return { torn, kept };
}

/** Whether a number is one of those of a part. */
type Part = (number: RawBuilder<unknown>) => RawBuilder<boolean>;

/** A file may have more rows than one statement can take in its time: in the order of their numbers, those of one together. */
async function* partsOf(one: Kysely<Tables>, { importId }: Import, partRows: number): AsyncGenerator<Part> {
  for (let after = ''; ;) {
    const { rows } = await sql<{ last: string }>`
      select to_number as last from liveline.imported_rows where import_id = ${importId} and to_number > ${after}
      order by to_number limit 1 offset ${partRows - 1}`.execute(one);
    const from = after;
    const last = rows[0]?.last;
    yield (number) =>
      last === undefined
        ? sql<boolean>`${number} > ${from}`
        : sql<boolean>`${number} > ${from} and ${number} <= ${last}`;
    if (last === undefined) return;
    after = last;
  }
}

/**
 * Of one number two rows, or a row and the contact that is there, say different time zones or regions: nobody knows which is
 * true, and each may forbid a call that the other allows. The first one counts; the later ones are faults. How many.
 */
async function tornApart(one: Kysely<Tables>, { importId, campaignId }: Import, part: Part): Promise<number> {
  const { numAffectedRows } = await sql`
    with said as (
      select line, to_number, lower(time_zone) as zone, lower(region) as region from liveline.imported_rows
      where import_id = ${importId} and (time_zone is not null or region is not null) and ${part(sql`to_number`)}
      union all
      select 0, to_number, lower(time_zone), lower(region) from liveline.campaign_contacts c
      where campaign_id = ${campaignId} and (time_zone is not null or region is not null) and ${part(sql`to_number`)}
        and exists (select from liveline.imported_rows r where r.import_id = ${importId} and r.to_number = c.to_number)
    ), torn as (
      select to_number from said group by to_number
      having min(zone) <> max(zone) or min(region) <> max(region)
    ), first as (
      select to_number, (array_agg(zone order by line) filter (where zone is not null))[1] as zone,
        (array_agg(region order by line) filter (where region is not null))[1] as region
      from said join torn using (to_number) group by to_number
    ), gone as (
      delete from liveline.imported_rows r using first f
      where r.import_id = ${importId} and r.to_number = f.to_number
        and (lower(r.time_zone) <> f.zone or lower(r.region) <> f.region)
      returning r.line, case when lower(r.time_zone) <> f.zone then 'time_zone' else 'region' end as field
    )
    insert into liveline.contact_faults (import_id, line, field, words)
    select ${importId}, line, field,
      'differs from an earlier row of this number, or from the contact that is there: nobody knows which is true'
    from gone`.execute(one);
  return Number(numAffectedRows ?? 0);
}

/**
 * Rows of one number become one contact: of each column the last value that is not empty. A contact that is there already keeps
 * its state, and its attempts. How many are new.
 */
async function writeContacts(
  one: Kysely<Tables>,
  { importId, campaignId }: Import,
  part: Part,
): Promise<number> {
  // xmax is 0 of a row that was not there before (PostgreSQL docs, System Columns).
  const { rows } = await sql<{ kept: string }>`
    with counted as (
      select *, count(*) over (partition by to_number) as times from liveline.imported_rows
      where import_id = ${importId} and ${part(sql`to_number`)}
    ), whole as (
      select to_number, line, time_zone, region, variables from counted where times = 1
      union all
      select to_number, min(line),
        (array_agg(time_zone order by line) filter (where time_zone is not null))[1],
        (array_agg(region order by line) filter (where region is not null))[1],
        (select coalesce(jsonb_object_agg(key, value order by line), '{}')
          from liveline.imported_rows r, jsonb_each(r.variables)
          where r.import_id = ${importId} and r.to_number = c.to_number)
      from counted c where times > 1 group by to_number
    ), written as (
      insert into liveline.campaign_contacts as c
        (campaign_id, import_id, line, to_number, time_zone, region, variables, state)
      select ${campaignId}, ${importId}, line, to_number, time_zone, region, variables, 'waiting' from whole order by line
      on conflict (campaign_id, to_number) do update set
        time_zone = coalesce(c.time_zone, excluded.time_zone), region = coalesce(c.region, excluded.region),
        variables = c.variables || excluded.variables
      returning xmax = 0 as new
    ) select count(*) filter (where new) as kept from written`.execute(one);
  return Number(rows[0]?.kept ?? 0);
}

/**
 * Those of a campaign on the simulators are kept apart. One that is on record already ends, at most, earlier than it did: nobody
 * has given it for longer.
 */
async function writeConsents(
  one: Kysely<Tables>,
  { importId, campaignId }: Import,
  part: Part,
): Promise<void> {
  await sql`
    insert into liveline.consents as c (number, kind, given_at, source, seller, expires_at, wording, rehearsal)
    select to_number, consent->>'kind', (consent->>'givenAt')::timestamptz(3), consent->>'source', consent->>'seller',
      min((consent->>'expiresAt')::timestamptz(3)), (array_agg(consent->>'wording' order by line))[1],
      (select rehearsal from liveline.campaigns where id = ${campaignId})
    from liveline.imported_rows
    where import_id = ${importId} and consent is not null and ${part(sql`to_number`)}
    group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5
    on conflict (number, kind, given_at, source, seller, rehearsal) do update set expires_at = excluded.expires_at
    where excluded.expires_at < coalesce(c.expires_at, 'infinity')`.execute(one);
}
