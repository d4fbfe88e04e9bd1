// What is written down of a call while it lasts. Plain JSON: it may wait on disk. Each is whole in itself, and writing it
// again changes nothing.
import type { CallId, ToolCallId } from '../base/ids.ts';
import type { CallSummary, RecordedTurn, Usage } from './record.ts';

export type RecordWrite = { readonly callId: CallId } & (
  | ({
      readonly is: 'call';
      readonly node: string;
      readonly keptUntil: string | null;
      /** The CRM is told of it once it has ended. */
      readonly logged: boolean;
    } & Pick<
      CallSummary,
      'profile' | 'profileVersion' | 'model' | 'direction' | 'from' | 'to' | 'rehearsal' | 'startedAt'
    >)
  /** Another process goes on with it: what earlier ones say of its end does not count, nor what they have said. */
  | { readonly is: 'moved'; readonly node: string; readonly fence: number }
  | ({ readonly is: 'turn' } & RecordedTurn)
  | {
      readonly is: 'tool';
      readonly id: ToolCallId;
      readonly tool: string;
      readonly args: unknown;
      readonly calledMs: number;
    }
  | {
      readonly is: 'tool-over';
      readonly id: ToolCallId;
      readonly state: 'done' | 'cancelled';
      readonly response: unknown;
      /** Why it failed, for people. */
      readonly cause: string | null;
      /** It was done before, and its first result was given again. */
      readonly repeated: boolean;
      readonly doneMs: number;
    }
  | {
      readonly is: 'event';
      readonly n: number;
      readonly atMs: number;
      readonly type: string;
      readonly facts: Readonly<Record<string, unknown>>;
    }
  | {
      readonly is: 'usage';
      readonly n: number;
      readonly turn: number;
      readonly atMs: number;
      readonly usage: Usage;
      /** Null: the model's prices are not known. */
      readonly costMicroUsd: number | null;
    }
  | {
      readonly is: 'end';
      /** Of the process that says so; left out: the first. */
      readonly fence?: number | undefined;
      readonly endedAt: string;
      readonly durationMs: number;
      readonly outcome: string;
      readonly watchdog: Readonly<Record<string, Readonly<Record<string, number>>>>;
      readonly usage: Usage;
      readonly costMicroUsd: number | null;
    }
  /** So many writes of this call were given up so far: its record says so. */
  | { readonly is: 'lost'; readonly writes: number }
);
