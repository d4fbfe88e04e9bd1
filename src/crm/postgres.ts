// The CRM of our own, in PostgreSQL: the default. Knows nothing of calls; what is in it is asked for by the tools.
import { sql } from 'kysely';
import { systemClock, type Clock } from '../base/clock.ts';
import type { Database } from '../store/database.ts';
import type { Crm } from './crm.ts';
import { appointmentsOf } from './postgres-appointments.ts';
import { askingOf } from './postgres-asking.ts';
import { contactsOf } from './postgres-contacts.ts';
import { objectsOf } from './postgres-objects.ts';

export interface PostgresCrmOptions {
  readonly database: Pick<Database, 'sql' | 'ready'>;
  /** It then knows the samples, and nobody of the others; and the reverse. */
  readonly rehearsal: boolean;
  readonly clock?: Clock;
}

/** Its rules are those of the door; a method gives up after some seconds, with CRM_UNAVAILABLE, what its tables are locked for. */
export function createPostgresCrm({ database, rehearsal, clock = systemClock }: PostgresCrmOptions): Crm {
  const asking = askingOf(database, clock);
  return {
    name: 'PostgreSQL',
    keepsKeys: true,
    check: (signal) =>
      asking.read(signal, async (db) => {
        await sql`select from liveline.crm_contacts limit 1`.execute(db);
      }),
    ...contactsOf(asking, rehearsal),
    ...appointmentsOf(asking, rehearsal),
    ...objectsOf(asking, rehearsal),
  };
}
