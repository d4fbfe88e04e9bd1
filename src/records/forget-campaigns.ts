// Forgetting a phone number among those that we call: it is no contact of any campaign any more, and nothing says that it was
// called. Lists of numbers that are not to be called keep it.
import { sql, type Kysely } from 'kysely';
import type { PhoneNumber } from '../base/phone-number.ts';
import type { Tables } from '../store/tables.ts';

/** What forgetting a number must leave as it is, beside the list of those who opted out. */
export const SUPPRESSED = { table: 'suppressed_numbers', column: 'number' } as const;

/** In the order in which they refer to each other. */
const THEIRS = [
  ['attempts', 'to_number'],
  ['campaign_contacts', 'to_number'],
  ['imported_rows', 'to_number'],
  ['consents', 'number'],
] as const;

/** A call that rings now is hung up on when they answer: its attempt is gone. How many rows. */
export const forgetInCampaigns = (db: Kysely<Tables>, number: PhoneNumber): Promise<number> =>
  db.transaction().execute(async (one) => {
    let deleted = 0;
    for (const [table, column] of THEIRS) {
      const { numAffectedRows } = await sql`
        delete from ${sql.table(`liveline.${table}`)} where ${sql.ref(column)} = ${number}`.execute(one);
      deleted += Number(numAffectedRows ?? 0);
    }
    return deleted;
  });
