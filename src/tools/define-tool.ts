// How a tool is written: one zod schema gives the type of its arguments, their check and what the model is told.
import { z } from 'zod';
import { LivelineError } from '../base/errors.ts';

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
  run(args: z.output<Args>, context: ToolContext): ToolResult | Promise<ToolResult>;
}

export function defineTool<Args extends z.ZodObject>(definition: ToolDefinition<Args>): Tool {
  const { name, description, args, timeoutMs, effect, lateResult } = definition;
  const { $schema: _, ...parameters } = z.toJSONSchema(args, { io: 'input' });
  return {
    declaration: { name, description, parameters },
    timeoutMs,
    effect,
    lateResult,
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
