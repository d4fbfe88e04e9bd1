// The catalogue: every tool that profiles list, wherever it comes from. Modules are loaded and servers reached ahead of
// calls, so that a call finds its tools at once.
import type { Clock } from '../base/clock.ts';
import { LivelineError } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import type { Secrets } from '../web/template.ts';
import { BUILT_INS } from './built-in/all.ts';
import type { NamedTool, ToolEntry } from './entries.ts';
import type { HttpToolSpec } from './http/http-tools-file.ts';
import { httpTool } from './http/http-tools.ts';
import { connectMcp, type McpServer } from './mcp/server.ts';
import type { McpSettings } from './mcp/settings.ts';
import { inTime, moduleTools } from './module-tools.ts';
import type { Tool } from './tool.ts';

export interface CatalogueOptions {
  readonly secrets: Secrets;
  readonly clock: Clock;
  readonly log: Log;
}

/** The tools of a call, for as long as it lasts. */
export interface LentTools {
  readonly tools: readonly Tool[];
  /** The call is over. */
  giveBack(): void;
}

/** A server that does not answer for so long is not waited for; its tools come to later calls. */
const SERVERS_ANSWER_WITHIN_MS = 5_000;

const BY_NAME: ReadonlyMap<string, Tool> = new Map(BUILT_INS.map((tool) => [tool.declaration.name, tool]));

interface Reached {
  readonly server: McpServer;
  /** Waited for once, however many profiles list it. */
  readonly answered: () => Promise<void>;
  /** Calls that have its tools. */
  calls: number;
  isListed: boolean;
}

export class Catalogue {
  readonly #options: CatalogueOptions;
  readonly #modules = new Map<string, readonly Tool[]>();
  readonly #loading = new Map<string, Promise<readonly Tool[]>>();
  /** By their settings: profiles that say the same share a server. */
  readonly #servers = new Map<string, Reached>();
  /** Their connections and breakers outlast a call. */
  readonly #described = new WeakMap<HttpToolSpec, Tool>();
  #isClosed = false;

  constructor(options: CatalogueOptions) {
    this.#options = options;
  }

  /**
   * Loads the modules and reaches the servers that are listed; one that is away is reached later. Throws
   * TOOL_SOURCE_INVALID or TOOL_UNKNOWN for what no call could have.
   */
  async prepare(list: readonly ToolEntry[]): Promise<void> {
    for (const entry of list) {
      if (entry.is === 'module') await this.#load(entry);
      // Until the reading is over: a call that ends meanwhile must not close it.
      if (entry.is === 'mcp') this.#reach(entry.server).isListed = true;
    }
    this.#toolsOf(list);
    await Promise.all(
      list.flatMap((entry) => (entry.is === 'mcp' ? this.#reach(entry.server).answered() : [])),
    );
    this.#toolsOf(list);
  }

  /** Servers that none of these lists are closed once the calls that use them are over. */
  keepOnly(lists: readonly (readonly ToolEntry[])[]): void {
    const listed = new Set(
      lists.flat().flatMap((entry) => (entry.is === 'mcp' ? serverKey(entry.server) : [])),
    );
    for (const [key, reached] of this.#servers) {
      reached.isListed = listed.has(key);
      this.#closeIdle(key, reached);
    }
  }

  /** As they are known just now. Throws TOOL_UNKNOWN or TOOL_SOURCE_INVALID as `prepare` does. */
  toolsOf(list: readonly ToolEntry[]): readonly Tool[] {
    return this.#toolsOf(list);
  }

  /** The servers of a list that are away, and why. */
  away(list: readonly ToolEntry[]): readonly { readonly name: string; readonly why: string }[] {
    return list.flatMap((entry) => {
      if (entry.is !== 'mcp') return [];
      const { state, awayBecause } = this.#reach(entry.server).server;
      const why = awayBecause ?? 'it has not answered yet';
      return state === 'connected' ? [] : [{ name: entry.server.name, why }];
    });
  }

  /** What a server offers only since the profile was checked, under a name that is taken, is left out and told to the log. */
  lend(list: readonly ToolEntry[]): LentTools {
    const tools = this.#toolsOf(list, (fault) =>
      this.#options.log.error(fault, 'a tool is left out of this call'),
    );
    const lent = list.flatMap((entry) => {
      if (entry.is !== 'mcp') return [];
      const reached = this.#reach(entry.server);
      reached.calls += 1;
      return [{ key: serverKey(entry.server), reached }];
    });
    return {
      tools,
      giveBack: () => {
        for (const { key, reached } of lent.splice(0)) {
          reached.calls -= 1;
          this.#closeIdle(key, reached);
        }
      },
    };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const servers = [...this.#servers.values()];
    this.#servers.clear();
    await Promise.all(servers.map(({ server }) => server.close()));
  }

  /** Once for all profiles that name it, however late it comes; one that failed is tried again. */
  async #load(entry: Extract<ToolEntry, { is: 'module' }>): Promise<void> {
    const key = moduleKey(entry);
    if (this.#modules.has(key)) return;
    const loading = this.#loading.get(key) ?? moduleTools(entry.file, entry.version);
    this.#loading.set(key, loading);
    void loading.then(
      (tools) => this.#modules.set(key, tools),
      () => this.#loading.delete(key),
    );
    this.#modules.set(key, await inTime(loading, entry.file, this.#options.clock));
  }

  #reach(settings: McpSettings): Reached {
    const key = serverKey(settings);
    const known = this.#servers.get(key);
    if (known) return known;
    if (this.#isClosed) throw new LivelineError('TOOL_SOURCE_INVALID', 'the tools were let go of');
    const server = connectMcp(settings, this.#options);
    let asked: Promise<void> | undefined;
    const answered = (): Promise<void> => (asked ??= server.ready(SERVERS_ANSWER_WITHIN_MS));
    const reached = { server, answered, calls: 0, isListed: true };
    this.#servers.set(key, reached);
    return reached;
  }

  #closeIdle(key: string, reached: Reached): void {
    if (reached.isListed || reached.calls > 0 || this.#servers.get(key) !== reached) return;
    this.#servers.delete(key);
    void reached.server.close();
  }

  #httpTools({ file, specs }: Extract<ToolEntry, { is: 'http' }>): Tool[] {
    return specs.map((spec) => {
      const tool = this.#described.get(spec) ?? within(file, () => httpTool(spec, this.#options));
      this.#described.set(spec, tool);
      return tool;
    });
  }

  #toolsOf(list: readonly ToolEntry[], onClash = refuse): Tool[] {
    const found = new Map<string, Tool>();
    const put = (tool: Tool, from: string): void => {
      const { name } = tool.declaration;
      const has = BY_NAME.has(name) ? 'a built-in tool' : found.has(name) ? 'another one' : undefined;
      if (has === undefined) found.set(name, tool);
      else onClash({ reason: `${from} has a tool "${name}", but ${has} has that name already` });
    };
    const described = new Set<string>();
    for (const entry of list) {
      if (entry.is === 'http')
        for (const tool of this.#httpTools(entry)) {
          put(tool, entry.file);
          described.add(tool.declaration.name);
        }
      if (entry.is === 'module')
        for (const tool of this.#modules.get(moduleKey(entry)) ?? []) put(tool, entry.file);
      if (entry.is === 'mcp')
        for (const tool of this.#reach(entry.server).server.tools)
          put(tool, `the MCP server ${entry.server.name}`);
    }
    const awaited = new Set(list.flatMap((entry) => (entry.is === 'mcp' ? entry.server.tools : [])));
    for (const entry of list) {
      if (entry.is !== 'named') continue;
      const tool = found.get(entry.name) ?? BY_NAME.get(entry.name);
      if (entry.effect !== undefined && described.has(entry.name))
        throw new LivelineError(
          'TOOL_SOURCE_INVALID',
          `"${entry.name}" is described in a file: say there, and not in the profile, whether it has an effect`,
        );
      if (tool && entry.effect !== undefined && !found.has(entry.name))
        throw new LivelineError(
          'TOOL_SOURCE_INVALID',
          `"${entry.name}" is built in, and knows itself whether it has an effect: leave effect out`,
        );
      if (tool) found.set(entry.name, asSet(tool, entry));
      else if (!awaited.has(entry.name))
        throw new LivelineError(
          'TOOL_UNKNOWN',
          `there is no tool "${entry.name}"; there are ${[...new Set([...BY_NAME.keys(), ...found.keys()])].join(', ')}`,
        );
    }
    return [...found.values()];
  }
}

const refuse = ({ reason }: { reason: string }): void => {
  throw new LivelineError('TOOL_SOURCE_INVALID', reason);
};

/** Its faults say in which file they are. */
function within<T>(file: string, make: () => T): T {
  try {
    return make();
  } catch (thrown) {
    if (!(thrown instanceof LivelineError)) throw thrown;
    throw new LivelineError(thrown.code, `${file}: ${thrown.message}`, { cause: thrown });
  }
}

const moduleKey = ({ file, version }: { file: string; version: string }): string => `${version} ${file}`;
const serverKey = (settings: McpSettings): string => JSON.stringify(settings);

/** As the profile has it. */
function asSet(
  tool: Tool,
  { behavior, scheduling, timeoutMs, lateResult, announce, effect }: NamedTool,
): Tool {
  const { declaration } = tool;
  const description =
    announce === undefined
      ? declaration.description
      : `${declaration.description} Before you call it, say in your own words: "${announce}"`;
  return {
    ...tool,
    declaration: { ...declaration, description, behavior, scheduling },
    timeoutMs: timeoutMs ?? tool.timeoutMs,
    lateResult: lateResult ?? tool.lateResult,
    effect: effect === undefined ? tool.effect : effect ? (tool.effect ?? {}) : undefined,
  };
}
