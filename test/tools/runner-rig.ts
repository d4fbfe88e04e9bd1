// A runner with a clock, a log and an ear of the test's own, and tools that do as the test says.
import { callId, toolCallId } from '../../src/base/ids.ts';
import { createLog, type Log } from '../../src/base/log.ts';
import type { JsonObject } from '../../src/live/session.ts';
import { createRunner, type ToolDone } from '../../src/tools/runner.ts';
import type { Tool, ToolContext, ToolResult } from '../../src/tools/tool.ts';
import { ManualClock } from '../doubles/manual-clock.ts';
import { memoryCrm } from './rig.ts';

export const TIMEOUT_MS = 1_000;

export const tool = (name: string, run: Tool['run']): Tool => ({
  declaration: { name, description: name, parameters: {} },
  timeoutMs: TIMEOUT_MS,
  run,
});

/** A tool that answers when the test says so, whatever its signal says. */
export function slowTool() {
  const started = new Map<string, PromiseWithResolvers<ToolResult> & { context: ToolContext }>();
  const slow = tool('slow', (_, context) => {
    const gate = { ...Promise.withResolvers<ToolResult>(), context };
    started.set(context.toolCallId, gate);
    return gate.promise;
  });
  return { slow, started };
}

/** Lets every promise that can settle do so. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export function rigOf(tools: readonly Tool[], onDone?: (done: ToolDone) => void) {
  const clock = new ManualClock();
  const done: ToolDone[] = [];
  const lines: string[] = [];
  const log: Log = createLog({
    level: 'debug',
    secrets: [],
    destination: { write: (line) => void lines.push(line) },
  });
  const runner = createRunner({
    tools,
    crm: memoryCrm(),
    callId: callId('CA1'),
    caller: '+15550100123',
    log,
    clock,
    onDone: onDone ?? ((answer) => void done.push(answer)),
  });
  const run = (name: string, id = 'fc-1', args: JsonObject = {}): void =>
    runner.run({ id: toolCallId(id), name, args });
  const cancel = (id: string): void => runner.cancel(toolCallId(id));
  return { clock, done, lines, runner, run, cancel };
}
