// A tool of an MCP server as one of ours. Knows nothing of connections.
import { z } from 'zod';
import { LivelineError } from '../../base/errors.ts';
import type { JsonObject } from '../../live/session.ts';
import type { Effect, Tool } from '../tool.ts';
import type { ForeignTool } from './listing.ts';

/** What sets something may set it back and forth: each setting undoes what the one before has done. */
const effectOf = ({ does, name }: ForeignTool): Effect | undefined =>
  does === 'looks' ? undefined : does === 'acts' ? {} : { reverses: [name] };

export function foreignTool(tool: ForeignTool, by: Pick<Tool, 'timeoutMs' | 'run'>): Tool {
  const { name, description, parameters } = tool;
  const schema = z.fromJSONSchema(parameters);
  return {
    declaration: { name, description, parameters },
    timeoutMs: by.timeoutMs,
    effect: effectOf(tool),
    /** As the model was told; the server checks the rest. */
    async accept(given) {
      const checked = await schema.safeParseAsync(given ?? {});
      if (checked.success) return checked.data as JsonObject;
      const words = checked.error.issues.map(
        ({ path, message }) => `${z.core.toDotPath(path) || 'arguments'}: ${message}.`,
      );
      const mend = 'Call it once more with this corrected, or ask the caller for it.';
      throw new LivelineError('TOOL_ARGUMENTS_INVALID', [...words, mend].join(' '));
    },
    run: by.run,
  };
}
