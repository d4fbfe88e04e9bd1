// What an MCP server offers, and which of it the agent may use. What cannot be used is told in words, never thrown.
import type { Client } from '@modelcontextprotocol/client';
import { z } from 'zod';
import { LivelineError } from '../../base/errors.ts';
import type { JsonObject } from '../../live/session.ts';
import { MAX_DESCRIPTION_CHARS } from './limits.ts';
import { tellableParameters } from './parameters.ts';

/** A server whose list does not end after so many pages is making them up. */
const MAX_PAGES = 64;
/** Of a function: googleapis content.proto, FunctionDeclaration. */
const TOOL_NAME = /^[A-Za-z_][\w.-]{0,63}$/;

/** Read tool by tool, so that one with a fault does not hide the others. */
const PAGE = z.object({ tools: z.array(z.unknown()), nextCursor: z.string().optional() });
const NAMED = z.object({ name: z.string() });
const OFFERED = NAMED.extend({
  description: z.string().optional(),
  inputSchema: z.unknown(),
  annotations: z
    .object({ readOnlyHint: z.boolean().optional(), idempotentHint: z.boolean().optional() })
    .optional(),
  execution: z.object({ taskSupport: z.string().optional() }).optional(),
});

/** A tool of the server that the agent may use. */
export interface ForeignTool {
  readonly name: string;
  readonly description: string;
  /** JSON Schema, in what every Live model can be told. */
  readonly parameters: JsonObject;
  /** `acts`: each call does something more; `sets`: the same again changes nothing more (the protocol's hints). */
  readonly does: 'looks' | 'acts' | 'sets';
}

export interface Chosen {
  readonly tools: readonly ForeignTool[];
  /** A sentence for each tool that was asked for and is not there, and why. */
  readonly warnings: readonly string[];
}

/** All pages. Throws what the client throws, and TOOL_SOURCE_INVALID for a list without end. */
export async function offeredTools(client: Client, signal: AbortSignal): Promise<readonly unknown[]> {
  if (client.getServerCapabilities()?.tools === undefined) return [];
  const offered: unknown[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const params = cursor === undefined ? {} : { cursor };
    const { tools, nextCursor } = await client.request({ method: 'tools/list', params }, PAGE, { signal });
    offered.push(...tools);
    if (nextCursor === undefined) return offered;
    cursor = nextCursor;
  }
  throw new LivelineError('TOOL_SOURCE_INVALID', `its list of tools has not ended after ${MAX_PAGES} pages`);
}

export function chooseTools(offered: readonly unknown[], allowed: readonly string[]): Chosen {
  const byName = Map.groupBy(offered, (one) => NAMED.safeParse(one).data?.name);
  const names = [...byName.keys()].filter((name) => name !== undefined);
  const tools: ForeignTool[] = [];
  const warnings: string[] = [];
  for (const name of new Set(allowed)) {
    const [one, ...others] = byName.get(name) ?? [];
    const tool =
      one === undefined
        ? `is not offered; there are ${names.length > 0 ? names.slice(0, 50).join(', ') : 'none'}`
        : readTool(one);
    if (typeof tool === 'string') warnings.push(`its tool ${name} ${tool}`);
    else tools.push(tool);
    if (others.length > 0)
      warnings.push(`its tool ${name} is offered ${others.length + 1} times; the first is used`);
  }
  return { tools, warnings };
}

/** Or why it cannot be used. */
function readTool(offered: unknown): ForeignTool | string {
  const read = OFFERED.safeParse(offered);
  if (!read.success) return `is described wrongly: ${z.prettifyError(read.error)}`;
  const { name, description, inputSchema, annotations, execution } = read.data;
  if (!TOOL_NAME.test(name))
    return 'has a name that the model cannot be told: letters, digits, _, . and -, at most 64, and no digit first';
  if (execution?.taskSupport === 'required') return 'runs only as a task, which is not for a phone call';
  const parameters = tellableParameters(inputSchema);
  if (!parameters)
    return 'needs arguments that the model cannot be told; it takes an object of strings, numbers, booleans, lists, enums and objects of such';
  return {
    name,
    description: (description || name).slice(0, MAX_DESCRIPTION_CHARS),
    parameters,
    does:
      annotations?.readOnlyHint === true ? 'looks' : annotations?.idempotentHint === true ? 'sets' : 'acts',
  };
}
