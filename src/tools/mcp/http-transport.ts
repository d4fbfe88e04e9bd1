// An MCP server behind an address (streamable HTTP): guarded, and bounded in size. Knows no tools.
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { Clock } from '../../base/clock.ts';
import { LivelineError } from '../../base/errors.ts';
import { MAX_MESSAGE_BYTES } from './limits.ts';

export interface HttpOptions {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly fetch: typeof fetch;
  readonly clock: Clock;
}

export const httpTransport = ({ url, headers, fetch, clock }: HttpOptions): StreamableHTTPClientTransport =>
  new StreamableHTTPClientTransport(new URL(url), {
    fetch: bounded(fetch),
    requestInit: { headers },
    // Of a stream within a connection; a connection that is lost is made anew by its owner.
    reconnectionOptions: {
      initialReconnectionDelay: 500,
      reconnectionDelayGrowFactor: 2,
      maxReconnectionDelay: 30_000,
      maxRetries: 3,
    },
    reconnectionScheduler: (reconnect, delayMs) => clock.after(delayMs, reconnect),
  });

/**
 * The same fetch with answers that end in an error when they are too large: of a POST, which answers one request, all
 * of it is counted; of a GET, which stays open for messages, each line.
 */
const bounded =
  (fetch: typeof globalThis.fetch): typeof globalThis.fetch =>
  async (input, init) => {
    const response = await fetch(input, init);
    if (response.body === null) return response;
    const { status, statusText, headers } = response;
    const body = response.body.pipeThrough(boundedBytes(init?.method === 'GET'));
    return new Response(body, { status, statusText, headers });
  };

function boundedBytes(perLine: boolean): TransformStream<Uint8Array, Uint8Array> {
  let bytes = 0;
  return new TransformStream({
    transform(chunk, controller) {
      const lineEnd = perLine ? chunk.lastIndexOf(0x0a) : -1;
      bytes = lineEnd < 0 ? bytes + chunk.length : chunk.length - lineEnd - 1;
      const text = `the MCP server answered with more than ${MAX_MESSAGE_BYTES} bytes`;
      if (bytes <= MAX_MESSAGE_BYTES) controller.enqueue(chunk);
      else controller.error(new LivelineError('TOOL_RESULT_TOO_LARGE', text));
    },
  });
}
