// An MCP server as a source of tools: kept connected, for ever, and never waited for by anything but its own calls.
// Knows nothing of profiles and calls.
import type { Clock, StopTimer } from '../../base/clock.ts';
import { LivelineError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { JsonObject } from '../../live/session.ts';
import { guardedFetch } from '../../web/guarded-fetch.ts';
import type { Secrets } from '../../web/template.ts';
import type { Tool, ToolContext, ToolResult } from '../tool.ts';
import { callFault, whyOf } from './call-fault.ts';
import { createConnection, type Connection } from './connection.ts';
import { foreignTool } from './foreign-tool.ts';
import { chooseTools, type ForeignTool } from './listing.ts';
import { toToolResult } from './result.ts';
import { withSecrets, type McpSettings } from './settings.ts';

export type { McpSettings } from './settings.ts';

const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 30_000;
/** A server that was connected for so long has not failed at starting. */
const STEADY_MS = 30_000;
/** Servers tell of each tool that they add. */
const CHANGES_SETTLE_MS = 300;
/** The runner's signal ends every call before; the longest time limit of a profile is two minutes. */
const LONGEST_CALL_MS = 120_000;

export interface McpServer {
  /** As they are known just now: empty until they are known for the first time, and kept while the server is away. */
  readonly tools: readonly Tool[];
  readonly state: 'connecting' | 'connected' | 'away';
  /** Why it is away, for people; undefined while it is not. */
  readonly awayBecause: string | undefined;
  /** Resolves when its tools are known or it has proved to be away, after `withinMs`, or when it is closed. Never rejects. */
  ready(withinMs: number): Promise<void>;
  /** For good. Resolves when its process has ended. Never rejects. */
  close(): Promise<void>;
}

export interface McpDeps {
  readonly secrets: Secrets;
  readonly clock: Clock;
  readonly log: Log;
}

type Link =
  | { readonly is: 'opening'; readonly connection: Connection }
  | { readonly is: 'open'; readonly connection: Connection; readonly sinceMs: number }
  | { readonly is: 'waiting'; readonly stop: StopTimer }
  | { readonly is: 'closed' };

/** How long to wait before trying again, after this many failures in a row. */
export const retryDelayMs = (failures: number): number =>
  Math.min(FIRST_RETRY_MS * 2 ** Math.max(0, failures - 1), LAST_RETRY_MS);

/** Starts at once, in the background. Throws TOOL_SOURCE_INVALID for settings with which it never could. */
export function connectMcp(settings: McpSettings, { secrets, clock, log }: McpDeps): McpServer {
  const { name, timeoutMs } = settings;
  const by = withSecrets(settings, secrets);
  const fetch = guardedFetch({ allowPrivate: settings.allowPrivate });
  const known = Promise.withResolvers<undefined>();
  /** Connections that were let go, until their processes have ended. */
  const ending = new Set<Promise<unknown>>();
  let link: Link = { is: 'waiting', stop: () => undefined };
  let isKnown = false;
  let tools: readonly Tool[] = [];
  let failures = 0;
  /** What was warned of last: a server that stays away, or lacks a tool, is not a new line every time. */
  let warned = '';
  let warnings = '';
  let stopRefresh: StopTimer = () => undefined;
  let isRefreshDue = false;
  let refreshes = 0;
  /** The latest refresh whose answer was taken. */
  let taken = 0;

  async function open(): Promise<void> {
    const connection = createConnection({
      ...{ name, by, fetch, clock, log },
      onLost: () => wasLost(connection),
      onToolsChanged: () => refreshSoon(connection),
    });
    link = { is: 'opening', connection };
    try {
      await connection.open();
      const offered = await connection.offered();
      if (connection.isClosed) throw new Error('it has ended');
      take(offered);
      link = { is: 'open', connection, sinceMs: clock.nowMs() };
      warned = '';
      const names = tools.map(({ declaration }) => declaration.name);
      log.info({ mcp: name, pid: connection.pid, tools: names }, 'MCP server connected');
    } catch (thrown) {
      if (link.is !== 'opening' || link.connection !== connection) return;
      letGo(connection);
      retry(whyOf(thrown), connection.lastWords);
    }
  }

  function wasLost(connection: Connection): void {
    // Lost before its tools were known: `open` hears of it from its own request, and why.
    if (link.is !== 'open' || link.connection !== connection) return;
    letGo(connection);
    if (clock.nowMs() - link.sinceMs >= STEADY_MS) failures = 0;
    retry('it has ended, or does not answer any more');
  }

  function retry(why: string, said?: string): void {
    failures += 1;
    const delayMs = retryDelayMs(failures);
    link = { is: 'waiting', stop: clock.after(delayMs, () => void open()) };
    // Who waits for its tools is not held up by what is known to be away.
    known.resolve(undefined);
    const facts = { mcp: name, why, said, againInMs: delayMs };
    const text = 'MCP server is away; its tools do not work until it is back';
    if (why === warned) log.debug(facts, text);
    else log.warn(facts, text);
    warned = why;
  }

  function take(offered: readonly unknown[]): void {
    const chosen = chooseTools(offered, settings.tools);
    tools = chosen.tools.map((tool) =>
      foreignTool(tool, { timeoutMs, run: (args, context, does) => call({ ...tool, does }, args, context) }),
    );
    const words = chosen.warnings.join('\n');
    if (words !== warnings)
      for (const why of chosen.warnings) log.warn({ mcp: name, why }, 'a tool of an MCP server is left out');
    warnings = words;
    isKnown = true;
    known.resolve(undefined);
  }

  /** Not at once, as changes come in crowds, and not put off by the next: a server may never stop changing. */
  function refreshSoon(connection: Connection): void {
    if (isRefreshDue) return;
    isRefreshDue = true;
    stopRefresh = clock.after(CHANGES_SETTLE_MS, () => {
      isRefreshDue = false;
      if (link.is === 'opening') refreshSoon(connection);
      else void refresh(connection);
    });
  }

  async function refresh(connection: Connection): Promise<void> {
    const nth = (refreshes += 1);
    try {
      const offered = await connection.offered();
      // The answer to an earlier question may come later.
      if (connection.isClosed || nth < taken) return;
      taken = nth;
      take(offered);
    } catch (thrown) {
      const text = 'an MCP server has changed its tools and does not list them; those known before are kept';
      if (!connection.isClosed) log.warn({ mcp: name, why: whyOf(thrown) }, text);
    }
  }

  async function call(tool: ForeignTool, args: JsonObject, { signal }: ToolContext): Promise<ToolResult> {
    const who = `tool ${tool.name} of MCP server ${name}`;
    if (link.is !== 'open') throw new LivelineError('TOOL_UNAVAILABLE', `${who}: the server is away`);
    const limits = { signal, limitMs: Math.max(timeoutMs, LONGEST_CALL_MS) };
    const result = await link.connection.call(tool.name, args, limits).catch((thrown: unknown) => {
      throw callFault(thrown, { who, does: tool.does });
    });
    return toToolResult(who, tool.does, result);
  }

  /** Its end is not waited for, except by `close`. */
  function letGo(connection: Connection): void {
    const end = connection.close();
    ending.add(end);
    void end.then(() => ending.delete(end));
  }

  function close(): Promise<void> {
    const was = link;
    link = { is: 'closed' };
    stopRefresh();
    known.resolve(undefined);
    if (was.is === 'waiting') was.stop();
    if (was.is === 'opening' || was.is === 'open') letGo(was.connection);
    return Promise.all(ending).then(() => undefined);
  }

  void open();
  return {
    get tools() {
      return tools;
    },
    get state() {
      if (link.is === 'open') return 'connected';
      return failures === 0 && link.is === 'opening' && !isKnown ? 'connecting' : 'away';
    },
    get awayBecause() {
      return link.is === 'open' || warned === '' ? undefined : warned;
    },
    async ready(withinMs) {
      const late = Promise.withResolvers<undefined>();
      const stop = clock.after(withinMs, () => late.resolve(undefined));
      await Promise.race([known.promise, late.promise]);
      stop();
    },
    close,
  };
}
