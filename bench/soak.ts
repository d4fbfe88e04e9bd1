// `npm run bench -- soak`: one long call whose model socket ends again and again, or never. Everything runs in this process, on one
// clock that may be faster than the machine's. Prints what the call has cost and lost, minute by minute.
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { systemClock } from '../src/base/clock.ts';
import type { Notice } from '../src/call/notices.ts';
import { fastClock } from '../src/simulator/fast-clock.ts';
import { rehearse, scripted, wav } from './rehearsal/rehearsal.ts';

const USAGE = `npm run bench -- soak [--minutes 45] [--speed 20] [--fault TEXT]… [--turn-taking server]
  --minutes  how long the call is, by its own clock
  --speed    how much faster than real that clock runs; 1 for a real call
  --fault    what happens to the model's sockets (as for \`liveline model --fault\`); none for a clean conversation
  --turn-taking  server or local: who hears when the caller speaks`;
const GREETING = 'Hello, this is a long call.';
const EVERY_TWO_MINUTES = ['go-away:timeLeft=10s,after=110s,times=always'];
const TURN_TAKING = ['server', 'local'];
/** No exchange of this script is shorter: there must be enough lines. */
const LEAST_EXCHANGE_MS = 4_500;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
const megabytes = (bytes: number): string => (bytes / 1_048_576).toFixed(1);

/** Sets exit code 1 when anything was lost or repeated, or memory grew; 2 for arguments it does not take. */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: 'string', default: '45' },
      speed: { type: 'string', default: '20' },
      fault: { type: 'string', multiple: true, default: EVERY_TWO_MINUTES },
      'turn-taking': { type: 'string', default: 'server' },
    },
  });
  const minutes = Number(values.minutes);
  const speed = Number(values.speed);
  const turnTaking = values['turn-taking'];
  const faults = values.fault.filter((fault) => fault !== 'none');
  if (
    !(minutes >= 1 && minutes <= 600) ||
    !(speed >= 1 && speed <= 60) ||
    !TURN_TAKING.includes(turnTaking)
  ) {
    console.error(USAGE);
    process.exitCode = 2;
    return;
  }
  const clock = fastClock(speed, systemClock);
  const exchanges = Math.ceil((minutes * 60_000) / LEAST_EXCHANGE_MS);
  const lines = Array.from({ length: exchanges }, (_, n) => lineOf(n));
  const { app, place, close } = await rehearse({
    script: scripted({
      name: 'soak',
      greeting: { say: GREETING },
      turns: lines.map((say) => ({ hears: 'Yes, please.', steps: [{ say }] })),
    }),
    clock,
    faults,
    agents: [
      `name: soak\nnumbers: '*'\ninstructions: Answer.\ngreeting: ${GREETING}\nturn_taking: ${turnTaking}\n`,
    ],
  });
  const gapsMs: number[] = [];
  const heard = new Map<number, string>();
  const ends: string[] = [];
  const alarms: string[] = [];
  const cuts: string[] = [];
  app.notices.subscribe((notice: Notice) => {
    if (notice.type === 'session-switched') gapsMs.push(notice.gapMs);
    if (notice.type === 'barge-in') cuts.push(`after ${Math.round(notice.atMs / 1_000)} s`);
    if (notice.type === 'call-ended') ends.push(notice.reason);
    if (notice.type === 'watchdog')
      alarms.push(`${notice.saw} (${notice.did}) after ${Math.round(notice.atMs / 1_000)} s`);
    if (notice.type === 'transcript' && notice.entry.who === 'agent' && notice.entry.state !== 'open')
      heard.set(notice.entry.n, notice.entry.heard);
  });
  const call = place({
    script: Array.from({ length: exchanges }, () => ({
      say: wav('caller/yes'),
      when: 'agentQuiet' as const,
    })),
    quietMs: 1_500,
    patienceMs: 30_000,
    keepSound: false,
  });
  const memory: { heap: number; rss: number }[] = [];
  console.log(
    `A call of ${minutes} minutes at ${speed} × real time, turns taken by: ${turnTaking}; ${faults.join('; ') || 'no faults'}`,
  );
  console.log('minute  renewals  longest gap  answers  heap MB  rss MB');
  const step = Math.max(1, Math.round(minutes / 9));
  const startedMs = clock.nowMs();
  for (let minute = step; minute <= minutes && ends.length === 0; minute += step) {
    await new Promise<void>((resolve) => clock.after(startedMs + minute * 60_000 - clock.nowMs(), resolve));
    collectGarbage();
    const { heapUsed, rss } = process.memoryUsage();
    memory.push({ heap: heapUsed, rss });
    const cells = [
      String(minute).padStart(6),
      String(gapsMs.length).padStart(8),
      `${Math.round(Math.max(0, ...gapsMs))} ms`.padStart(11),
      String(heard.size).padStart(7),
      megabytes(heapUsed).padStart(7),
      megabytes(rss).padStart(6),
    ];
    console.log(cells.join('  '));
  }
  call.hangUp();
  await call.done;
  await close();
  report({
    lines,
    heard: [...heard].sort(([a], [b]) => a - b).map(([, text]) => text),
    ends,
    memory,
    alarms,
    cuts,
  });
}

/** Five words that no other line has. */
const lineOf = (n: number): string =>
  ['this', 'is', 'the', 'answer', 'number'].map((word) => `${word}${n}`).join(' ');

/** How many, and the first of them. */
const listed = (all: readonly string[]): string =>
  all.length === 0 ? '0' : `${all.length} (${all.slice(0, 10).join(', ')})`;

interface Outcome {
  readonly lines: readonly string[];
  readonly heard: readonly string[];
  readonly ends: readonly string[];
  /** Of the watchdog; a clean conversation gives it no reason for one. */
  readonly alarms: readonly string[];
  /** Of the agent; this caller waits until it is quiet. */
  readonly cuts: readonly string[];
  readonly memory: readonly { heap: number; rss: number }[];
}

function report({ lines, heard, ends, memory, alarms, cuts }: Outcome): void {
  const words: readonly string[] = heard.join(' ').match(/[a-z]+\d+/g) ?? [];
  const wanted = lines.flatMap((line) => line.split(' ')).slice(0, words.length);
  const twice = words.length - new Set(words).size;
  // The last answer may have been cut short by the end of the call.
  const missing = wanted.slice(0, -5).filter((word) => !words.includes(word));
  const missed = missing.length;
  const first = memory[Math.floor(memory.length / 3)];
  const last = memory.at(-1);
  const grownMb = first && last ? (last.heap - first.heap) / 1_048_576 : 0;
  console.log(
    `ended: ${ends.join(', ')}; words heard: ${words.length}, twice: ${twice}, missed: ${missed}` +
      `${missed > 0 ? ` (${missing.slice(0, 10).join(' ')})` : ''}; ` +
      `agent cut off: ${listed(cuts)}; watchdog alarms: ${listed(alarms)}; heap grew by ${grownMb.toFixed(1)} MB in the last two thirds`,
  );
  if (twice + missed + alarms.length > 0 || ends.join() !== 'caller-hung-up' || grownMb > 5)
    process.exitCode = 1;
}
