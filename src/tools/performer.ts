// Performs one tool call after the other, or some at once: waits its turn, checks the arguments, runs the tool, and what has
// an effect once. Knows neither time limits nor who is told.
import type { Clock } from '../base/clock.ts';
import type { JsonObject, ToolCall } from '../live/session.ts';
import { unlessAborted } from './aborted.ts';
import { answerOf, failed } from './answer.ts';
import { Once, type OnceOptions } from './once.ts';
import type { Outcome } from './outcome.ts';
import { Slots } from './slots.ts';
import type { Tool, ToolContext } from './tool.ts';

/** For its turn; arguments are checked, and it is asked whether it was done before; the tool runs. */
export type Stage = 'waiting' | 'checking' | 'acting';

export interface Task {
  readonly call: ToolCall;
  readonly tool: Tool;
  /** The task ends when it fires. */
  readonly signal: AbortSignal;
  readonly onStage: (stage: Stage) => void;
}

export interface PerformerOptions
  extends OnceOptions, Pick<ToolContext, 'caller' | 'called' | 'crm' | 'texts' | 'office'> {
  readonly clock: Clock;
  readonly tools: readonly Tool[];
}

/** A caller cannot wait for more at once, and a CRM should not be asked more. */
const MOST_AT_ONCE = 4;
/** So much longer than its limit may take what goes on although nobody waits for it. */
export const LATE_FOR_MS = 30_000;
/** An effect that is not settled by then was left behind by a process that died: no other waits so long with it. */
const SETTLED_AFTER_MS = LATE_FOR_MS + 10_000;

export class Performer {
  readonly #options: PerformerOptions;
  readonly #slots = new Slots(MOST_AT_ONCE);
  readonly #once: Once;
  readonly #reversedBy: ReadonlyMap<string, readonly string[]>;

  constructor(options: PerformerOptions) {
    this.#options = options;
    this.#once = new Once(options);
    this.#reversedBy = reversedBy(options.tools);
  }

  /** Never rejects. Those beyond `MOST_AT_ONCE` wait, in order. */
  async perform(task: Task): Promise<Outcome> {
    try {
      await this.#slots.take(task.signal);
      try {
        return await unlessAborted(task.signal, this.#work(task));
      } finally {
        this.#slots.giveBack();
      }
    } catch (thrown) {
      return failed(thrown);
    }
  }

  /** Resolves when no effect is being done any more, and all of them were settled. */
  idle(): Promise<void> {
    return this.#once.idle();
  }

  async #work(task: Task): Promise<Outcome> {
    const { call, tool, signal, onStage } = task;
    const { name } = tool.declaration;
    signal.throwIfAborted();
    onStage('checking');
    const args = await tool.accept(call.args);
    signal.throwIfAborted();
    const act = (effectKey: string): Promise<Outcome> => {
      onStage('acting');
      return this.#use(task, args, effectKey);
    };
    if (!tool.effect) return act(`${this.#options.callId}/${call.id}`);
    const limitMs = tool.timeoutMs + SETTLED_AFTER_MS;
    return this.#once.perform({
      ...{ tool: name, args, reverses: this.#reversedBy.get(name) ?? [], limitMs, signal, act },
    });
  }

  async #use({ call, tool, signal }: Task, args: JsonObject, effectKey: string): Promise<Outcome> {
    const { callId, caller, called, crm, texts, office, clock } = this.#options;
    const result = await tool.run(args, {
      ...{ callId, toolCallId: call.id, effectKey, caller, called, crm, texts, office },
      ...{ epochMs: clock.epochMs(), signal },
    });
    return answerOf(tool, result);
  }
}

/** Both ways: who books again what was cancelled may cancel it again. */
const reversedBy = (tools: readonly Tool[]): ReadonlyMap<string, readonly string[]> =>
  new Map(
    tools.map(({ declaration: { name }, effect }) => {
      const inTurn = tools.filter((other) => other.effect?.reverses?.includes(name));
      const names = [...(effect?.reverses ?? []), ...inTurn.map((other) => other.declaration.name)];
      return [name, [...new Set(names)]];
    }),
  );
