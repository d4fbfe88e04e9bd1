// Metrics: what calls, the model and the records do, counted for Prometheus. Every label has a bounded set of values:
// never a number, an id or a caller's word. Knows no HTTP.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { unreachable } from '../base/errors.ts';
import type { CallId, ToolCallId } from '../base/ids.ts';
import type { Notice, Notices } from '../call/notices.ts';
import type { TokenUsage } from '../live/session.ts';
import type { Backlog } from '../store/write-behind/write-behind.ts';
import { costMicroUsd } from './cost.ts';
import type { CrmLogCounts } from './crm-log.ts';
import { countCrmLog, countJournals, countRecordings, countRecords } from './metrics-of-books.ts';
import type { JournalBacklog } from '../call/journal-keeper.ts';
import type { RecordingCounts } from './recording/recordings.ts';

export interface MetricsOptions {
  /** Of every sample. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly notices: Pick<Notices, 'subscribe'>;
  /** In progress now. */
  readonly calls: () => number;
  readonly backlog: () => Backlog;
  /** Left out: the CRM is told of no calls. */
  readonly crmLog?: (() => CrmLogCounts) | undefined;
  /** Left out: no call is recorded. */
  readonly recordings?: (() => RecordingCounts) | undefined;
  readonly journals?: (() => JournalBacklog) | undefined;
}

export interface Metrics {
  /** In Prometheus' text format. */
  readonly text: () => Promise<string>;
  readonly contentType: string;
  readonly stop: () => void;
}

/** A call lasts from a wrong number to a long consultation; a switch is to take 0.7 s beyond the model's own setup. */
const CALL_BUCKETS_SECONDS = [5, 15, 30, 60, 120, 180, 300, 600, 1_200, 1_800, 3_600];
const LOOK_UP_BUCKETS_SECONDS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 1.5, 3, 10];
const GAP_BUCKETS_SECONDS = [0.1, 0.2, 0.35, 0.5, 0.7, 1, 1.5, 2, 3, 5, 10, 30];
const LOOK_EVERY_MS = 10;
/** Names come from profiles, but also from models, which invent some. */
const TOOL_NAMES_AT_MOST = 100;
const LONGEST_TOOL_NAME = 64;

/** Of a call in progress. */
interface Known {
  readonly profile: string;
  readonly model: string;
  readonly startedMs: number;
  readonly openTools: Map<ToolCallId, string>;
}

let processRegistry: Registry | undefined;

/**
 * CPU, memory, garbage collection and the event loop's delay are of the process and not of a server in it; and what
 * measures them cannot be stopped.
 */
function registryOfProcess(): Registry {
  if (!processRegistry) {
    processRegistry = new Registry();
    collectDefaultMetrics({ register: processRegistry });
    measureDelay(processRegistry);
  }
  return processRegistry;
}

/**
 * Beside the usual nodejs_eventloop_lag_*, which also hold the 10 ms from one look to the next (nodejs.org/api/perf_hooks,
 * monitorEventLoopDelay): here they are taken off.
 */
function measureDelay(registry: Registry): void {
  const delay = monitorEventLoopDelay({ resolution: LOOK_EVERY_MS });
  delay.enable();
  new Gauge({
    name: 'liveline_event_loop_delay_seconds',
    help: 'How late the event loop, which carries the sound, was since the last scrape.',
    ...{ labelNames: ['quantile'], registers: [registry] },
    collect() {
      for (const quantile of [0.5, 0.99, 1]) {
        const lateMs = delay.percentile(quantile * 100) / 1e6 - LOOK_EVERY_MS;
        this.set({ quantile }, Math.max(0, lateMs) / 1_000);
      }
      delay.reset();
    },
  });
}

export function createMetrics({
  labels = {},
  notices,
  calls,
  backlog,
  crmLog,
  recordings,
  journals,
}: MetricsOptions): Metrics {
  const own = new Registry();
  countRecords(own, backlog);
  if (crmLog) countCrmLog(own, crmLog);
  if (recordings) countRecordings(own, recordings);
  if (journals) countJournals(own, journals);
  const count = countCalls(own, calls);
  const all = Registry.merge([own, registryOfProcess()]);
  all.setDefaultLabels(labels);
  return { text: () => all.metrics(), contentType: all.contentType, stop: notices.subscribe(count) };
}

/** Gives back what is to hear every notice. */
function countCalls(registry: Registry, inProgress: () => number): (notice: Notice) => void {
  const registers = [registry];
  const known = new Map<CallId, Known>();
  const toolNames = new Set<string>();
  const counter = <Label extends string>(name: string, help: string, labelNames: Label[]) =>
    new Counter({ name: `liveline_${name}_total`, help, labelNames, registers });
  new Gauge({
    ...{ name: 'liveline_calls_in_progress', help: 'Calls in progress.', registers },
    collect() {
      this.set(inProgress());
    },
  });
  const ended = counter('calls', 'Calls that ended, by who answered and why they ended.', [
    'profile',
    'outcome',
  ]);
  const duration = new Histogram({
    name: 'liveline_call_duration_seconds',
    help: 'From the answer to the end of a call.',
    ...{ buckets: CALL_BUCKETS_SECONDS, registers },
  });
  const rejoins = counter('rejoins', 'Calls that another process had and that went on in this one.', [
    'planned',
  ]);
  const moved = counter('calls_moved', 'Calls that went on in another process.', []);
  const linesLost = counter('lines_lost', 'Media streams lost before the end of their call.', []);
  const routed = counter('routed', 'Callers sent somewhere in the telephone network.', ['to']);
  const people = counter('people', 'What became of people who were called for callers.', ['is']);
  const bargeIns = counter('barge_ins', 'Turns that the caller interrupted.', []);
  const watchdog = counter('watchdog', 'What went wrong without an error, and what was done.', [
    'trouble',
    'remedy',
  ]);
  const failures = counter('model_failures', 'Calls that lost the model for good.', ['code']);
  const switches = counter('model_switches', 'Renewed connections to the model, begun.', ['planned']);
  const gaps = new Histogram({
    name: 'liveline_model_switch_gap_seconds',
    help: 'How long the model was away, by whether it remembers or was told the conversation.',
    ...{ labelNames: ['memory'], buckets: GAP_BUCKETS_SECONDS, registers },
  });
  const tools = counter('tool_calls', 'Tool calls: every one is called, and then done or cancelled.', [
    'tool',
    'state',
  ]);
  const late = counter('tool_results_late', 'Results that came when nobody waited for them any more.', [
    'tool',
    'after',
  ]);
  const lookUps = new Histogram({
    name: 'liveline_caller_look_up_seconds',
    help: 'How long it took to look up who calls, while the phone rang.',
    ...{ labelNames: ['result'], buckets: LOOK_UP_BUCKETS_SECONDS, registers },
  });
  const tokens = counter('model_tokens', 'Tokens that the model bills.', ['model', 'kind']);
  const cost = counter(
    'model_cost_usd',
    'Estimate by list prices; nothing for a model whose prices are not known.',
    ['model'],
  );

  function labelOf(tool: string): string {
    const name = tool.slice(0, LONGEST_TOOL_NAME);
    if (toolNames.size < TOOL_NAMES_AT_MOST) toolNames.add(name);
    return toolNames.has(name) ? name : 'other';
  }

  function endTool(call: Known | undefined, id: ToolCallId, state: 'done' | 'cancelled'): void {
    const tool = call?.openTools.get(id);
    if (tool === undefined) return;
    call?.openTools.delete(id);
    tools.inc({ tool, state });
  }

  function countTokens({ model, startedMs }: Known, usage: TokenUsage, atMs: number): void {
    tokens.inc({ model, kind: 'prompt' }, usage.promptTokens);
    tokens.inc({ model, kind: 'response' }, usage.responseTokens);
    tokens.inc({ model, kind: 'thought' }, usage.thoughtTokens);
    tokens.inc({ model, kind: 'tool-use' }, usage.toolUseTokens);
    const microUsd = costMicroUsd(model, usage, startedMs + atMs);
    if (microUsd !== null) cost.inc({ model }, microUsd / 1e6);
  }

  return (notice) => {
    const call = known.get(notice.callId);
    switch (notice.type) {
      case 'call-started':
      case 'call-rejoined': {
        const { profile, model, startedMs } = notice;
        if (notice.type === 'call-rejoined') rejoins.inc({ planned: notice.planned ? 'yes' : 'no' });
        if (!call) known.set(notice.callId, { profile, model, startedMs, openTools: new Map() });
        return;
      }
      case 'call-refused':
        return ended.inc({ profile: notice.profile, outcome: notice.why });
      case 'call-ended':
        if (!call) return;
        known.delete(notice.callId);
        // They were stopped with the call, which tells nobody.
        for (const id of [...call.openTools.keys()]) endTool(call, id, 'cancelled');
        ended.inc({ profile: call.profile, outcome: notice.reason });
        return duration.observe(notice.durationMs / 1_000);
      case 'line-lost':
        return linesLost.inc();
      case 'barge-in':
        return bargeIns.inc();
      case 'watchdog':
        return watchdog.inc({ trouble: notice.saw, remedy: notice.did });
      case 'session-failed':
        return failures.inc({ code: notice.code });
      case 'session-switching':
        return switches.inc({ planned: notice.planned ? 'yes' : 'no' });
      case 'session-switched':
        return gaps.observe({ memory: notice.memory }, notice.gapMs / 1_000);
      case 'tool-called': {
        const tool = labelOf(notice.tool);
        call?.openTools.set(notice.id, tool);
        return tools.inc({ tool, state: 'called' });
      }
      case 'tool-late':
        return late.inc({ tool: labelOf(notice.tool), after: notice.after });
      case 'caller-looked-up':
        return lookUps.observe(
          { result: notice.cause !== undefined ? 'failed' : notice.found ? 'found' : 'unknown' },
          notice.tookMs / 1_000,
        );
      case 'tool-done':
        return endTool(call, notice.id, 'done');
      case 'tool-cancelled':
        return endTool(call, notice.id, 'cancelled');
      case 'tokens-used':
        return call && countTokens(call, notice.usage, notice.atMs);
      case 'routed':
        return routed.inc({ to: labelOf(notice.to) });
      case 'person':
        return people.inc({ is: notice.is });
      case 'handed-over':
        if (call) known.set(notice.callId, { ...call, model: notice.model });
        return;
      // Whoever has it now counts it.
      case 'call-moved':
        known.delete(notice.callId);
        return moved.inc();
      case 'line-opened':
      case 'departed':
      case 'returned':
      case 'caller-silent':
      case 'placed-call':
      case 'greeting-played':
      case 'recording':
      case 'session-ready':
      case 'sound-over-agent':
      case 'told':
      case 'operator-took-over':
      case 'operator-gave-back':
      case 'transcript':
      case 'digit':
      case 'secret-keys':
        return;
      default:
        return unreachable(notice);
    }
  };
}
