// A tool of an MCP server as one of ours. Knows nothing of connections.
import { z } from 'zod';
import { LivelineError } from '../../base/errors.ts';
import type { JsonObject } from '../../live/session.ts';
import type { Effect, Tool, ToolContext, ToolResult } from '../tool.ts';
import type { ForeignTool } from './listing.ts';

/** What sets something may set it back and forth: each setting undoes what the one before has done. */
const effectOf = ({ does, name }: ForeignTool): Effect | undefined =>
  does === 'looks' ? undefined : does === 'acts' ? {} : { reverses: [name] };

/** A copy of what is JSON without what objects inherit: a field called toString is not there unless it was given. */
const bare = (given: unknown): unknown =>
  JSON.parse(JSON.stringify(given), (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.assign(Object.create(null) as object, value)
      : value,
  );

export interface ForeignRun {
  readonly timeoutMs: number;
  run(args: JsonObject, context: ToolContext, does: ForeignTool['does']): Promise<ToolResult>;
}

export function foreignTool(tool: ForeignTool, by: ForeignRun): Tool {
  const { name, description, parameters } = tool;
  const schema = z.fromJSONSchema(parameters);
  return {
    declaration: { name, description, parameters },
    timeoutMs: by.timeoutMs,
    effect: effectOf(tool),
    /** As the model was told; the server checks the rest. */
    async accept(given) {
      const checked = await schema.safeParseAsync(bare(given ?? {}));
      if (checked.success) return checked.data as JsonObject;
      const words = checked.error.issues.map(
        ({ path, message }) => `${z.core.toDotPath(path) || 'arguments'}: ${message}.`,
      );
      const mend = 'Call it once more with this corrected, or ask the caller for it.';
      throw new LivelineError('TOOL_ARGUMENTS_INVALID', [...words, mend].join(' '));
    },
    /** Whoever says otherwise of its effect than the server does is believed also when it fails. */
    run(args, context) {
      const { effect } = this;
      const acts = tool.does === 'looks' ? 'acts' : tool.does;
      return by.run(args, context, effect === undefined ? 'looks' : acts);
    },
  };
}
