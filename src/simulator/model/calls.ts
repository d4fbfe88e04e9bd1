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

/** Not counted: a resumed conversation keeps its ids, and nobody shall rely on their order. */
const newCallId = (): string => `function-call-${randomInt(2 ** 47)}`;

export class Calls {
  readonly #rules: ModelRules;
  readonly #declared: ReadonlyMap<string, boolean>;
  readonly #pending: Map<string, PendingCall>;
  readonly #over: Map<string, 'answered' | 'cancelled'>;
  readonly #answers: Map<string, unknown>;

  constructor(setup: HeardSetup, rules: ModelRules, from?: CallsSnapshot) {
    this.#rules = rules;
    const declarations = setup.tools?.flatMap((tool) => tool.functionDeclarations ?? []) ?? [];
    this.#declared = new Map(
      declarations.map(({ name = '', behavior = rules.behavior }) => [name, behavior === 'BLOCKING']),
    );
    this.#pending = new Map(from?.pending);
    this.#over = new Map(from?.over);
    this.#answers = new Map(from?.answers);
  }

  /** The last response of every tool, by its name. */
  get answers(): ReadonlyMap<string, unknown> {
    return this.#answers;
  }

  isDeclared(name: string): boolean {
    return this.#declared.has(name);
  }

  isPending(id: string): boolean {
    return this.#pending.has(id);
  }

  snapshot(): CallsSnapshot {
    return { pending: new Map(this.#pending), over: new Map(this.#over), answers: new Map(this.#answers) };
  }

  open(calls: readonly ScriptedCall[]): { id: string; name: string; args: Record<string, unknown> }[] {
    return calls.map(({ name, args }) => {
      const id = newCallId();
      this.#pending.set(id, { name, blocking: this.#declared.get(name) === true });
      return { id, name, args: { ...args } };
    });
  }

  /** Throws Refused for an answer nobody waits for; the answer to a cancelled call may have crossed its cancellation. */
  answer({ id, name, response, scheduling, willContinue }: HeardToolAnswer): 'taken' | 'late' {
    if (scheduling !== undefined && this.#rules.scheduling === 'refused')
      refuse('Function response scheduling is not supported for this model.');
    if (id === undefined || id === '' || response === undefined) return refuse();
    if (this.#over.get(id) === 'cancelled') return 'late';
    const call = this.#pending.get(id);
    if (call === undefined || (name !== undefined && name !== call.name)) return refuse();
    this.#answers.set(call.name, response);
    if (willContinue === true) return 'taken';
    this.#pending.delete(id);
    this.#over.set(id, 'answered');
    return 'taken';
  }

  /** The caller spoke: what the model was waiting for is given up. */
  cancelBlocking(): string[] {
    const ids = [...this.#pending].filter(([, { blocking }]) => blocking).map(([id]) => id);
    for (const id of ids) {
      this.#pending.delete(id);
      this.#over.set(id, 'cancelled');
    }
    return ids;
  }
}
