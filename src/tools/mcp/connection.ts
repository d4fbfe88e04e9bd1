// One life of an MCP server: from its handshake until it is lost or let go. Knows nothing of what comes after.
import { Client, type CallToolResult } from '@modelcontextprotocol/client';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { JsonObject } from '../../live/session.ts';
import { isAnswer } from './call-fault.ts';
import { httpTransport } from './http-transport.ts';
import { offeredTools } from './listing.ts';
import type { McpReach } from './settings.ts';
import { StdioTransport } from './stdio-transport.ts';
import { within } from './within.ts';

const CONNECT_WITHIN_MS = 10_000;
const LIST_WITHIN_MS = 10_000;
/** How often an idle server is asked whether it is there; also keeps its session from ending for want of use. */
const PING_EVERY_MS = 30_000;
const PING_WITHIN_MS = 10_000;
/** A program is not waited for beyond this when its session is ended in good form. */
const GOODBYE_WITHIN_MS = 1_000;
/** Lines of the server's own words that are logged, for each of its lives. */
const MAX_WORDS = 200;
const MAX_WORD_CHARS = 500;
/** The client's own timers never come first: all waits are ours, on the clock that was handed in. */
const NEVER_MS = 2 ** 31 - 1;

export interface ConnectionOptions {
  readonly name: string;
  readonly by: McpReach;
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  readonly log: Log;
  /** At most once, and not after `close`. */
  readonly onLost: () => void;
  readonly onToolsChanged: () => void;
}

export interface Connection {
  /** Of its process, when it is one of ours. */
  readonly pid: number | undefined;
  readonly isClosed: boolean;
  /** What its process has said last, while no call can have told it of a caller: why it does not start. */
  readonly lastWords: string | undefined;
  /** The handshake. Throws what the client throws, and TOOL_TIMED_OUT. */
  open(): Promise<void>;
  /** Throws what the client throws, and TOOL_TIMED_OUT. */
  offered(): Promise<readonly unknown[]>;
  /** Throws what the client throws, and TOOL_TIMED_OUT at the limit or when `signal` fires; the server is then told. */
  call(
    name: string,
    args: JsonObject,
    limits: { signal: AbortSignal; limitMs: number },
  ): Promise<CallToolResult>;
  /** Resolves when the server's process has ended, or its session. Never rejects. */
  close(): Promise<void>;
}

export function createConnection(options: ConnectionOptions): Connection {
  const { name, by, clock, log, onLost, onToolsChanged } = options;
  const client = new Client({ name: 'liveline', version: '1' });
  let wordsLeft = MAX_WORDS;
  let lastWords: string | undefined;
  let callsStarted = 0;
  let callsRunning = 0;
  let isChecking = false;
  let closing: Promise<void> | undefined;

  /** Before the first call it can know nothing of a caller; afterwards it may say anything. */
  const hear = (line: string): void => {
    if ((wordsLeft -= 1) < 0) return;
    const said = line.slice(0, MAX_WORD_CHARS);
    lastWords = said;
    log.debug({ mcp: name, ...(callsStarted === 0 ? { said } : { pii: { said } }) }, 'an MCP server says');
    if (wordsLeft === 0) log.debug({ mcp: name }, 'an MCP server says more than is logged');
  };

  const transport =
    'url' in by
      ? httpTransport({ ...by, fetch: options.fetch, clock })
      : new StdioTransport({ ...by, clock, onWords: hear });

  const bounded = <T>(limitMs: number, what: string, run: (signal: AbortSignal) => Promise<T>) =>
    within({ clock, limitMs, what }, run);

  /** Whether it is there; a server that does not answer is let go. */
  function check(): void {
    if (isChecking || closing) return;
    isChecking = true;
    bounded(PING_WITHIN_MS, 'asking whether it is there', (signal) =>
      client.ping({ signal, timeout: NEVER_MS }),
    )
      .catch((thrown: unknown) => {
        if (!isAnswer(thrown)) lose();
      })
      .finally(() => {
        isChecking = false;
      });
  }

  function lose(): void {
    if (closing) return;
    // Not in this tick: closing a transport ends up here again.
    closing = Promise.resolve().then(end);
    onLost();
  }

  async function end(): Promise<void> {
    stopPings();
    await transport.close().catch(() => undefined);
  }

  async function sayGoodbye(): Promise<void> {
    if ('terminateSession' in transport)
      await bounded(GOODBYE_WITHIN_MS, 'ending its session', () => transport.terminateSession());
  }

  client.onclose = lose;
  client.onerror = (error) => {
    hear(error.message);
    // Over HTTP a server goes without a word: a broken stream is the first that is heard of it.
    if ('url' in by) check();
  };
  client.setNotificationHandler('notifications/tools/list_changed', () => onToolsChanged());
  // One that is busy with a call may answer late, and is not to be taken for gone.
  const stopPings = clock.every(PING_EVERY_MS, () => {
    if (callsRunning === 0) check();
  });

  return {
    get pid() {
      return 'pid' in transport ? transport.pid : undefined;
    },
    get lastWords() {
      return callsStarted === 0 ? lastWords : undefined;
    },
    get isClosed() {
      return closing !== undefined;
    },
    open: () =>
      bounded(CONNECT_WITHIN_MS, 'connecting', (signal) =>
        client.connect(transport, { signal, timeout: NEVER_MS }),
      ),
    offered: () => bounded(LIST_WITHIN_MS, 'listing its tools', (signal) => offeredTools(client, signal)),
    async call(tool, args, { signal, limitMs }) {
      callsStarted += 1;
      callsRunning += 1;
      try {
        const request = { method: 'tools/call', params: { name: tool, arguments: args } } as const;
        return await within({ clock, limitMs, signal, what: 'the call' }, (ended) =>
          client.request(request, { signal: ended, timeout: NEVER_MS }),
        );
      } catch (thrown) {
        if (!isAnswer(thrown) && !signal.aborted) check();
        throw thrown;
      } finally {
        callsRunning -= 1;
      }
    },
    // Its session may be gone already, or be one that clients cannot end.
    close: () =>
      (closing ??= sayGoodbye()
        .catch(() => undefined)
        .then(end)),
  };
}
