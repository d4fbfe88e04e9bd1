// `npm run bench -- reconnect`: how long a conversation is without its model when a socket ends, beyond the time that the
// model itself takes to set up. All rounds of a case run at once, each with a simulated model of its own, on loopback.
import { parseArgs } from 'node:util';
import { systemClock } from '../src/base/clock.ts';
import { silentLog } from '../src/base/log.ts';
import { apiKeyAccess } from '../src/live/gemini/access.ts';
import { createGeminiLive } from '../src/live/gemini/session.ts';
import type { SessionEvent } from '../src/live/session.ts';
import type { FaultSource } from '../src/simulator/model/faults/fault.ts';
import { scriptOf } from '../src/simulator/model/script.ts';
import { startModel } from '../src/simulator/model/server.ts';

const SETUP_MS = 100;
const GOAL_MS = 700;

interface Case {
  readonly name: string;
  readonly faults: readonly FaultSource[];
}

const CASES: readonly Case[] = [
  {
    name: 'goAway, renewed by us',
    faults: [{ fault: 'go-away', after: '300ms', timeLeft: '5s', times: 'always' }],
  },
  { name: 'dropped', faults: [{ fault: 'drop', after: '300ms', times: 'always' }] },
  { name: 'closed 1011', faults: [{ fault: 'close', after: '300ms', times: 'always' }] },
  {
    name: 'dropped, handle unknown',
    faults: [
      { fault: 'drop', after: '300ms', times: 'always' },
      { fault: 'unknown-handle', times: 'always' },
    ],
  },
];

export async function run(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { rounds: { type: 'string', default: '40' } },
  });
  const rounds = Number(values.rounds);
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > 1_000) {
    console.error('npm run bench -- reconnect [--rounds 40]');
    process.exitCode = 2;
    return;
  }
  console.log(`${rounds} losses of each kind; the simulated model takes ${SETUP_MS} ms to set up.`);
  console.log(`${'the socket is'.padEnd(26)}gap p50    p95   beyond the setup p50    p95`);
  let worstMs = 0;
  for (const { name, faults } of CASES) {
    const gapsMs = await Promise.all(Array.from({ length: rounds }, () => gapOf(faults)));
    gapsMs.sort((a, b) => a - b);
    const at = (share: number): number =>
      gapsMs[Math.min(gapsMs.length - 1, Math.floor(share * gapsMs.length))]!;
    const ms = (value: number): string => `${Math.round(value)} ms`.padStart(7);
    console.log(
      `${name.padEnd(26)}${ms(at(0.5))}${ms(at(0.95))}   ${ms(at(0.5) - SETUP_MS).padStart(20)}${ms(at(0.95) - SETUP_MS)}`,
    );
    worstMs = Math.max(worstMs, at(0.95) - SETUP_MS);
  }
  console.log(`goal: p95 at most ${GOAL_MS} ms beyond the setup: ${worstMs <= GOAL_MS ? 'met' : 'missed'}`);
  if (worstMs > GOAL_MS) process.exitCode = 1;
}

/** One session that loses its first socket; answers with the time until the next one is ready. */
async function gapOf(faults: readonly FaultSource[]): Promise<number> {
  const model = await startModel({
    script: scriptOf({ name: 'bench' }, '.'),
    setupMs: SETUP_MS,
    faults: faults.map((fault) => fault),
  });
  const access = apiKeyAccess({ apiKey: 'bench', baseUrl: model.url, name: 'simulated' });
  const live = createGeminiLive({ ways: [access], clock: systemClock });
  const session = live.open(
    { model: 'gemini-3.8-live', instructions: 'x', tools: [], voiceActivity: {}, callerInterrupts: true },
    silentLog,
  );
  const sound = setInterval(() => session.send(new Uint8Array(640)), 20);
  try {
    return await new Promise<number>((resolve, reject) =>
      session.listen({
        onAudio: () => undefined,
        recall: () => [{ who: 'caller', text: 'When are you open?' }],
        onEvent: (event: SessionEvent) => {
          if (event.type === 'switched') resolve(event.gapMs);
          if (event.type === 'failed') reject(event.error);
        },
      }),
    );
  } finally {
    clearInterval(sound);
    session.close();
    await model.close();
  }
}
