// Performs one tool call after the other, or some at once: waits its turn, checks the arguments, runs the tool, and what has
// an effect once. Knows neither time limits nor who is told.
import type { Clock } from '../../base/clock.ts';
import { LivelineError } from '../../base/errors.ts';
import type { JsonObject, ToolCall } from '../../live/session.ts';
import { unlessAborted } from './aborted.ts';
import { answerOf, failed } from './answer.ts';
import { causeOf } from './fault.ts';
import { hadNoEffect } from '../effects/had-no-effect.ts';
import { Once, type OnceOptions } from './once.ts';
import type { Outcome } from './outcome.ts';
import { Slots } from '../slots.ts';
import type { SecretDesk } from '../secrets.ts';
import type { Tool, ToolContext, ToolResult } from '../tool.ts';
import { TypedSecrets } from './typed-secrets.ts';
import { writesThrough } from './writes.ts';

/** For its turn; arguments are checked, and it is asked whether it was done before; the tool runs. */
export type Stage = 'waiting' | 'checking' | 'acting';

export interface Task {
  readonly call: ToolCall;
  readonly tool: Tool;
  /** The task ends when it fires. */
  readonly signal: AbortSignal;
  /** Fires when nobody waits for the answer any more, although the task goes on: its turn is then another's. */
  readonly asked: AbortSignal;
  readonly onStage: (stage: Stage) => void;
  /** The caller types for it, which takes the time that it takes. */
  readonly onTyping: (isTyping: boolean) => void;
}

export interface PerformerOptions
  extends
    OnceOptions,
    Pick<
      ToolContext,
      'caller' | 'called' | 'crm' | 'texts' | 'office' | 'profile' | 'callbacks' | 'optOuts' | 'dispositions'
    > {
  readonly clock: Clock;
  readonly tools: readonly Tool[];
  /** Left out: the caller has no keypad. */
  readonly secrets?: SecretDesk | undefined;
}

/** A caller cannot wait for more at once, and a CRM should not be asked more. */
const MOST_AT_ONCE = 4;
/** So much longer than its limit may take what goes on although nobody waits for it. */
export const LATE_FOR_MS = 30_000;
/** An effect that is not settled by then was left behind by a process that died: no other waits so long with it. */
const SETTLED_AFTER_MS = LATE_FOR_MS + 10_000;
/** So much longer for each secret that is typed meanwhile, however often the caller gets it wrong. */
const TYPED_WITHIN_MS = 180_000;

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
      const giveBack = await this.#slots.take(task.signal);
      try {
        if (task.asked.aborted) giveBack();
        task.asked.addEventListener('abort', giveBack, { once: true });
        return await unlessAborted(task.signal, this.#work(task));
      } finally {
        giveBack();
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
    const typingMs = (tool.secrets?.length ?? 0) * TYPED_WITHIN_MS;
    const limitMs = tool.timeoutMs + typingMs + SETTLED_AFTER_MS;
    return this.#once.perform({
      ...{ tool: name, args, reverses: this.#reversedBy.get(name) ?? [], about: aboutOf(tool, args) },
      ...{ limitMs, signal, act },
    });
  }

  async #use(task: Task, args: JsonObject, effectKey: string): Promise<Outcome> {
    const { call, tool, signal } = task;
    const { callId, caller, called, crm, texts, office, profile, clock } = this.#options;
    const { callbacks, optOuts, dispositions } = this.#options;
    const writes = writesThrough(crm, texts);
    const typed = new TypedSecrets(this.#options.secrets, task, office.language);
    try {
      const result = await tool.run(args, {
        ...{ callId, toolCallId: call.id, effectKey, caller, called, office, profile },
        ...{ callbacks, optOuts, dispositions },
        ...{ crm: writes.crm, texts: writes.texts, epochMs: clock.epochMs(), signal },
        secrets: typed.secrets,
      });
      return typed.cleared({ ...answerOf(tool, result), about: aboutOfResult(result) });
    } catch (thrown) {
      const cleared = typed.clearedFault(thrown);
      throw writes.any() ? asHalfDone(tool, cleared) : cleared;
    } finally {
      typed.forget();
    }
  }
}

/** The failure of one step says nothing of those that were done before. */
const asHalfDone = ({ declaration: { name }, effect }: Tool, thrown: unknown): unknown =>
  effect !== undefined && thrown instanceof LivelineError && hadNoEffect(thrown)
    ? new LivelineError(
        'TOOL_IN_DOUBT',
        `a part of what ${name} does was done, or may have been, when another failed: ${causeOf(thrown)}`,
        { cause: thrown },
      )
    : thrown;

/** Undefined too where a foreign tool cannot say: then it is about anything. */
function aboutOf({ effect }: Tool, args: JsonObject): string | undefined {
  try {
    return textOf(effect?.about?.(args));
  } catch {
    return undefined;
  }
}

const aboutOfResult = (result: ToolResult | undefined): string | undefined => textOf(result?.about);

const textOf = (about: unknown): string | undefined => (typeof about === 'string' ? about : undefined);

/** Both ways: who books again what was cancelled may cancel it again. */
const reversedBy = (tools: readonly Tool[]): ReadonlyMap<string, readonly string[]> =>
  new Map(
    tools.map(({ declaration: { name }, effect }) => {
      const inTurn = tools.filter((other) => other.effect?.reverses?.includes(name));
      const names = [...(effect?.reverses ?? []), ...inTurn.map((other) => other.declaration.name)];
      return [name, [...new Set(names)]];
    }),
  );
