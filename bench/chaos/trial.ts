// One trial: callers in conversation, strikes one after the other, and the verdict on each.
import { setTimeout as sleep } from 'node:timers/promises';
import { judge, type Verdict, type Window } from './judge.ts';
import type { Strike } from './strikes.ts';
import { startTown, type TownOptions } from './town.ts';

export interface TrialOptions extends TownOptions {
  readonly calls: number;
  readonly strikes: readonly Strike[];
  /** Between the end of a strike and the next. */
  readonly settleMs: number;
  readonly onStrike?: (name: string, note: string) => void;
  /** Ends it before its time: it rejects once nothing of it is left. */
  readonly signal?: AbortSignal;
}

export interface Report {
  readonly verdicts: readonly Verdict[];
  readonly calls: number;
  readonly effects: number;
  readonly tookMs: number;
  /** What the servers said, by their names. */
  readonly said: ReadonlyMap<string, readonly string[]>;
}

/** From one call to the next. */
const PLACED_EVERY_MS = 100;
/** The last has heard its greeting by then, and asked its first question. */
const LEAD_MS = 4_000;

export async function trial({
  calls,
  strikes,
  settleMs,
  onStrike,
  signal,
  ...options
}: TrialOptions): Promise<Report> {
  const { clock } = options;
  const beganMs = clock.nowMs();
  const town = await startTown(options);
  const play = async (): Promise<Report> => {
    await town.callers.placeWithin(calls, calls * PLACED_EVERY_MS, clock);
    await sleep(LEAD_MS);
    const windows: Window[] = [];
    for (const strike of strikes) {
      const fromMs = clock.epochMs();
      const note = await strike.strike(town);
      await sleep(settleMs);
      const { name } = strike;
      windows.push({ name, note, fromMs, toMs: clock.epochMs() });
      onStrike?.(name, note);
    }
    await town.callers.hangUp();
    const verdicts = judge(town, windows);
    return {
      verdicts,
      calls: town.callers.placed.length,
      effects: town.effects().length,
      tookMs: clock.nowMs() - beganMs,
      said: new Map(town.servers.map(({ name, lines }) => [name, lines])),
    };
  };
  try {
    signal?.throwIfAborted();
    const interrupted = Promise.withResolvers<never>();
    signal?.addEventListener('abort', () => interrupted.reject(signal.reason as Error), { once: true });
    return await Promise.race([play(), interrupted.promise]);
  } finally {
    await town.close();
  }
}
