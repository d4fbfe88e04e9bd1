// What a tool of an MCP server answers, as the model is told it. Knows nothing of connections.
import type { CallToolResult, ContentBlock } from '@modelcontextprotocol/client';
import { ServiceFailure } from '../service-failure.ts';
import type { ToolResult } from '../tool.ts';
import { MAX_RESULT_CHARS } from './limits.ts';
import type { ForeignTool } from './listing.ts';
import { ServerSaid } from './server-said.ts';

const cut = (text: string): string =>
  text.length <= MAX_RESULT_CHARS ? text : `${text.slice(0, MAX_RESULT_CHARS)} … (there is more)`;

/**
 * Throws ServiceFailure when the tool says that it failed: at what point, nobody can say, so one that `acts` may have acted
 * (an upstream that did not answer in time is reported so). What it said is for the model, and not for the log.
 */
export function toToolResult(who: string, does: ForeignTool['does'], result: CallToolResult): ToolResult {
  const { content } = result;
  const text = content.flatMap((part) => (part.type === 'text' ? part.text : [])).join('\n');
  if (result.isError === true) {
    const code = does === 'acts' ? 'TOOL_IN_DOUBT' : 'TOOL_REFUSED';
    throw new ServiceFailure(code, `${who} says that it failed`, text, new ServerSaid('isError', text));
  }
  const facts: unknown = result.structuredContent ?? asJson(text);
  const also = content.flatMap((part) => nameOf(part) ?? []).slice(0, 20);
  // Servers write structured content out as text once more; one of the two is enough.
  const isSaid = text.trim() !== '' && asJson(text) === undefined;
  return {
    tell: {
      message: isSaid ? cut(text) : facts === undefined ? 'Done.' : 'Here is what was found.',
      ...(facts !== undefined && { result: facts }),
      ...(also.length > 0 && { not_shown: also }),
    },
  };
}

/** An object or a list; a lone word or number is words. */
function asJson(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** What cannot be told on the phone is named. */
function nameOf(part: ContentBlock): string | undefined {
  switch (part.type) {
    case 'text':
      return undefined;
    case 'image':
    case 'audio':
      return `${part.type} (${part.mimeType})`;
    case 'resource_link':
      return `document: ${cut(part.title ?? part.name)}`;
    case 'resource':
      return `document (${part.resource.mimeType ?? 'of unknown kind'})`;
    default:
      return undefined;
  }
}
