// The kinds of columns that tables of several rooms have, as kysely takes and gives them.
import type { ColumnType, JSONColumnType } from 'kysely';

/** Handed in as JSON text: the driver would make an array of a list. */
export type Json = JSONColumnType<object>;
export type NullableJson = ColumnType<object | null, string | null, string | null>;
export type Time = ColumnType<Date, Date | string, Date | string>;
export type NullableTime = ColumnType<Date | null, Date | string | null, Date | string | null>;
