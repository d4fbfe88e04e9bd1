// The list of numbers that are not called, in an array, newest first; pages are numbered.
import type { OptOutEntry } from '../../src/records/opt-out-entry.ts';
import type { OptOuts } from '../../src/records/opt-outs.ts';

export const optOut = (number: string, changes: Partial<OptOutEntry> = {}): OptOutEntry => ({
  ...{ number, addedAt: '2026-01-31T08:00:00.000Z', callId: null, reason: '' },
  ...changes,
});

export const memoryOptOuts = (entries: OptOutEntry[] = []): OptOuts => ({
  add({ number, callId, reason }) {
    if (!entries.some((entry) => entry.number === number))
      entries.unshift(optOut(number, { callId: callId === '' ? null : callId, reason }));
    return Promise.resolve();
  },
  has: (number) => Promise.resolve(entries.some((entry) => entry.number === number)),
  find({ number, limit, cursor }) {
    const from = Number(cursor ?? 0);
    const found = entries.filter((entry) => number === undefined || entry.number === number);
    const next = from + limit < found.length ? String(from + limit) : null;
    return Promise.resolve({ optOuts: found.slice(from, from + limit), next });
  },
  remove(number) {
    const at = entries.findIndex((entry) => entry.number === number);
    if (at >= 0) entries.splice(at, 1);
    return Promise.resolve(at >= 0);
  },
});
