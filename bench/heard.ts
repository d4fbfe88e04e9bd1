// `npm run bench -- heard`: callers who interrupt at random moments. What the server believes was heard is compared with
// the simulated phone's own ear: the milliseconds, and the words. Everything runs in this process, on one fast clock.
import { parseArgs } from 'node:util';
import { systemClock } from '../src/base/clock.ts';
import { Transcript, wordsWithin, type Entry } from '../src/call/transcript.ts';
import { fastClock } from '../src/simulator/fast-clock.ts';
import type { Script } from '../src/simulator/model/script.ts';
import type { PhoneEvent } from '../src/simulator/phone/events.ts';
import { rehearse, scripted, wav } from './rehearsal/rehearsal.ts';

const USAGE = `npm run bench -- heard [--calls 20] [--cuts 10] [--speed 2] [--seed 1]
  --calls  at a time
  --cuts   barge-ins in each call
  --speed  how much faster than real the clock runs; what the machine is late is late by so much more
  --seed   of the lines and of the moments`;
const GOAL_MS = 60;
/** A line must not end before its latest interruption: 24 words take more than seven seconds. */
const WORDS = { least: 24, most: 36 };
const INTERRUPT_MS = { least: 200, most: 5_500 };

/** What one interruption cut: of each turn the caller had not heard whole, what was known. */
type Cut = readonly {
  readonly text: string;
  readonly acceptedMs: number;
  readonly heardMs: number;
  readonly heard: string;
}[];

interface Row {
  readonly errorMs: number;
  readonly oldWords: number;
  readonly newWords: number;
}

/** Sets exit code 1 when the ledger is further from the ear than the goal; 2 for arguments it does not take. */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      calls: { type: 'string', default: '20' },
      cuts: { type: 'string', default: '10' },
      speed: { type: 'string', default: '2' },
      seed: { type: 'string', default: '1' },
    },
  });
  const [calls, cuts, speed, seed] = [values.calls, values.cuts, values.speed, values.seed].map(Number);
  if (!(
    calls! >= 1 &&
    calls! <= 50 &&
    cuts! >= 1 &&
    cuts! <= 200 &&
    speed! >= 1 &&
    speed! <= 20 &&
    seed! >= 0
  )) {
    console.error(USAGE);
    process.exitCode = 2;
    return;
  }
  const random = randomOf(seed!);
  const between = (least: number, most: number): number => least + random() * (most - least);
  const lines = Array.from({ length: cuts! + 1 }, (_, n) => lineOf(n, between));
  const [greeting = '', ...answers] = lines;
  const script = scripted({
    name: 'heard',
    greeting: { say: greeting },
    turns: answers.map((say) => ({ hears: 'Yes.', steps: [{ say }] })),
  });
  const clock = fastClock(speed!, systemClock);
  const { app, place, close } = await rehearse({ script, clock });
  const watch = watchCuts();
  const callOf = new WeakMap<Entry, string>();
  app.notices.subscribe((notice) => {
    if (notice.type === 'transcript') callOf.set(notice.entry, notice.callId);
  });
  const placed = Array.from({ length: calls! }, () =>
    place({
      script: [
        ...Array.from({ length: cuts! }, () => ({
          say: wav('caller/yes'),
          when: { agentSpokeForMs: between(INTERRUPT_MS.least, INTERRUPT_MS.most) },
        })),
        { hangUp: true as const, when: { afterMs: 0 } },
      ],
      quietMs: 300,
      keepSound: false,
    }),
  );
  await Promise.all(placed.map(({ done }) => done));
  await close();
  const cutsOf = (callSid: string): readonly Cut[] =>
    [...watch].find(([{ entries }]) => entries.some((entry) => callOf.get(entry) === callSid))?.[1] ?? [];
  report(
    placed.flatMap(({ events, callSid }) => rowsOf(script, events, cutsOf(callSid))),
    calls! * cuts!,
  );
}

/** What the transcripts were told at each cut; no notice says how much sound a turn had. */
function watchCuts(): ReadonlyMap<Transcript, readonly Cut[]> {
  const seen = new Map<Transcript, Cut[]>();
  type CutMethod = TypedPropertyDescriptor<Transcript['cut']>;
  const original = Object.getOwnPropertyDescriptor(Transcript.prototype, 'cut') as CutMethod;
  Transcript.prototype.cut = function (upTo, played) {
    const turns = this.openTurns.filter((turn) => turn <= upTo).map((turn) => ({ turn, ...played(turn) }));
    const textOf = (turn: number): Extract<Entry, { who: 'agent' }> | undefined =>
      this.entries.flatMap((entry) => (entry.who === 'agent' && entry.turn === turn ? [entry] : []))[0];
    const texts = turns.map(({ turn }) => textOf(turn)?.text ?? '');
    original.value?.call(this, upTo, played);
    const cuts = turns.map(({ turn, acceptedMs, heardMs }, n) => ({
      ...{ text: texts[n]!, acceptedMs, heardMs },
      heard: textOf(turn)?.heard ?? '',
    }));
    seen.set(this, [...(seen.get(this) ?? []), cuts]);
  };
  return seen;
}

/** One for each interruption that met exactly one turn; the phone's clears and our cuts are told in the same order. */
function rowsOf(script: Script, events: readonly PhoneEvent[], cuts: readonly Cut[]): Row[] {
  const clears = events.flatMap((event) => (event.type === 'cleared' ? [event.heardMs] : []));
  return clears.flatMap((heardMs, n): Row[] => {
    const [turn, ...more] = cuts[n] ?? [];
    const number = /\d+/.exec(turn?.text ?? '')?.[0];
    if (!turn || more.length > 0 || number === undefined) return [];
    const step = (number === '0' ? script.greeting : script.turns[Number(number) - 1])?.steps[0];
    if (step?.do !== 'say') return [];
    const earMs = heardMs - (clears[n - 1] ?? 0);
    const really = Math.floor((earMs / step.line.totalMs) * count(step.text));
    const byShare = wordsWithin(turn.text, (turn.text.length * turn.heardMs) / turn.acceptedMs);
    return [
      {
        errorMs: Math.abs(turn.heardMs - earMs),
        oldWords: Math.abs(count(byShare) - really),
        newWords: Math.abs(count(turn.heard) - really),
      },
    ];
  });
}

function report(rows: readonly Row[], wanted: number): void {
  const errors = rows.map(({ errorMs }) => errorMs).sort((a, b) => a - b);
  const at = (share: number): number => errors[Math.floor(share * (errors.length - 1))] ?? NaN;
  const mean = (of: (row: Row) => number): string =>
    (rows.reduce((sum, row) => sum + of(row), 0) / rows.length).toFixed(2);
  const most = (of: (row: Row) => number): number => Math.max(...rows.map(of));
  console.log(`${rows.length} of ${wanted} barge-ins compared with the phone’s own ear`);
  console.log(
    `heard position: error p50 ${at(0.5).toFixed(1)} ms, p95 ${at(0.95).toFixed(1)} ms, max ${at(1).toFixed(1)} ms (goal: p95 ≤ ${GOAL_MS} ms)`,
  );
  console.log('heard words               mean error   worst');
  const line = (name: string, of: (row: Row) => number): void =>
    console.log(`${name.padEnd(24)}  ${mean(of).padStart(10)}  ${String(most(of)).padStart(6)}`);
  line('by share of sound', ({ oldWords }) => oldWords);
  line('by when the words came', ({ newWords }) => newWords);
  if (rows.length < wanted * 0.9 || !(at(0.95) <= GOAL_MS)) process.exitCode = 1;
}

const count = (text: string): number => text.match(/\S+/g)?.length ?? 0;

/** Words of two to eleven letters, some with a pause behind them; its second one tells which line it is. */
function lineOf(n: number, between: (least: number, most: number) => number): string {
  const words = Array.from({ length: Math.round(between(WORDS.least, WORDS.most)) }, () => {
    const syllables = Array.from({ length: Math.ceil(between(0, 4)) }, () => 'na');
    return syllables.join('') + (between(0, 1) < 0.15 ? ',' : '');
  });
  return ['line', String(n), ...words].join(' ');
}

/** Numbers from 0 to 1 that are the same for the same seed: the "minimal standard" generator of Park and Miller (1988). */
function randomOf(seed: number): () => number {
  let state = (seed % 2_147_483_646) + 1;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}
