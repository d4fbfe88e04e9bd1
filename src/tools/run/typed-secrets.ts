// What one run of a tool had its caller type: handed to the tool, and taken out of whatever it says afterwards. Knows neither
// the telephone nor what the digits are for.
import { LivelineError } from '../../base/errors.ts';
import { writesMonthFirst } from '../date-order.ts';
import { ToolRefusal } from '../refusal.ts';
import type { SecretDesk, Secrets } from '../secrets.ts';
import type { Tool } from '../tool.ts';
import type { Outcome } from './outcome.ts';
import { spellingsOf, type Spellings } from './typed-spellings.ts';

interface Asking {
  readonly tool: Tool;
  readonly signal: AbortSignal;
  readonly asked: AbortSignal;
  readonly onTyping: (isTyping: boolean) => void;
}

const TAKEN_OUT = '[typed by the caller]';
const MOST_CAUSES = 10;

export class TypedSecrets {
  /** Undefined without a keypad. */
  readonly secrets: Secrets | undefined;
  #seen: Spellings[] = [];

  /** `language`: of the caller, which decides how a date is written. */
  constructor(desk: SecretDesk | undefined, asking: Asking, language: string) {
    this.secrets = desk && {
      ask: (wish) => this.#ask(desk, asking, { ...wish, monthFirst: writesMonthFirst(language) }),
    };
  }

  /** A copy, without the digits. */
  cleared(outcome: Outcome): Outcome {
    if (this.#seen.length === 0) return outcome;
    const { fault } = outcome;
    return {
      ...(this.#without({ ...outcome, fault: undefined }) as Outcome),
      ...(fault && { fault: { thrown: this.clearedFault(fault.thrown) } }),
    };
  }

  /**
   * The same thing that was thrown, and its causes, without the digits; of what cannot be changed, such as a frozen error, one
   * that says the same. What libraries hang on errors beside these goes nowhere.
   */
  clearedFault(thrown: unknown): unknown {
    if (this.#seen.length === 0) return thrown;
    if (thrown instanceof ToolRefusal)
      return new ToolRefusal(
        this.#text(thrown.message),
        this.#without(thrown.facts) as ToolRefusal['facts'],
        this.#text(thrown.told),
      );
    if (thrown instanceof Error)
      try {
        return this.#error(thrown, MOST_CAUSES);
      } catch {
        return new Error('an error whose words could not be read');
      }
    return typeof thrown === 'string' ? this.#text(thrown) : thrown;
  }

  forget(): void {
    this.#seen = [];
  }

  async #ask(
    desk: SecretDesk,
    { tool, signal, asked, onTyping }: Asking,
    wish: Parameters<SecretDesk['ask']>[0],
  ): ReturnType<Secrets['ask']> {
    const { name } = tool.declaration;
    if (tool.secrets?.includes(wish.kind) !== true)
      throw new LivelineError(
        'TOOL_REFUSED',
        `${name} asks the caller to type a ${wish.kind}, which is not among its secrets: add it there`,
      );
    onTyping(true);
    const answer = await desk.ask(wish, AbortSignal.any([signal, asked])).finally(() => onTyping(false));
    if ('digits' in answer) this.#seen.push(spellingsOf(wish.kind, answer.digits));
    return answer;
  }

  #error(thrown: Error, causesLeft: number): Error {
    const { name, message, stack, cause } = thrown;
    const next =
      cause instanceof Error
        ? causesLeft > 0
          ? this.#error(cause, causesLeft - 1)
          : undefined
        : this.#without(cause);
    const said = { message: this.#text(message), ...(stack !== undefined && { stack: this.#text(stack) }) };
    const isClear = said.message === message && said.stack === stack && next === cause;
    if (isClear) return thrown;
    const all = { ...said, ...(cause !== undefined && { cause: next }) };
    // Assigning would not do: some errors have nothing but getters, as a DOMException has of its message.
    if (define(thrown, all)) return thrown;
    const same =
      thrown instanceof LivelineError
        ? new LivelineError(thrown.code, said.message)
        : Object.assign(new Error(said.message), { name });
    define(same, all);
    return same;
  }

  #text(text: string): string {
    return this.#seen
      .flatMap(({ texts }) => texts)
      .reduce((left, spelling) => left.replaceAll(spelling, TAKEN_OUT), text);
  }

  #without(value: unknown): unknown {
    if (typeof value === 'string') return this.#text(value);
    if (typeof value === 'number' || typeof value === 'bigint') {
      const text = String(value);
      const isTyped = this.#seen.some(({ isNumber }) => isNumber(value)) || this.#text(text) !== text;
      return isTyped ? TAKEN_OUT : value;
    }
    if (Array.isArray(value)) return value.map((item) => this.#without(item));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [this.#text(key), this.#without(inner)]),
    );
  }
}

function define(error: Error, fields: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(fields)
    .map(([field, value]) =>
      Reflect.defineProperty(error, field, { value, writable: true, configurable: true, enumerable: false }),
    )
    .every((isDone) => isDone);
}
