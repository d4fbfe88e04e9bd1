import { afterEach, expect, test, vi } from 'vitest';
import { ANSWERS_WITHIN_MS, ApiFault, get, send, upload } from '../../src/console/web/api.ts';
import { mayPass } from '../../src/console/web/queries.ts';

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** A server that takes every request and answers none. */
function silentServer(): { given: (AbortSignal | null | undefined)[] } {
  const given: (AbortSignal | null | undefined)[] = [];
  vi.stubGlobal('fetch', (_path: string, { signal }: RequestInit) => {
    given.push(signal);
    return new Promise((_, reject) =>
      signal?.addEventListener('abort', () => reject(signal.reason as Error)),
    );
  });
  return { given };
}

test('a server that does not answer is not waited for without end, and what was asked may be done', async () => {
  vi.useFakeTimers();
  silentServer();
  const asked = send('POST', '/api/v1/calls/CA1/hang-up').catch((thrown: unknown) => thrown);
  await vi.advanceTimersByTimeAsync(ANSWERS_WITHIN_MS);
  expect(await asked).toMatchObject({ name: 'ApiFault', status: 0, code: 'TOO_LATE' });
});

test('a file takes as long as it takes', async () => {
  vi.useFakeTimers();
  const { given } = silentServer();
  void upload('/api/v1/campaigns/C1/contacts', new Blob(['phone\n']), 'text/csv');
  await vi.advanceTimersByTimeAsync(10 * ANSWERS_WITHIN_MS);
  expect(given[0]?.aborted).toBe(false);
});

test('what is given up is given up, and not a fault of the server', async () => {
  silentServer();
  const by = new AbortController();
  const asked = get('/api/v1/calls', {}, by.signal).catch((thrown: unknown) => thrown);
  by.abort();
  expect(await asked).toBe(by.signal.reason);
});

test('what could not be reached is asked for again, and what was refused is not', () => {
  expect(mayPass(new ApiFault(0, 'UNREACHABLE', 'away'))).toBe(true);
  expect(mayPass(new ApiFault(503, 'DATABASE_UNAVAILABLE', 'away'))).toBe(true);
  expect(mayPass(new ApiFault(404, 'CALL_UNKNOWN', 'unknown'))).toBe(false);
  expect(mayPass(new ApiFault(403, 'NOT_ALLOWED', 'not yours'))).toBe(false);
});
