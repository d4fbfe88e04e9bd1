// The door to records: written while calls last, read afterwards.
import type { CallId } from '../base/ids.ts';
import type { CallPage, CallQuery, CallRecord } from './record.ts';
import type { RecordWrite } from './write.ts';

export interface RecordStore {
  /**
   * In order, all or none. What belongs to a call that is not there (deleted, forgotten) is left out. Rejects when the
   * database is away, or with the fault of the write that it cannot take.
   */
  apply(writes: readonly RecordWrite[]): Promise<void>;
  /** Newest first. Throws API_REQUEST_INVALID for a cursor that it did not give. */
  find(query: CallQuery): Promise<CallPage>;
  get(id: CallId): Promise<CallRecord | undefined>;
  /** The call that started last. */
  last(): Promise<CallRecord | undefined>;
  /** Who is, or was, in calls that have not ended. */
  nodesInCalls(): Promise<readonly string[]>;
  /** Calls that never ended, because this node died: they ended with their last sign of life. How many. */
  closeDeadCalls(node: string): Promise<number>;
  /** Deletes what is past its time; how many calls. */
  deleteExpired(now: Date): Promise<number>;
}
