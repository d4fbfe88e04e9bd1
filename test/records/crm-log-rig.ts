// Ended calls in memory, a CRM that does as it is told, and a clock moved by hand: for tests of who tells the CRM of calls.
import { setImmediate as turn } from 'node:timers/promises';
import { pino } from 'pino';
import { LivelineError, type ErrorCode } from '../../src/base/errors.ts';
import { callId } from '../../src/base/ids.ts';
import { silentLog } from '../../src/base/log.ts';
import { Notices } from '../../src/call/notices.ts';
import type { CallLog, Crm } from '../../src/crm/crm.ts';
import { createMemoryCrm } from '../../src/crm/memory.ts';
import type { Claimed, CrmLogQueue } from '../../src/records/crm-log-queue.ts';
import { startCrmLog } from '../../src/records/crm-log.ts';
import type { CallRecord, CrmLogState } from '../../src/records/record.ts';
import { record } from '../cli/calls-rig.ts';
import { ManualClock } from '../doubles/manual-clock.ts';
import { ENDED } from './told-call.ts';

interface Row {
  readonly record: CallRecord;
  state: CrmLogState;
  tries: number;
  afterMs: number;
}

/** What the next request to the CRM is answered; nothing: as it would. */
export type Fate = ErrorCode | 'hangs' | 'deaf' | 'slow' | Error | undefined;

export function rig({ keepsKeys = true }: { keepsKeys?: boolean } = {}) {
  const clock = new ManualClock();
  const rows = new Map<string, Row>();
  const database = { isAway: false, hangs: false, fault: undefined as Error | undefined };
  const answer = (): Promise<void> => {
    if (database.hangs) return new Promise(() => undefined);
    if (database.fault) return Promise.reject(database.fault);
    if (database.isAway) return Promise.reject(new LivelineError('DATABASE_UNAVAILABLE', 'it is away'));
    return Promise.resolve();
  };

  const queue: CrmLogQueue = {
    async claim(now) {
      await answer();
      const due = [...rows.values()].filter((row) => row.state === 'due' && row.afterMs <= now.getTime());
      const first = due.sort((a, b) => a.afterMs - b.afterMs)[0];
      if (!first) return undefined;
      Object.assign(first, { state: 'begun', tries: first.tries + 1, afterMs: now.getTime() + 600_000 });
      return { id: callId(first.record.id), tries: first.tries };
    },
    async settle({ id }: Claimed, settled) {
      await answer();
      const row = rows.get(id);
      if (row)
        Object.assign(row, {
          state: settled.is,
          ...(settled.is === 'due' && { afterMs: settled.after.getTime() }),
        });
    },
    async giveUpDead(now, as) {
      await answer();
      const dead = [...rows.values()].filter((row) => row.state === 'begun' && row.afterMs <= now.getTime());
      for (const row of dead) Object.assign(row, { state: as, afterMs: now.getTime() });
      return as === 'due' ? [] : dead.map((row) => callId(row.record.id));
    },
    giveUpOld: () => answer().then(() => 0),
  };

  const memory = createMemoryCrm({
    contacts: [{ id: 'ada', name: 'Ada', phone: '+15550100123', facts: {} }],
  });
  const logged: CallLog[] = [];
  const fates = { finding: undefined as Fate, telling: undefined as Fate, checking: undefined as Fate };
  const asked = { finding: 0, telling: 0, checking: 0 };
  const meet = async (at: keyof typeof fates, signal: AbortSignal): Promise<void> => {
    asked[at] += 1;
    const fate = fates[at];
    if (fate === undefined) return;
    if (fate instanceof Error) throw fate;
    if (fate !== 'hangs' && fate !== 'deaf' && fate !== 'slow')
      throw new LivelineError(fate, `it is ${fate}`);
    await new Promise<void>((resolve, reject) => {
      if (fate === 'slow') clock.after(60_000, resolve);
      if (fate === 'hangs') signal.addEventListener('abort', () => reject(signal.reason as Error));
    });
  };
  const crm: Crm = {
    ...{ ...memory, name: 'HubSpot', keepsKeys },
    check: (signal) => meet('checking', signal),
    findByPhone: async (phone, signal) => {
      await meet('finding', signal);
      // It does not listen any more.
      return memory.findByPhone(phone, new AbortController().signal);
    },
    logCall: async (log, signal) => {
      await meet('telling', signal);
      // One that keeps no keys has it twice.
      if (!keepsKeys || !logged.some(({ callId }) => callId === log.callId)) logged.push(log);
    },
  };

  const lines: Record<string, unknown>[] = [];
  const log = pino(
    { level: 'debug', base: null },
    { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) },
  );
  const notices = new Notices(silentLog);
  const start = () =>
    startCrmLog({
      ...{ crm, queue, notices, clock, log },
      store: { get: (id) => answer().then(() => rows.get(id)?.record) },
      ready: answer,
    });

  return {
    ...{ clock, rows, database, fates, asked, lines, start, notices },
    logged: (): readonly CallLog[] => logged,
    /** A call that has ended now. */
    end: (name: string, changes: Partial<CallRecord> = {}): void => {
      rows.set(name, {
        record: record({ id: name, ...changes }),
        state: 'due',
        tries: 0,
        afterMs: clock.epochMs(),
      });
    },
    tellOfEnd: () => notices.publish({ ...ENDED, callId: callId('x'), atMs: 1 }),
    stateOf: (name: string) => rows.get(name)?.state,
    levels: () => lines.map(({ level }) => level),
    /** In steps that let all be done that can be done without time passing. */
    pass: async (ms: number, stepMs = 1_000): Promise<void> => {
      await settle();
      for (let left = ms; left > 0; left -= stepMs) {
        clock.advance(Math.min(left, stepMs));
        await settle();
      }
    },
  };
}

const settle = async (): Promise<void> => {
  for (let n = 0; n < 5; n += 1) await turn();
};
