// A runner with a clock, a log and an ear of the test's own, and tools that do as the test says.
import { callId, toolCallId } from '../../../src/base/ids.ts';
import { createLog, type Log } from '../../../src/base/log.ts';
import type { TextSender } from '../../../src/carrier/texts.ts';
import type { Crm } from '../../../src/crm/crm.ts';
import type { JsonObject } from '../../../src/live/session.ts';
import { createMemoryEffects } from '../../../src/tools/effects/memory.ts';
import type { Effects } from '../../../src/tools/effects/effects.ts';
import { createRunner, type ToolDone, type ToolLate } from '../../../src/tools/run/runner.ts';
import type { SecretDesk } from '../../../src/tools/secrets.ts';
import type { Tool, ToolContext, ToolResult } from '../../../src/tools/tool.ts';
import { ManualClock } from '../../doubles/manual-clock.ts';
import { memoryCrm, noTexts } from '../rig.ts';

export const TIMEOUT_MS = 1_000;

/** Beyond it nothing goes on that is not waited for. */
export const HARD_LIMIT_MS = TIMEOUT_MS + 30_000;

export const tool = (name: string, run: Tool['run'], more: Partial<Tool> = {}): Tool => ({
  declaration: { name, description: name, parameters: {} },
  timeoutMs: TIMEOUT_MS,
  accept: (args) => Promise.resolve(args as JsonObject),
  run,
  ...more,
});

/** A tool that answers when the test says so, whatever its signal says. `started`: by the id of its call. */
export function slowTool(more: Partial<Tool> = {}, name = 'slow') {
  const started = new Map<string, PromiseWithResolvers<ToolResult> & { context: ToolContext }>();
  const slow = tool(
    name,
    (_, context) => {
      const gate = { ...Promise.withResolvers<ToolResult>(), context };
      // Whoever is aborted listens no more.
      gate.promise.catch(() => undefined);
      started.set(context.toolCallId, gate);
      return gate.promise;
    },
    more,
  );
  return { slow, started };
}

export const ok = { status: 'ok', retryable: false };

/** Lets every promise that can settle do so. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

interface RigOptions {
  readonly onDone?: (done: ToolDone) => void;
  readonly clock?: ManualClock;
  readonly effects?: Effects;
  readonly crm?: Crm;
  readonly texts?: TextSender;
  readonly secrets?: SecretDesk;
}

export function rigOf(
  tools: readonly Tool[],
  {
    onDone,
    clock = new ManualClock(),
    effects = createMemoryEffects(clock),
    crm = memoryCrm(),
    texts = noTexts,
    secrets,
  }: RigOptions = {},
) {
  const done: ToolDone[] = [];
  const late: ToolLate[] = [];
  const lines: string[] = [];
  const log: Log = createLog({
    level: 'debug',
    secrets: [],
    destination: { write: (line) => void lines.push(line) },
  });
  const runner = createRunner({
    tools,
    crm,
    texts,
    secrets,
    office: { timeZone: 'UTC', language: 'en-US' },
    profile: 'reception',
    called: '+15550100100',
    callId: callId('CA1'),
    caller: '+15550100123',
    log,
    clock,
    effects,
    onDone: onDone ?? ((answer) => void done.push(answer)),
    onLate: (answer) => void late.push(answer),
  });
  const run = (name: string, id = 'fc-1', args: JsonObject = {}): void =>
    runner.run({ id: toolCallId(id), name, args });
  const cancel = (id: string): void => runner.cancel(toolCallId(id));
  return { clock, done, late, lines, runner, run, cancel };
}
