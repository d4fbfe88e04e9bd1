// The table of the processes that take calls; see nodes/.
import type { Generated } from 'kysely';
import type { Time } from './columns.ts';

export interface NodesTable {
  node: string;
  key: string;
  address: string;
  public_url: string;
  name: string;
  started_at: Time;
  seen_at: Time;
  draining: boolean;
  calls: number;
  capacity: number | null;
  lag_ms: number;
  drain_asked: Generated<boolean>;
}
