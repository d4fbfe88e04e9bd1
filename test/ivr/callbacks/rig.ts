// A carrier that places calls as it is told, a clock moved by hand, and promises in a real database.
import type { TestContext } from 'vitest';
import { LivelineError, type ErrorCode } from '../../../src/base/errors.ts';
import { callId } from '../../../src/base/ids.ts';
import { createLog } from '../../../src/base/log.ts';
import { parsePhoneNumber } from '../../../src/base/phone-number.ts';
import type { Placed } from '../../../src/carrier/control.ts';
import type { CallStatus } from '../../../src/carrier/webhooks.ts';
import { createCallbackStore } from '../../../src/ivr/callbacks/callback-store.ts';
import { callbacksIn, type Callbacks } from '../../../src/ivr/callbacks/callbacks.ts';
import type { Database } from '../../../src/store/database.ts';
import type { PromisedCallback } from '../../../src/tools/callbacks.ts';
import { freshDatabase, type Size } from '../../doubles/databases.ts';
import { ManualClock } from '../../doubles/manual-clock.ts';

export const MINUTE_MS = 60_000;
export const signal = new AbortController().signal;

export const ADA = parsePhoneNumber('+15550100123')!;
export const LINE = parsePhoneNumber('+15550100100')!;

/** One of many callers. */
export const numberOf = (n: number) => parsePhoneNumber(`+1555010${String(1_000 + n)}`)!;

export const promiseOf = (dueEpochMs: number, over: Partial<PromisedCallback> = {}): PromisedCallback => ({
  callId: callId('CA-1'),
  profile: 'Harbour Dental',
  to: ADA,
  from: LINE,
  destination: 'billing',
  dueEpochMs,
  reason: 'An invoice',
  ...over,
});

/** What the carrier does with a call: takes it, or throws. */
export type Fate = ErrorCode | undefined;

export function scriptedCarrier() {
  const placed: Placed[] = [];
  const script: { fate: Fate } = { fate: undefined };
  return {
    placed,
    script,
    place(call: Placed) {
      placed.push(call);
      return script.fate === undefined
        ? Promise.resolve(callId(`CA-leg-${placed.length}`))
        : Promise.reject(new LivelineError(script.fate, `it is ${script.fate}`));
    },
  };
}

export async function rig(context: TestContext, size: Size, given?: Database) {
  const database = given ?? (await freshDatabase(context, size));
  const clock = new ManualClock();
  const carrier = scriptedCarrier();
  const guard = { words: undefined as string | undefined };
  const there = { not: undefined as string | undefined };
  const list = { asked: (_number: string): Promise<boolean> => Promise.resolve(false) };
  const optedOut = (number: string): Promise<boolean> => list.asked(number);
  const lines: Record<string, unknown>[] = [];
  const destination = {
    write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>),
  };
  const log = createLog({ level: 'info', secrets: [], destination });
  const store = createCallbackStore(database, false);
  const start = (over: Partial<Parameters<typeof callbacksIn>[2]> = {}, of = store): Callbacks =>
    callbacksIn(of, () => database.ready(), {
      control: carrier,
      guard: () => guard.words,
      nobodyThere: () => there.not,
      optOuts: { has: (number) => optedOut(number) },
      clock,
      log,
      ...over,
    });
  const callbacks = start();
  const rows = async () => {
    const all = await database.sql.selectFrom('callbacks').selectAll().orderBy('due_at').execute();
    return all.map(({ state, attempts, unanswered }) => `${state} ${attempts} ${unanswered}`);
  };
  return {
    ...{ database, clock, carrier, guard, there, list, lines, store, start, callbacks, rows },
    soon: (ms: number): number => clock.epochMs() + ms,
    levels: () => lines.map(({ level }) => String(level)),
    /** Lets time pass, and does what is due then. */
    pass: async (ms: number, who: Callbacks = callbacks): Promise<void> => {
      clock.advance(ms);
      await who.look();
    },
    /** As the carrier tells it of the call placed last, or of an earlier one. */
    tell: async (
      status: CallStatus,
      attempt = carrier.placed.length,
      who: Callbacks = callbacks,
    ): Promise<void> => {
      const errand = carrier.placed.at(-1)!.errand;
      who.status({ id: callId(`CA-leg-${attempt}`), errand: { ...errand, attempt }, status });
      await who.look();
    },
  };
}
