// The tools of a profile: by name alone, or with how their calls are treated.
import { z } from 'zod';
import { toolNames, type ToolSettings } from '../tools/catalogue.ts';

const expected = `expected one of ${toolNames.map((name) => `"${name}"`).join('|')}`;

const name = z.enum(toolNames, expected);

export const tools = z
  .array(
    z.union(
      [
        name.transform((only): ToolSettings => ({ name: only })),
        z.strictObject({
          name: name.describe('Which tool.'),
          behavior: z
            .enum(['blocking', 'non-blocking'])
            .optional()
            .describe('Whether the agent waits in silence for what comes of it.'),
          scheduling: z
            .enum(['silent', 'when-idle', 'interrupt'])
            .optional()
            .describe('When the agent speaks of what came of a call that it did not wait for.'),
        }),
      ],
      `${expected}, or fields: name, behavior, scheduling`,
    ),
  )
  .refine((all) => new Set(all.map((tool) => tool.name)).size === all.length, 'expected every tool once')
  .default([])
  .describe('What the agent can do: names, or fields with a name.');
