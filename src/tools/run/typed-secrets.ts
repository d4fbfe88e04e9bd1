// What one run of a tool had its caller type: handed to the tool, and taken out of whatever it says afterwards. Knows neither
// the telephone nor what the digits are for.
import { LivelineError } from '../../base/errors.ts';
import { writesMonthFirst } from '../date-order.ts';
import { ToolRefusal } from '../refusal.ts';
import type { SecretDesk, Secrets } from '../secrets.ts';
import type { Tool } from '../tool.ts';
import type { Outcome } from './outcome.ts';

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
  #seen: RegExp[] = [];

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

  /** The same thing that was thrown, and its causes, without the digits. */
  clearedFault(thrown: unknown): unknown {
    if (this.#seen.length === 0) return thrown;
    if (thrown instanceof ToolRefusal)
      return new ToolRefusal(
        this.#text(thrown.message),
        this.#without(thrown.facts) as ToolRefusal['facts'],
        this.#text(thrown.told),
      );
    for (let [each, count] = [thrown, 0]; each instanceof Error && count < MOST_CAUSES; count++) {
      const { message, stack, cause } = each;
      // What libraries hang on errors beside these goes nowhere.
      each.message = this.#text(message);
      if (stack !== undefined) each.stack = this.#text(stack);
      if (cause !== undefined && !(cause instanceof Error)) each.cause = this.#without(cause);
      each = cause;
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
    if ('digits' in answer) this.#seen.push(spelled(answer.digits));
    return answer;
  }

  #text(text: string): string {
    return this.#seen.reduce((left, digits) => left.replaceAll(digits, TAKEN_OUT), text);
  }

  #without(value: unknown): unknown {
    if (typeof value === 'string') return this.#text(value);
    if (typeof value === 'number' || typeof value === 'bigint') {
      const text = String(value);
      return this.#text(text) === text ? value : TAKEN_OUT;
    }
    if (Array.isArray(value)) return value.map((item) => this.#without(item));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [this.#text(key), this.#without(inner)]),
    );
  }
}

/** A number that is shorter stands inside of others by chance. */
const LONG_DIGITS = 8;

/** Services write numbers in groups. */
function spelled(digits: string): RegExp {
  const grouped = Array.from(digits).join('[\\s./-]*');
  return new RegExp(digits.length < LONG_DIGITS ? `(?<!\\d)${grouped}(?!\\d)` : grouped, 'g');
}
