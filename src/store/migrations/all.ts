// Every migration, in order. What a released one says is never changed; what is wrong in it, a later one mends.
import type { Migration } from 'kysely/migration';
import * as calls from './0001-calls.ts';

export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001-calls': calls,
};
