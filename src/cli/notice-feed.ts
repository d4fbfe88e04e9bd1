// A server's notices, read from /api/v1/notices by a terminal somewhere else.
import type { Notice } from '../call/notices.ts';

export interface FeedOptions {
  readonly token: string | undefined;
  readonly signal: AbortSignal;
  readonly then: (notice: Notice) => void;
  /** Once, when nothing is told any more and `signal` has not fired: the server is gone, or the way to it. */
  readonly ended?: (() => void) | undefined;
}

/**
 * Calls `then` for each notice until `signal` fires or the server closes. Resolves to false, once and quickly, when the
 * server has no such feed or refuses it; the call can be placed all the same.
 */
export async function followNotices(
  baseUrl: string,
  { token, signal, then, ended }: FeedOptions,
): Promise<boolean> {
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  let response: Response;
  try {
    response = await fetch(`${baseUrl}/api/v1/notices`, { headers, signal });
  } catch {
    return false;
  }
  if (!response.ok || !response.body) return false;
  void read(response.body, then).then(() => {
    if (!signal.aborted) ended?.();
  });
  return true;
}

async function read(body: ReadableStream<Uint8Array>, then: (notice: Notice) => void): Promise<void> {
  let rest = '';
  try {
    for await (const text of body.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines)
        if (line.startsWith('data: ')) then(JSON.parse(line.slice('data: '.length)) as Notice);
    }
  } catch {
    // The feed ends with the call or with the server; neither is a fault of the call.
  }
}
