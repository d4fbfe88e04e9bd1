// One request and what became of it, bounded in time and bytes. Knows nothing of trying again.
import type { Clock } from '../base/clock.ts';
import { LivelineError } from '../base/errors.ts';

export type Outcome =
  /** `text` undefined: longer than was allowed. */
  | { is: 'answered'; status: number; headers: Headers; text: string | undefined }
  /** Nothing was sent. */
  | { is: 'unreached'; why: string; cause: unknown }
  /** Sent, perhaps, and no whole answer came. */
  | { is: 'lost'; why: string; cause: unknown }
  /** It can never be sent as it is. */
  | { is: 'unsendable'; error: LivelineError | undefined }
  /** The one who asked wants no answer any more; it may have been sent. */
  | { is: 'aborted' };

export interface Exchange {
  readonly fetch: typeof fetch;
  readonly url: URL;
  readonly init: Omit<RequestInit, 'signal'>;
  /** From dialling to the last byte. */
  readonly timeoutMs: number;
  readonly maxBytes: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Never rejects. */
export async function exchange({
  fetch,
  url,
  init,
  timeoutMs,
  maxBytes,
  clock,
  signal,
}: Exchange): Promise<Outcome> {
  const timeout = new AbortController();
  const stopTimer = clock.after(timeoutMs, () => timeout.abort());
  try {
    const response = await fetch(url, { ...init, signal: AbortSignal.any([signal, timeout.signal]) });
    const text = await readText(response, maxBytes);
    return { is: 'answered', status: response.status, headers: response.headers, text };
  } catch (thrown) {
    if (signal.aborted) return { is: 'aborted' };
    if (timeout.signal.aborted)
      return { is: 'lost', why: `no answer within ${timeoutMs} ms`, cause: undefined };
    return failureOf(thrown);
  } finally {
    stopTimer();
  }
}

async function readText(response: Response, maxBytes: number): Promise<string | undefined> {
  if (response.body === null) return '';
  const decoder = new TextDecoder();
  let [text, bytes] = ['', 0];
  const chunks: AsyncIterable<Uint8Array> = response.body;
  for await (const chunk of chunks) {
    bytes += chunk.byteLength;
    // Leaving the loop cancels the body, and with it the connection.
    if (bytes > maxBytes) return undefined;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

/** Certificates are checked before a request is written: node:tls and OpenSSL name these faults so. */
const TLS_FAULT = /^(CERT_|ERR_TLS_|ERR_SSL_|SELF_SIGNED_|DEPTH_ZERO_|UNABLE_TO_)/;

/** By codes alone: messages of fetch quote headers and addresses, and with them secrets. */
function failureOf(thrown: unknown): Outcome {
  if (thrown instanceof LivelineError) return { is: 'unsendable', error: thrown };
  const cause = thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause : undefined;
  const code = codeOf(cause) ?? codeOf(thrown);
  // fetch throws without a cause when it cannot make a request out of what it was given.
  if (
    code === undefined &&
    cause === undefined &&
    thrown instanceof TypeError &&
    thrown.message !== 'terminated'
  )
    return { is: 'unsendable', error: undefined };
  const why = code ?? 'the connection was lost';
  return { is: wasNeverConnected(cause, code) ? 'unreached' : 'lost', why, cause };
}

function wasNeverConnected(cause: Error | undefined, code: string | undefined): boolean {
  if (cause === undefined) return false;
  // One error for each address that was tried.
  if (cause instanceof AggregateError)
    return cause.errors.every((one: unknown) => one instanceof Error && wasNeverConnected(one, codeOf(one)));
  if ('syscall' in cause && (cause.syscall === 'connect' || cause.syscall === 'getaddrinfo')) return true;
  return code !== undefined && (code === 'UND_ERR_CONNECT_TIMEOUT' || TLS_FAULT.test(code));
}

const codeOf = (thrown: unknown): string | undefined =>
  thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : undefined;
