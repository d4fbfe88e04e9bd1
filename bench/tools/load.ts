// Calls that use a tool, each with a runner of its own as the switchboard opens them, and how long each tool call took.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { z } from 'zod';
import { systemClock as clock } from '../../src/base/clock.ts';
import { callId, toolCallId } from '../../src/base/ids.ts';
import { silentLog } from '../../src/base/log.ts';
import { createMemoryCrm } from '../../src/crm/memory.ts';
import { defineTool } from '../../src/tools/define-tool.ts';
import type { Effects } from '../../src/tools/effects/effects.ts';
import { createRunner, type Runner, type ToolDone } from '../../src/tools/run/runner.ts';
import type { Tool } from '../../src/tools/tool.ts';

/** It does nothing, so that what is measured is what is around it. */
const noted = (effect: Tool['effect']): Tool =>
  defineTool({
    name: 'note_down',
    description: 'Notes something down.',
    args: z.strictObject({ text: z.string().describe('What is noted down.') }),
    timeoutMs: 5_000,
    effect,
    run: ({ text }) => ({ tell: { message: 'It is noted down.', text } }),
  });
export const TOOLS = { 'without effect': noted(undefined), 'with effect': noted({}) };

export interface Load {
  readonly tool: keyof typeof TOOLS;
  readonly effects: Effects;
  readonly calls: number;
  /** Of each call. */
  readonly toolCalls: number;
  /** Between two tool calls of one call. */
  readonly everyMs: number;
  /** All calls ask at the same moment; otherwise they are spread over `everyMs`. */
  readonly together: boolean;
  /** Two loads of one name are the same phone calls, which say the same. */
  readonly name: string;
}

export interface Cost {
  /** From the model's function call until its answer is there. */
  readonly tookMs: readonly number[];
  /** Were not answered `ok`. */
  readonly failed: number;
  /** Were answered with what an earlier one was told. */
  readonly repeated: number;
  /** Of the loop that carries the sound, beyond what its timer takes. */
  readonly lateP99Ms: number;
  readonly lateMaxMs: number;
  /** Of this process, on all its threads; PostgreSQL is another one. */
  readonly cpuMicros: number;
  /** From the last answer until all that was done is kept. */
  readonly keptAfterMs: number;
}

export async function cost(load: Load): Promise<Cost> {
  const { tool, effects, calls, toolCalls, everyMs, together, name } = load;
  const phones = Array.from({ length: calls }, (_, n) => openCall(`CA${name}${n}`, TOOLS[tool], effects));
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const cpu = process.cpuUsage();
  const startedMs = performance.now();
  const answers = await Promise.all(
    phones.map(async ({ ask }, n) => {
      const told = [];
      for (let round = 0; round < toolCalls; round++) {
        await until(startedMs + everyMs * (round + (together ? 0 : n / calls)));
        told.push(await ask(round));
      }
      return told;
    }),
  );
  const { user, system } = process.cpuUsage(cpu);
  delay.disable();
  const answeredMs = performance.now();
  await Promise.all(phones.map(({ runner }) => runner.close()));
  const keptAfterMs = performance.now() - answeredMs;
  const all = answers.flat();
  // The timer's own millisecond is in every sample.
  const late = (ns: number): number => Math.max(0, ns / 1e6 - 1);
  return {
    tookMs: all.map(({ tookMs }) => tookMs),
    failed: all.filter(({ done }) => done.response['status'] !== 'ok').length,
    repeated: all.filter(({ done }) => done.repeated).length,
    lateP99Ms: late(delay.percentile(99)),
    lateMaxMs: late(delay.max),
    keptAfterMs,
    cpuMicros: (user + system) / all.length,
  };
}

interface OpenCall {
  readonly runner: Runner;
  readonly ask: (round: number) => Promise<{ tookMs: number; done: ToolDone }>;
}

function openCall(id: string, tool: Tool, effects: Effects): OpenCall {
  const waiting = new Map<string, (done: ToolDone) => void>();
  const runner = createRunner({
    ...{ tools: [tool], effects, clock, log: silentLog, callId: callId(id) },
    crm: createMemoryCrm({ contacts: [] }),
    texts: { send: () => Promise.reject(new Error('this call sends no texts')) },
    office: { timeZone: 'UTC', language: 'en-US' },
    profile: 'reception',
    ...{ caller: '+15550100123', called: '+15550100100' },
    onDone: (done) => waiting.get(done.id)?.(done),
  });
  return {
    runner,
    async ask(round) {
      const asked = toolCallId(`${id}-${round}`);
      const answer = Promise.withResolvers<ToolDone>();
      waiting.set(asked, answer.resolve);
      const startedMs = performance.now();
      runner.run({ id: asked, name: tool.declaration.name, args: { text: `remark ${round}` } });
      const done = await answer.promise;
      return { tookMs: performance.now() - startedMs, done };
    },
  };
}

const until = (dueMs: number): Promise<void> =>
  new Promise((resolve) => void setTimeout(resolve, Math.max(0, dueMs - performance.now())));
