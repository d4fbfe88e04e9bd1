// An MCP server, connected on a clock of the test's own, with its log read line by line. No sleeps: tests wait for lines.
import { EventEmitter, once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { TestContext } from 'vitest';
import { createLog, type Log } from '../../../src/base/log.ts';
import { connectMcp, type McpServer, type McpSettings } from '../../../src/tools/mcp/server.ts';
import type { Tool, ToolContext, ToolResult } from '../../../src/tools/tool.ts';
import { ManualClock } from '../../doubles/manual-clock.ts';
import type { Script } from '../../doubles/mcp/scripted-server.ts';
import { contextOf, use } from '../rig.ts';

const SCRIPTED = fileURLToPath(new URL('../../doubles/mcp/scripted-server.ts', import.meta.url));

export const referenceServer = (name: string): string =>
  fileURLToPath(import.meta.resolve(`@modelcontextprotocol/server-${name}/dist/index.js`));

export const started = (
  ...args: string[]
): { command: string; args: string[]; env: Record<string, string> } => ({
  command: process.execPath,
  args,
  env: {},
});

export const scripted = (script: Script): ReturnType<typeof started> =>
  started(SCRIPTED, JSON.stringify(script));

export const offer = (name: string, more: object = {}): object => ({
  name,
  description: `Does ${name}.`,
  inputSchema: { type: 'object', properties: { text: { type: 'string' } } },
  ...more,
});

export const LOOKS = { annotations: { readOnlyHint: true } };

export interface McpRig {
  readonly clock: ManualClock;
  readonly server: McpServer;
  readonly lines: readonly string[];
  /** Resolves with the line that holds `text`, the `nth` of them. */
  logged(text: string, nth?: number): Promise<string>;
  tool(name: string): Tool;
  run(name: string, args?: object, context?: Partial<ToolContext>): Promise<ToolResult>;
  names(): string[];
}

export function rigOf(
  { onTestFinished }: Pick<TestContext, 'onTestFinished'>,
  settings: Partial<McpSettings> & Pick<McpSettings, 'by' | 'tools'>,
  secrets: Record<string, string> = {},
): McpRig {
  const clock = new ManualClock();
  const lines: string[] = [];
  const heard = new EventEmitter().setMaxListeners(0);
  const log: Log = createLog({
    level: 'debug',
    secrets: [],
    destination: {
      write(line) {
        lines.push(line);
        heard.emit('line');
      },
    },
  });
  const server = connectMcp(
    { name: 'books', allowPrivate: true, timeoutMs: 10_000, ...settings },
    { secrets: new Map(Object.entries(secrets)), clock, log },
  );
  onTestFinished(() => server.close());
  const rig: McpRig = {
    clock,
    server,
    lines,
    async logged(text, nth = 1) {
      for (;;) {
        const found = lines.filter((line) => line.includes(text))[nth - 1];
        if (found !== undefined) return found;
        await once(heard, 'line');
      }
    },
    tool(name) {
      const found = server.tools.find(({ declaration }) => declaration.name === name);
      if (!found) throw new Error(`there is no tool ${name}; there are ${rig.names().join(', ')}`);
      return found;
    },
    run: (name, args = {}, context = {}) => use(rig.tool(name), args, contextOf(context)),
    names: () => server.tools.map(({ declaration }) => declaration.name),
  };
  return rig;
}

/** Of a line of the log. */
export const pidIn = (line: string): number => (JSON.parse(line) as { pid: number }).pid;

/** One that has ended and was not yet buried by its parent is not alive. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    const status = `/proc/${pid}/stat`;
    return !existsSync(status) || !readFileSync(status, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}
