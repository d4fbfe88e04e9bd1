// `npm run bench -- watchdog`: a model that ignores every third short answer. How many of those are answered all the same
// before the caller asks again, and how soon, with the watchdog off and on. Whole calls, in this process, on a fast clock.
import { parseArgs } from 'node:util';
import { systemClock } from '../src/base/clock.ts';
import { fastClock } from '../src/simulator/fast-clock.ts';
import type { PhoneEvent } from '../src/simulator/phone/events.ts';
import { rehearse, scripted, wav } from './rehearsal/rehearsal.ts';

const SHORT = ['yes', 'no'];
/** Nobody waits longer before asking again. */
const PATIENCE_MS = 14_000;

interface Outcome {
  /** Of each answer that was ignored: from its end to the agent's next sound; undefined where none came. */
  readonly waitsMs: readonly (number | undefined)[];
  readonly alarms: number;
}

/** Sets exit code 1 when the watchdog misses any, or any is answered without it; 2 for arguments it does not take. */
export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { answers: { type: 'string', default: '30' }, speed: { type: 'string', default: '10' } },
  });
  const answers = Number(values.answers);
  const speed = Number(values.speed);
  if (!(answers >= 3 && answers <= 300 && speed >= 1 && speed <= 60)) {
    console.error('npm run bench -- watchdog [--answers 30] [--speed 10]');
    process.exitCode = 2;
    return;
  }
  console.log(`${answers} short answers; the model ignores every third of them.`);
  console.log('watchdog  ignored  answered all the same  after p50   p95  alarms');
  for (const watchdog of ['off', 'on'] as const) {
    const { waitsMs: ignored, alarms } = await converse(answers, speed, watchdog);
    const recovered = ignored.filter((ms) => ms !== undefined).sort((a, b) => a - b);
    const at = (share: number): string => {
      const ms = recovered[Math.min(recovered.length - 1, Math.floor(share * recovered.length))];
      return ms === undefined ? '–' : `${(ms / 1_000).toFixed(1)} s`;
    };
    const share = `${recovered.length} (${Math.round((100 * recovered.length) / ignored.length)} %)`;
    console.log(
      [
        watchdog.padEnd(8),
        String(ignored.length).padStart(7),
        share.padStart(21),
        at(0.5).padStart(9),
        at(0.95).padStart(6),
        String(alarms).padStart(6),
      ].join('  '),
    );
    // What recovers without the watchdog was never ignored, and then this measures nothing.
    const wanted = watchdog === 'on' ? ignored.length : 0;
    if (ignored.length === 0 || recovered.length !== wanted) process.exitCode = 1;
  }
}

async function converse(answers: number, speed: number, watchdog: 'off' | 'on'): Promise<Outcome> {
  const clock = fastClock(speed, systemClock);
  const turns = Array.from({ length: answers }, (_, n) => ({
    steps: [{ say: `Question number ${n + 1}.` }],
  }));
  const ignoredAtMs: number[] = [];
  const { app, place, close } = await rehearse({
    onFault: () => ignoredAtMs.push(clock.nowMs()),
    script: scripted({ name: 'bench', greeting: { say: 'Shall we begin?' }, turns }),
    clock,
    // Whichever answer one of them takes, those after it do not count: for every third, the next begins to act after two more.
    faults: Array.from(
      { length: Math.floor(answers / 3) },
      (_, n) => `ignore-short:under=2s,nth=${3 + 2 * n},times=1`,
    ),
    // The comfort of a long silence is a sound, and no answer.
    agents: [
      `name: bench\nnumbers: '*'\ninstructions: Ask.\ngreeting: Shall we begin?\ndead_air_ms: 'off'\n${watchdog === 'off' ? "watchdog: 'off'\n" : ''}`,
    ],
  });
  let alarms = 0;
  app.notices.subscribe(({ type }) => {
    if (type === 'watchdog') alarms += 1;
  });
  const events: PhoneEvent[] = [];
  const placedMs = clock.nowMs();
  const call = place({
    keepSound: false,
    patienceMs: 60_000,
    onEvent: (event) => events.push(event),
    script: [
      ...Array.from({ length: answers }, (_, n) => ({
        say: wav(`caller/${SHORT[n % SHORT.length]!}`),
        when: { afterMs: n === 0 ? 5_000 : PATIENCE_MS },
      })),
      { hangUp: true as const, when: { afterMs: PATIENCE_MS } },
    ],
  });
  await call.done;
  await close();
  const ends = events.filter(({ type }) => type === 'saidEnd').map(({ atMs }) => atMs);
  const waitsMs = ends.map((endMs, n) => {
    const nextMs = ends[n + 1] ?? Infinity;
    const started = events.find(({ type, atMs }) => type === 'agentStarted' && atMs > endMs && atMs < nextMs);
    return started && started.atMs - endMs;
  });
  // The model notices the end of what it ignores half a second after it.
  const ignored = ignoredAtMs.map((atMs) => ends.findLastIndex((endMs) => endMs <= atMs - placedMs));
  return { waitsMs: ignored.map((n) => waitsMs[n]), alarms };
}
