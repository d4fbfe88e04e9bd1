// The model's function calls: which were seen, and which still wait for their one answer. Knows no tool and no wire.
import { messageOf } from '../../base/errors.ts';
import { toolCallId, type ToolCallId } from '../../base/ids.ts';
import type { JsonObject, ModelMemory, ToolCall } from '../session.ts';
import type { CalledFunction } from './messages.ts';
import { HANDLE_LAG_MS } from './outbox.ts';

/** A call as the model named it, which an answer must repeat. */
export interface PendingCall {
  /** Undefined when the call came without an id: the answer then goes without one. */
  readonly wireId: string | undefined;
  readonly name: string;
  /** The connection on which it was made is gone: the model waits for it no longer. */
  readonly orphaned: boolean;
}

export class ToolCalls {
  readonly #seen = new Set<string>();
  readonly #pending = new Map<ToolCallId, PendingCall>();
  readonly #answered = new Map<ToolCallId, { call: PendingCall; atMs: number }>();

  get pending(): ReadonlyMap<ToolCallId, PendingCall> {
    return this.#pending;
  }

  /** The calls that were not seen before; one without an id gets an id of ours. */
  take(calls: readonly CalledFunction[]): ToolCall[] {
    const fresh: ToolCall[] = [];
    for (const { id: wireId, name, args } of calls) {
      const id = toolCallId(wireId ?? this.#ownId());
      if (this.#seen.has(id)) continue;
      this.#seen.add(id);
      this.#pending.set(id, { wireId, name, orphaned: false });
      fresh.push({ id, name, args });
    }
    return fresh;
  }

  /** Made on a connection of another process, and not answered. */
  inherit(calls: readonly Pick<ToolCall, 'id' | 'name'>[]): void {
    for (const { id, name } of calls) {
      this.#seen.add(id);
      this.#pending.set(id, { wireId: wireIdOf(id), name, orphaned: true });
    }
  }

  /** Those of `ids` that were pending; their answers are no longer wanted. */
  cancel(ids: readonly string[]): ToolCallId[] {
    return ids.map(toolCallId).filter((id) => this.#pending.delete(id));
  }

  /** The call to answer now, once; undefined when it was answered, cancelled or never made. */
  settle(id: ToolCallId): PendingCall | undefined {
    const call = this.#pending.get(id);
    this.#pending.delete(id);
    return call;
  }

  /** An answer was sent. */
  answered(id: ToolCallId, call: PendingCall, nowMs: number): void {
    this.#answered.set(id, { call, atMs: nowMs });
  }

  /** The model went on: the answers have reached it. */
  acknowledged(): void {
    this.#answered.clear();
  }

  /** The calls for whose answers a model waits that is resumed by a handle of now. */
  waitedForBy(nowMs: number): ReadonlyMap<ToolCallId, PendingCall> {
    for (const [id, { atMs }] of this.#answered) if (nowMs - atMs >= HANDLE_LAG_MS) this.#answered.delete(id);
    const answered = [...this.#answered].map(([id, { call }]) => [id, call] as const);
    return new Map([...answered, ...[...this.#pending].filter(([, { orphaned }]) => !orphaned)]);
  }

  /** A new session numbers its calls anew: what it names is not what another one named. */
  restart(): void {
    this.#seen.clear();
    for (const id of this.#pending.keys()) this.#seen.add(id);
  }

  /** The connection is gone: what is pending is still to be told, but no longer as an answer. */
  orphan(): void {
    this.#answered.clear();
    for (const [id, call] of this.#pending) this.#pending.set(id, { ...call, orphaned: true });
  }

  #ownId(): string {
    let count = this.#seen.size + 1;
    while (this.#seen.has(`${OWN}${count}`)) count += 1;
    return `${OWN}${count}`;
  }
}

/** Before the numbers of calls that came without an id. */
const OWN = 'unnamed-';
const wireIdOf = (id: ToolCallId): string | undefined => (id.startsWith(OWN) ? undefined : id);

/** What a model waits for, as another process of ours wrote it down. */
export const asPending = (calls: ModelMemory['waitsFor']): ReadonlyMap<ToolCallId, PendingCall> =>
  new Map(calls.map(({ id, name }) => [id, { wireId: wireIdOf(id), name, orphaned: false }]));

/** Every call is answered, also when its result cannot be written: an unanswered one freezes the model (livekit/agents#6600). */
export function readable(response: JsonObject, onFault: (cause: string) => void): JsonObject {
  try {
    JSON.stringify(response);
    return response;
  } catch (error) {
    onFault(messageOf(error));
    return { error: 'The result could not be read.' };
  }
}
