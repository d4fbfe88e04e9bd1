// What a run prints: the table, the ratios, the goals, and what went wrong. Knows nothing of how it was measured.
import { cpus } from 'node:os';
import { BRIDGES } from './bridges.ts';
import type { BridgeName, Outcome } from './messages.ts';
import type { Summary } from './samples.ts';

export interface Row {
  readonly bridge: BridgeName;
  readonly calls: number;
  readonly cpuMsPerCallSecond: number;
  readonly idleRssBytes: number;
  readonly rssBytes: number;
  /** Of the bridge's core, used by anything else during the window: 0 to 1. */
  readonly othersShare: number | undefined;
  readonly outcome: Outcome;
  readonly complaints: Readonly<Record<string, number>>;
}

const MB = 1024 * 1024;
/** A core is full at 70 %: beyond it, delays grow faster than load. */
const FULL = 0.7;
/** With more of its core taken away than this, a row says more of its neighbours than of the bridge. */
const NOISY = 0.1;
/** The load is late by a timer's grain, 1–2 ms, when all is well. */
const LOAD_LATE_MS = 10;
/** With fewer, what one process costs whatever it carries outweighs the calls. */
const JUDGED_FROM_CALLS = 50;

const ms = (value: number | undefined): string =>
  value === undefined ? '–' : value.toFixed(value < 10 ? 2 : 0);
const pair = ({ p50, p99 }: Summary): string => `${ms(p50)} / ${ms(p99)}`;
const perCallMb = ({ rssBytes, idleRssBytes, calls }: Row): number => (rssBytes - idleRssBytes) / MB / calls;

const ratio = (a: number | undefined, b: number | undefined): string =>
  a === undefined || b === undefined || b === 0 ? '–' : `${(a / b).toFixed(2)} ×`;

type Column = readonly [title: string, cell: (row: Row) => string];
const WHO: readonly Column[] = [
  ['calls', ({ calls }) => String(calls)],
  ['bridge', ({ bridge }) => bridge],
];
const COST: readonly Column[] = [
  ...WHO,
  ['CPU ms/call-second', ({ cpuMsPerCallSecond: cpu }) => cpu.toFixed(2)],
  ['calls a core at 70 %', ({ cpuMsPerCallSecond: cpu }) => ((1_000 * FULL) / cpu).toFixed(0)],
  [
    'RSS idle → loaded MB',
    (row) => `${(row.idleRssBytes / MB).toFixed(0)} → ${(row.rssBytes / MB).toFixed(0)}`,
  ],
  ['MB/call', (row) => perCallMb(row).toFixed(2)],
  [
    'core used by others',
    ({ othersShare: share }) => (share === undefined ? '–' : `${(100 * share).toFixed(0)} %`),
  ],
];
const DELAY: readonly Column[] = [
  ...WHO,
  ['up p50 / p99 ms', ({ outcome }) => pair(outcome.up)],
  ['down p50 / p99 ms', ({ outcome }) => pair(outcome.turnStart)],
  ['cut → clear p50 / p99 ms', ({ outcome }) => pair(outcome.clear)],
  ['lead p1 / p50 ms', ({ outcome: { lead } }) => `${ms(lead.p1)} / ${ms(lead.p50)}`],
  ['holes', ({ outcome }) => String(outcome.holes)],
  ['frames missing up / down', ({ outcome: o }) => `${o.missingUpFrames} / ${o.missingDownFrames}`],
  ['cuts unanswered', ({ outcome: o }) => `${o.unansweredInterruptions} of ${o.interruptions}`],
];

function table(columns: readonly Column[], rows: readonly Row[]): string[] {
  const cells = [columns.map(([title]) => title), ...rows.map((row) => columns.map(([, cell]) => cell(row)))];
  const widths = columns.map((_, column) => Math.max(...cells.map((line) => line[column]!.length)));
  const lines = cells.map((line) =>
    line.map((cell, at) => (at === 1 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!))).join('   '),
  );
  return [lines[0]!, '─'.repeat(lines[0]!.length), ...lines.slice(1)];
}

const find = (rows: readonly Row[], bridge: BridgeName, calls: number): Row | undefined =>
  rows.find((row) => row.bridge === bridge && row.calls === calls);

/** What the records add, against the same server without them. */
function recording(rows: readonly Row[]): string[] {
  return rows
    .filter(({ bridge }) => bridge === 'ours')
    .flatMap((ours) => {
      const without = find(rows, 'unrecorded', ours.calls);
      if (!without) return [];
      const more = (a: number | undefined, b: number | undefined): string =>
        a === undefined || b === undefined ? '–' : `${(a - b).toFixed(2)} ms`;
      const [a, b] = [ours.outcome, without.outcome];
      return (
        `  ${String(ours.calls).padStart(4)} at once: records add to p99: up ${more(a.up.p99, b.up.p99)}, down ${more(a.turnStart.p99, b.turnStart.p99)},` +
        ` cut → clear ${more(a.clear.p99, b.clear.p99)} (goal: at most 5 ms each); CPU ${more(ours.cpuMsPerCallSecond, without.cpuMsPerCallSecond)} a call-second`
      );
    });
}

/** What recording the sound costs, against the same server without it. */
const taping = (rows: readonly Row[]): string[] =>
  rows
    .filter(({ bridge }) => bridge === 'taped')
    .flatMap((taped) => {
      const ours = find(rows, 'ours', taped.calls);
      if (!ours) return [];
      const [a, b] = [taped.outcome, ours.outcome];
      return (
        `  ${String(ours.calls).padStart(4)} at once: taped / ours  CPU ${ratio(taped.cpuMsPerCallSecond, ours.cpuMsPerCallSecond)}` +
        `   up p99 ${ratio(a.up.p99, b.up.p99)}   down p99 ${ratio(a.turnStart.p99, b.turnStart.p99)}` +
        `   MB/call ${ratio(perCallMb(taped), perCallMb(ours))}`
      );
    });

const OTHERS = ['relay', 'relay-chunks', 'tutorial'] as const;

function ratios(rows: readonly Row[]): string[] {
  return rows
    .filter(({ bridge }) => bridge === 'ours')
    .flatMap((ours) =>
      OTHERS.flatMap((bridge) => {
        const other = find(rows, bridge, ours.calls);
        if (!other) return [];
        const [a, b] = [ours.outcome, other.outcome];
        return (
          `  ${String(ours.calls).padStart(4)} at once: ours / ${bridge.padEnd(12)}  CPU ${ratio(ours.cpuMsPerCallSecond, other.cpuMsPerCallSecond)}` +
          `   up p50 ${ratio(a.up.p50, b.up.p50)}, p99 ${ratio(a.up.p99, b.up.p99)}` +
          `   down p50 ${ratio(a.turnStart.p50, b.turnStart.p50)}, p99 ${ratio(a.turnStart.p99, b.turnStart.p99)}` +
          `   MB/call ${ratio(perCallMb(ours), perCallMb(other))}`
        );
      }),
    );
}

/** The goals set for the bridge. */
function goals(rows: readonly Row[]): string[] {
  const line = (what: string, value: number | undefined, limit: number, unit: string): string =>
    value === undefined
      ? `  not measured  ${what}`
      : `  ${value <= limit ? 'reached' : 'MISSED '}       ${what}: ${value.toFixed(2)}${unit}, at most ${limit}${unit}`;
  const judged = rows.filter(({ bridge, calls }) => bridge === 'ours' && calls >= JUDGED_FROM_CALLS);
  if (judged.length === 0)
    return [`  not judged: that takes a run of ours with ${JUDGED_FROM_CALLS} calls or more`];
  return judged.flatMap((ours) => {
    const { calls, outcome } = ours;
    const relay = find(rows, 'relay', calls);
    const delayMs = calls > 100 ? 5 : 3;
    return [
      line(`${calls} calls, up p99`, outcome.up.p99, delayMs, ' ms'),
      line(`${calls} calls, down p99`, outcome.turnStart.p99, delayMs, ' ms'),
      line(`${calls} calls, interrupted → clear p99`, outcome.clear.p99, 2, ' ms'),
      line(
        `${calls} calls, CPU against the relay`,
        relay && ours.cpuMsPerCallSecond / relay.cpuMsPerCallSecond,
        1.2,
        ' ×',
      ),
      line(`${calls} calls, memory a call`, perCallMb(ours), 0.3, ' MB'),
    ];
  });
}

const logged = (complaints: Row['complaints'], level: 'warn' | 'error'): string[] =>
  Object.entries(complaints)
    .filter(([what]) => what.startsWith(level))
    .map(([what, count]) => `the server logged ${what} (${count} ×)`);

/** Rows whose calls did not work: their numbers mean nothing. */
export function faultsOf({ bridge, calls, outcome, complaints }: Row): string[] {
  const { missingUpFrames, missingDownFrames, upFrames, unansweredInterruptions, interruptions, up, turns } =
    outcome;
  const where = `${bridge}, ${calls} calls`;
  const say = (bad: boolean, what: string): string[] => (bad ? [`${where}: ${what}`] : []);
  return [
    ...say(up.count === 0, 'no caller sound reached the model inside the window'),
    ...say(turns === 0, 'no turn of the agent was heard to its end'),
    ...say(missingUpFrames > 0, `${missingUpFrames} of ${upFrames} caller frames never reached the model`),
    ...say(missingDownFrames > 0, `${missingDownFrames} frames of the agent never reached the phone`),
    ...say(
      unansweredInterruptions > 0,
      `${unansweredInterruptions} of ${interruptions} interruptions were answered by no clear`,
    ),
    ...Object.entries(outcome.faults).map(([what, count]) => `${where}: ${what} (${count} ×)`),
    ...Object.entries(complaints).map(
      ([what, count]) => `${where}: the server logged “${what}” (${count} ×)`,
    ),
  ];
}

export function report(rows: readonly Row[]): string {
  const shown = [...new Set(rows.map(({ bridge }) => bridge))];
  const late = rows.filter(({ outcome }) => (outcome.ownLateness.p99 ?? 0) > LOAD_LATE_MS);
  const noisy = rows.filter(({ othersShare }) => (othersShare ?? 0) > NOISY);
  const name = ({ bridge, calls }: Row): string =>
    `${bridge} with ${calls} ${calls === 1 ? 'call' : 'calls'}`;
  const latest = Math.max(...rows.map(({ outcome }) => outcome.ownLateness.p99 ?? 0));
  return [
    '',
    ...table(COST, rows),
    '',
    ...table(DELAY, rows),
    '',
    ...shown.map((bridge) => `  ${bridge.padEnd(12)}  ${BRIDGES[bridge]}`),
    '',
    'Ratios (these are what to compare; below 1 ours is the cheaper or faster)',
    ...ratios(rows),
    ...recording(rows),
    ...taping(rows),
    '',
    'Goals',
    ...goals(rows),
    '',
    'How to read it',
    '  CPU: user and system time of the bridge process alone, all its threads. calls/core: what one core carries at 70 %.',
    '  up: a 20 ms frame leaves the phone → the message with its end reaches the model. The filter’s 2.2 ms of sound is not in it.',
    '  down: the model’s first chunk of a turn → the first sound of it at the phone. Later chunks ours holds back on purpose, up',
    '    to 400 ms ahead of real time, so there only their lead can be judged: how long before it is due at the ear paced sound',
    '    arrives (p1 is the worst but one in a hundred); below 0 the caller hears a hole. The others send everything at once.',
    '  clear: `interrupted` leaves the model → `clear` reaches the phone. With fewer than 100 samples p99 is the largest.',
    '  Ours alone does more than pass sound on: marks, ledger, pacing, transcript, notices, log; its model also sends transcripts.',
    '  MB/call: resident memory under load over the idle process, divided; at 1 call it is the warm code and heap of the process.',
    '  others: share of the bridge’s core that anything else used meanwhile.',
    `  The load sent its frames at most ${ms(latest)} ms late (p99 of the worst row); delays count from the sending.`,
    ...late.map(
      (row) =>
        `  BUSY: the load itself was ${ms(row.outcome.ownLateness.p99)} ms late (p99), ${name(row)}; measure again on a quieter machine.`,
    ),
    ...noisy.map(
      (row) =>
        `  NOISY: something else took ${(100 * row.othersShare!).toFixed(0)} % of the bridge’s core, ${name(row)}.`,
    ),
    ...rows.flatMap((row) => logged(row.complaints, 'warn').map((line) => `  ${name(row)}: ${line}`)),
    '',
    `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown processor'}, Node ${process.version}. Ratios within one run matter, absolutes do not.`,
  ].join('\n');
}
