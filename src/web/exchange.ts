// One request and what became of it, bounded in time and bytes. Knows nothing of trying again.
import type { Clock } from '../base/clock.ts';
import { LivelineError } from '../base/errors.ts';
import type { GuardedFetch } from './guarded-fetch.ts';

export type Outcome =
  /** `text` undefined: longer than was allowed. */
  | { is: 'answered'; status: number; headers: Headers; text: string | undefined }
  /** Nothing was sent, or not to its end: nobody did anything. */
  | { is: 'unreached'; why: string; cause: unknown }
  /** Sent, perhaps, and no whole answer came. */
  | { is: 'lost'; why: string; cause: unknown }
  /** It can never be sent as it is. */
  | { is: 'unsendable'; error: LivelineError | undefined }
  /** The one who asked wants no answer any more. */
  | { is: 'aborted'; isSent: boolean };

export interface Exchange {
  readonly fetch: GuardedFetch;
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
  const sending = { isBegun: false };
  const stopTimer = clock.after(timeoutMs, () => timeout.abort());
  try {
    const whole = { ...init, signal: AbortSignal.any([signal, timeout.signal]) };
    const response = await fetch(url, whole, () => (sending.isBegun = true));
    const text = await readText(response, maxBytes);
    return { is: 'answered', status: response.status, headers: response.headers, text };
  } catch (thrown) {
    const isSent = sending.isBegun;
    if (signal.aborted) return { is: 'aborted', isSent };
    if (timeout.signal.aborted)
      return {
        is: isSent ? 'lost' : 'unreached',
        why: `no ${isSent ? 'answer' : 'connection'} within ${timeoutMs} ms`,
        cause: undefined,
      };
    return failureOf(thrown, isSent);
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

/** By codes alone: messages of fetch quote headers and addresses, and with them secrets. */
function failureOf(thrown: unknown, isSent: boolean): Outcome {
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
  return { is: isSent && !wasNotTaken(cause, code) ? 'lost' : 'unreached', why, cause };
}

/** What the system did not take was the end of the request at least, and half a request asks for nothing. */
const wasNotTaken = (cause: Error | undefined, code: string | undefined): boolean =>
  cause !== undefined &&
  'syscall' in cause &&
  cause.syscall === 'write' &&
  (code === 'EPIPE' || code === 'ECONNRESET');

const codeOf = (thrown: unknown): string | undefined =>
  thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : undefined;
