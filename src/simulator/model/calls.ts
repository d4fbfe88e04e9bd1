// The function calls of one conversation: which wait for an answer, and what was answered. Knows nothing of time.
import { randomInt } from 'node:crypto';
import type { HeardSetup, HeardToolAnswer } from './heard.ts';
import { refuse } from './judge.ts';
import type { ModelRules } from './models.ts';
import type { ScriptedCall } from './script.ts';

export interface CallsSnapshot {
  readonly pending: ReadonlyMap<string, PendingCall>;
  readonly over: ReadonlyMap<string, 'answered' | 'cancelled'>;
  readonly answers: ReadonlyMap<string, unknown>;
}

interface PendingCall {
  readonly name: string;
  readonly blocking: boolean;
}

interface OpenedCall {
  readonly id: string;
  readonly name: string;
  readonly args: Record<string, unknown>;
}

/** Not counted: a resumed conversation keeps its ids, and nobody shall rely on their order. */
const newCallId = (): string => `function-call-${randomInt(2 ** 47)}`;

export class Calls {
  readonly #rules: ModelRules;
  readonly #declared: ReadonlyMap<string, boolean>;
  readonly #pending: Map<string, PendingCall>;
  readonly #over: Map<string, 'answered' | 'cancelled'>;
  readonly #answers: Map<string, unknown>;
  /** Made on an earlier socket and not answered since: the model is deaf to what the caller says first. */
  readonly #lost: Set<string>;

  constructor(setup: HeardSetup, rules: ModelRules, from?: CallsSnapshot) {
    this.#rules = rules;
    const declarations = setup.tools?.flatMap((tool) => tool.functionDeclarations ?? []) ?? [];
    this.#declared = new Map(
      declarations.map(({ name = '', behavior = rules.behavior }) => [name, behavior === 'BLOCKING']),
    );
    this.#pending = new Map(from?.pending);
    this.#over = new Map(from?.over);
    this.#answers = new Map(from?.answers);
    this.#lost = new Set(this.#pending.keys());
  }

  /** The last response of every tool, by its name. */
  get answers(): ReadonlyMap<string, unknown> {
    return this.#answers;
  }

  isPending(id: string): boolean {
    return this.#pending.has(id);
  }

  /** Of a call that waits for its answer. */
  nameOf(id: string): string | undefined {
    return this.#pending.get(id)?.name;
  }

  snapshot(): CallsSnapshot {
    return { pending: new Map(this.#pending), over: new Map(this.#over), answers: new Map(this.#answers) };
  }

  /** Only functions that the client declared are called. */
  open(scripted: readonly ScriptedCall[]): { functionCalls: OpenedCall[]; undeclared: string[] } {
    const functionCalls = scripted
      .filter(({ name }) => this.#declared.has(name))
      .map(({ name, args }) => ({ id: newCallId(), name, args: { ...args } }));
    for (const { id, name } of functionCalls)
      this.#pending.set(id, { name, blocking: this.#declared.get(name) === true });
    const undeclared = scripted.map(({ name }) => name).filter((name) => !this.#declared.has(name));
    return { functionCalls, undeclared };
  }

  /** Throws Refused for an answer nobody waits for; the answer to a cancelled call may have crossed its cancellation. */
  answer({ id, name, response, scheduling, willContinue }: HeardToolAnswer): 'taken' | 'late' {
    if (scheduling !== undefined && this.#rules.scheduling === 'refused')
      refuse('Function response scheduling is not supported for this model.');
    if (id === undefined || id === '' || response === undefined) return refuse();
    if (this.#over.get(id) === 'cancelled') return 'late';
    const call = this.#pending.get(id);
    if (call === undefined || (name !== undefined && name !== call.name)) return refuse();
    this.#lost.delete(id);
    this.#answers.set(call.name, response);
    if (willContinue === true) return 'taken';
    this.#pending.delete(id);
    this.#over.set(id, 'answered');
    return 'taken';
  }

  /** By other means than a tool response. */
  told(name: string, response: unknown): void {
    this.#answers.set(name, response);
  }

  /** The caller spoke: what the model was waiting for is given up. A call of an earlier socket holds up nothing. */
  cancelBlocking(): string[] {
    return this.#cancel(
      [...this.#pending].filter(([id, { blocking }]) => blocking && !this.#lost.has(id)).map(([id]) => id),
    );
  }

  /**
   * Whether what the caller said is lost on the model, as it is once after a resume when calls of the earlier socket were
   * not answered (seen with 3.8: pydantic-ai, realtime/google.py).
   */
  swallowsUtterance(): boolean {
    const swallows = this.#lost.size > 0;
    this.#lost.clear();
    return swallows;
  }

  cancelAll(): string[] {
    return this.#cancel([...this.#pending.keys()]);
  }

  #cancel(ids: string[]): string[] {
    for (const id of ids) {
      this.#lost.delete(id);
      this.#pending.delete(id);
      this.#over.set(id, 'cancelled');
    }
    return ids;
  }
}
