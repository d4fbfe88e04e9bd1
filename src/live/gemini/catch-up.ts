// What a model that was away is told first, and what it is asked. Pure: a situation goes in, what to say comes out.
import type { ToolCallId } from '../../base/ids.ts';
import type { JsonObject, Said } from '../session.ts';
import type { Asked } from './outbox.ts';
import { asContinuation, asReminder, RESULT_FOLLOWS, RESULT_IS_KNOWN, sinceThen } from './recall.ts';
import type { PendingCall } from './tool-calls.ts';

/** What the newest handle stands for. */
export interface Memory {
  /** Of the conversation, when the handle came. */
  readonly step: number;
  readonly saidCount: number;
  readonly toldCount: number;
  readonly pending: ReadonlyMap<ToolCallId, PendingCall>;
}

export const NOTHING_KNOWN: Memory = { step: -1, saidCount: 0, toldCount: 0, pending: new Map() };

export interface Situation {
  /** By a handle that stands for `memory`; else the model is new, and was told all that was said. */
  readonly resumed: boolean;
  readonly memory: Memory;
  readonly said: readonly Said[];
  readonly asked: readonly Asked[];
  /** Calls whose tools still run. */
  readonly pending: ReadonlyMap<ToolCallId, PendingCall>;
  /** The connection broke in the middle of what the model said or thought. */
  readonly broken: boolean;
  /** The caller speaks, or waits for an answer to what will be said again. */
  readonly callerWaits: boolean;
  /** Whether the model takes notes that are not answered. */
  readonly takesNotes: boolean;
}

export type Telling =
  | { do: 'answer'; call: PendingCall; response: JsonObject }
  | { do: 'note'; text: string }
  | { do: 'ask'; text: string }
  /** To be asked again should this connection be lost too. */
  | { do: 'go-on'; text: string };

export function* catchUp(situation: Situation): Generator<Telling, void, void> {
  const { resumed, memory, said, asked, pending, broken, callerWaits, takesNotes } = situation;
  // It waits for these whatever became of them since: one that is not answered swallows what the caller says next.
  for (const [id, call] of memory.pending) {
    const follows = pending.has(id) || asked.some(({ of }) => of === id);
    yield { do: 'answer', call, response: follows ? RESULT_FOLLOWS : RESULT_IS_KNOWN };
  }
  const recent = resumed ? sinceThen(said, memory.saidCount) : said.slice(-1);
  if (broken && asked.length === 0 && pending.size === 0 && !callerWaits) {
    yield { do: 'go-on', text: asContinuation(recent) };
    return;
  }
  if (resumed && recent.length > 0 && takesNotes) yield { do: 'note', text: asReminder(recent) };
  // In one turn: each for itself would cut off the answer to the one before.
  if (asked.length > 0) yield { do: 'ask', text: asked.map(({ text }) => text).join('\n') };
}
