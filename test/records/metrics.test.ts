import { register } from 'prom-client';
import { expect, test, type TestContext } from 'vitest';
import { callId, toolCallId, turnId } from '../../src/base/ids.ts';
import { silentLog } from '../../src/base/log.ts';
import { Notices, type NoticeBody } from '../../src/call/notices.ts';
import { createMetrics } from '../../src/records/metrics.ts';
import * as toldCall from './told-call.ts';

// Calls are counted whether or not their record is kept.
const STARTED = { ...toldCall.STARTED, keepDays: 0 };
const ENDED = { ...toldCall.ENDED, durationMs: 45_000 };
const LOOK_UP = { id: toolCallId('t1'), tool: 'look_up_contact' };

function metering({ onTestFinished }: TestContext) {
  const notices = new Notices(silentLog);
  const now = {
    calls: 0,
    backlog: { queued: 0, spooledItems: 0, spooledBytes: 0, written: 0, lost: 0, isAway: false },
    crmLog: { done: 0, failed: 0, 'in-doubt': 0 },
  };
  const metrics = createMetrics({
    ...{ notices, calls: () => now.calls, backlog: () => now.backlog },
    crmLog: () => now.crmLog,
  });
  onTestFinished(() => metrics.stop());
  const tell = (body: NoticeBody, id = 'CA1'): void =>
    notices.publish({ ...body, callId: callId(id), atMs: 5 });
  /** The lines of one metric, without its name. */
  const read = async (name: string): Promise<string[]> =>
    (await metrics.text())
      .split('\n')
      .filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`))
      .map((line) => line.slice(name.length).trim());
  return { ...metrics, now, tell, read };
}

test('calls: in progress as asked for, ended by profile and outcome, and how long they were', async (context) => {
  const { tell, read, now } = metering(context);
  now.calls = 3;
  tell(STARTED);
  expect(await read('liveline_calls_in_progress')).toEqual(['3']);
  expect(await read('liveline_calls_total')).toEqual([]);
  now.calls = 2;
  tell(ENDED);
  tell(ENDED);
  tell(ENDED, 'CA-unknown');
  expect(await read('liveline_calls_in_progress')).toEqual(['2']);
  expect(await read('liveline_calls_total')).toEqual(['{profile="reception",outcome="caller-hung-up"} 1']);
  expect(await read('liveline_call_duration_seconds_sum')).toEqual(['45']);
  expect(await read('liveline_call_duration_seconds_bucket')).toContain('{le="30"} 0');
  expect(await read('liveline_call_duration_seconds_bucket')).toContain('{le="60"} 1');
});

test('what happens in calls is counted', async (context) => {
  const { tell, read } = metering(context);
  tell(STARTED);
  tell({ type: 'barge-in', turn: turnId(1), heardMs: 1, sentMs: 2 });
  tell({ type: 'watchdog', saw: 'no answer', did: 'reminded' });
  tell({ type: 'watchdog', saw: 'no answer', did: 'reminded' });
  tell({ type: 'session-switching', planned: false, why: 'closed' });
  tell({ type: 'session-switched', memory: 'kept', gapMs: 400, setupMs: 100 });
  tell({ type: 'session-failed', code: 'LIVE_CLOSED', message: 'secret words' });
  tell({ type: 'line-lost' });
  expect(await read('liveline_barge_ins_total')).toEqual(['1']);
  expect(await read('liveline_watchdog_total')).toEqual(['{trouble="no answer",remedy="reminded"} 2']);
  expect(await read('liveline_model_switches_total')).toEqual(['{planned="no"} 1']);
  expect(await read('liveline_model_switch_gap_seconds_sum')).toEqual(['{memory="kept"} 0.4']);
  expect(await read('liveline_model_failures_total')).toEqual(['{code="LIVE_CLOSED"} 1']);
  expect(await read('liveline_lines_lost_total')).toEqual(['1']);
});

test('calls that came from another process, and went to one, are counted, and their ends where they are then', async (context) => {
  const { tell, read } = metering(context);
  const rejoined = {
    ...STARTED,
    type: 'call-rejoined',
    node: 'b',
    gapMs: 900,
    rejoins: 1,
    fence: 2,
  } as const;
  tell({ ...rejoined, planned: false });
  tell({ ...rejoined, planned: true }, 'CA2');
  tell({ ...rejoined, planned: true }, 'CA3');
  tell({ type: 'call-moved' }, 'CA2');
  tell(ENDED);
  tell(ENDED, 'CA2');
  expect(await read('liveline_rejoins_total')).toEqual(['{planned="no"} 1', '{planned="yes"} 2']);
  expect(await read('liveline_calls_moved_total')).toEqual(['1']);
  expect(await read('liveline_calls_total')).toEqual(['{profile="reception",outcome="caller-hung-up"} 1']);
});

test('journals: calls of which the database does not have the latest', async (context) => {
  const notices = new Notices(silentLog);
  let calls = 3;
  const metrics = createMetrics({
    ...{ notices, calls: () => 0, journals: () => ({ calls, isAway: false }) },
    backlog: () => ({ queued: 0, spooledItems: 0, spooledBytes: 0, written: 0, lost: 0, isAway: false }),
  });
  context.onTestFinished(() => metrics.stop());
  expect(await metrics.text()).toContain('liveline_journals_unwritten 3');
  calls = 0;
  expect(await metrics.text()).toContain('liveline_journals_unwritten 0');
});

test('tool calls end once, at the latest with their call', async (context) => {
  const { tell, read } = metering(context);
  tell(STARTED);
  tell({ type: 'tool-called', ...LOOK_UP, args: {} });
  tell({ type: 'tool-done', ...LOOK_UP, response: {} });
  tell({ type: 'tool-cancelled', id: LOOK_UP.id });
  tell({ type: 'tool-called', ...LOOK_UP, id: toolCallId('t2'), args: {} });
  tell(ENDED);
  expect(await read('liveline_tool_calls_total')).toEqual([
    '{tool="look_up_contact",state="called"} 2',
    '{tool="look_up_contact",state="done"} 1',
    '{tool="look_up_contact",state="cancelled"} 1',
  ]);
});

test('a model that invents tools does not make a metric of each', async (context) => {
  const { tell, read } = metering(context);
  tell(STARTED);
  tell({ type: 'tool-called', ...LOOK_UP, args: {} });
  for (let i = 0; i < 1_000; i++)
    tell({ type: 'tool-called', id: toolCallId(`i${i}`), tool: `invented_${i}`, args: {} });
  const lines = await read('liveline_tool_calls_total');
  expect(lines).toHaveLength(101);
  expect(lines).toContain('{tool="look_up_contact",state="called"} 1');
  expect(lines).toContain('{tool="other",state="called"} 901');
});

test('tokens and what they cost; a model without known prices costs nothing that is known', async (context) => {
  const { tell, read } = metering(context);
  const usage = {
    ...{ promptTokens: 1_000, responseTokens: 100, totalTokens: 1_110, cachedTokens: 0 },
    ...{ thoughtTokens: 10, toolUseTokens: 0, prompt: { audio: 1_000 }, response: { audio: 100 } },
  };
  tell(STARTED);
  tell({ ...STARTED, model: 'gemini-next' }, 'CA2');
  for (const id of ['CA1', 'CA2', 'CA-unknown']) tell({ type: 'tokens-used', turn: turnId(1), usage }, id);
  expect(await read('liveline_model_tokens_total')).toEqual([
    '{model="gemini-3.8-live",kind="prompt"} 1000',
    '{model="gemini-3.8-live",kind="response"} 100',
    '{model="gemini-3.8-live",kind="thought"} 10',
    '{model="gemini-3.8-live",kind="tool-use"} 0',
    '{model="gemini-next",kind="prompt"} 1000',
    '{model="gemini-next",kind="response"} 100',
    '{model="gemini-next",kind="thought"} 10',
    '{model="gemini-next",kind="tool-use"} 0',
  ]);
  expect(await read('liveline_model_cost_usd_total')).toEqual(['{model="gemini-3.8-live"} 0.004245']);
});

test('records: what waits, what was written, what was lost, each as it is now', async (context) => {
  const { now, read } = metering(context);
  now.backlog = { queued: 4, spooledItems: 3, spooledBytes: 900, written: 50, lost: 2, isAway: true };
  const all = async () =>
    Promise.all(
      [
        'liveline_records_queued',
        'liveline_records_spooled',
        'liveline_records_spooled_bytes',
        'liveline_records_written_total',
        'liveline_records_lost_total',
        'liveline_database_away',
      ].map(async (name) => (await read(name)).join()),
    );
  expect(await all()).toEqual(['4', '3', '900', '50', '2', '1']);
  now.backlog = { queued: 0, spooledItems: 0, spooledBytes: 0, written: 57, lost: 2, isAway: false };
  expect(await all()).toEqual(['0', '0', '0', '57', '2', '0']);
});

test('servers in one process count apart, share what is the process’s, and leave the global registry alone', async (context) => {
  const [one, two] = [metering(context), metering(context)];
  one.tell(STARTED);
  one.tell(ENDED);
  expect(await one.read('liveline_calls_total')).toHaveLength(1);
  expect(await two.read('liveline_calls_total')).toEqual([]);
  for (const { read } of [one, two]) {
    expect(await read('nodejs_eventloop_lag_p99_seconds')).toHaveLength(1);
    expect(await read('liveline_event_loop_delay_seconds')).toHaveLength(3);
    expect(await read('process_resident_memory_bytes')).toHaveLength(1);
  }
  expect(register.getMetricsAsArray()).toEqual([]);
});

test('no caller data, and no metric under a name that is not its own', async (context) => {
  const { tell, text, contentType } = metering(context);
  tell(STARTED);
  tell({ type: 'digit', digit: '4' });
  tell({ type: 'told', text: 'secret words', answer: true });
  tell({ type: 'session-failed', code: 'LIVE_CLOSED', message: 'secret words' });
  tell({ type: 'tool-called', ...LOOK_UP, args: { number: '+15550100123' } });
  tell(ENDED);
  const page = await text();
  expect(page).not.toMatch(/5550100|secret|CA1/);
  expect(contentType).toMatch(/^text\/plain/);
  const names = page.split('\n').flatMap((line) => /^# TYPE (\S+)/.exec(line)?.[1] ?? []);
  expect(new Set(names).size).toBe(names.length);
  expect(names.filter((name) => !/^(liveline|process|nodejs)_[a-z0-9_]+$/.test(name))).toEqual([]);
});

test('once stopped, it counts nothing more', async (context) => {
  const { tell, read, stop } = metering(context);
  tell(STARTED);
  stop();
  tell(ENDED);
  expect(await read('liveline_calls_total')).toEqual([]);
});

test('what the CRM was told of ended calls, by what came of it', async (context) => {
  const { read, now } = metering(context);
  now.crmLog = { done: 7, failed: 1, 'in-doubt': 0 };
  const lines = ['{result="done"} 7', '{result="failed"} 1', '{result="in-doubt"} 0'];
  for (let scrape = 0; scrape < 2; scrape += 1)
    expect(await read('liveline_crm_call_logs_total')).toEqual(lines);
});
