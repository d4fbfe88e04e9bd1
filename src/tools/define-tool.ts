// How a tool is written: one zod schema gives the type of its arguments, their check and what the model is told.
import { z } from 'zod';
import { LivelineError } from '../base/errors.ts';
import { SECRET_KINDS } from './secrets.ts';
import type { Effect, Tool, ToolContext, ToolResult } from './tool.ts';

export interface ToolDefinition<Args extends z.ZodObject> {
  /** What the model calls; snake_case, at most 64 characters (googleapis content.proto, FunctionDeclaration). */
  readonly name: string;
  /** Tells the model when to call it and what comes back. */
  readonly description: string;
  /** Every field carries a `.describe()`: it is all that the model knows of it. Give it at least one field. */
  readonly args: Args;
  readonly timeoutMs: number;
  /** What running it changes; left out for a tool that only looks. */
  readonly effect?: Effect | undefined;
  readonly lateResult?: Tool['lateResult'];
  /** What `run` asks the caller to type, through `context.secrets`. */
  readonly secrets?: Tool['secrets'];
  run(args: z.output<Args>, context: ToolContext): ToolResult | Promise<ToolResult>;
}

const LONGEST_MS = 120_000;

/** Written in JavaScript, or past the compiler, a definition may be anything. */
const definitionSchema = z.looseObject({
  name: z
    .string()
    .regex(/^[a-zA-Z_][\w.-]{0,63}$/, 'expected a name such as book_table, of at most 64 characters'),
  description: z.string().trim().min(1, 'expected when to call it, and what comes back'),
  args: z.instanceof(z.ZodObject, { error: 'expected z.object({ … })' }),
  timeoutMs: z.number('expected milliseconds').min(1).max(LONGEST_MS),
  effect: z.looseObject({}, 'expected {}, or nothing').optional(),
  lateResult: z.enum(['tell', 'drop']).optional(),
  secrets: z.array(z.enum(SECRET_KINDS)).optional(),
  run: z.custom((run) => typeof run === 'function', 'expected a function'),
});

/** Throws TOOL_SOURCE_INVALID with all that is wrong with the definition. */
export function defineTool<Args extends z.ZodObject>(definition: ToolDefinition<Args>): Tool {
  const faults = definitionSchema.safeParse(definition).error?.issues ?? [];
  if (faults.length > 0)
    throw new LivelineError(
      'TOOL_SOURCE_INVALID',
      `tool ${JSON.stringify(definition.name)}: ${faults.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')}`,
    );
  const { name, description, args, timeoutMs, effect, lateResult, secrets } = definition;
  const { $schema: _, ...parameters } = z.toJSONSchema(args, { io: 'input' });
  return {
    declaration: { name, description, parameters },
    timeoutMs,
    effect,
    lateResult,
    secrets,
    async accept(given) {
      const checked = await args.safeParseAsync(given);
      if (checked.success) return checked.data;
      throw new LivelineError('TOOL_ARGUMENTS_INVALID', mend(checked.error.issues));
    },
    run: async (accepted, context) => definition.run(accepted as z.output<Args>, context),
  };
}

const mend = (issues: readonly z.core.$ZodIssue[]): string =>
  [
    ...issues.map(({ path, message }) => `${z.core.toDotPath(path) || 'arguments'}: ${message}.`),
    'Call it once more with this corrected, or ask the caller for it.',
  ].join(' ');
