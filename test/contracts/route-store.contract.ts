// What every route store keeps to. `other`: the same routes, as another process sees them.
import fc from 'fast-check';
import { describe, expect, test, type TestContext } from 'vitest';
import { callId } from '../../src/base/ids.ts';
import type { RouteStore } from '../../src/ivr/route-store.ts';
import type { Route } from '../../src/ivr/route.ts';

export interface RouteStoreRig {
  readonly store: RouteStore;
  readonly other: RouteStore;
  /** Resolves once what was saved can be seen by all. */
  readonly settle: () => Promise<void>;
  /** Lets time pass. */
  readonly pass: (ms: number) => Promise<void>;
}

const HOUR_MS = 3_600_000;
const signal = new AbortController().signal;

export const routeOf = (name: string, step = 1, over: Partial<Route> = {}): Route => ({
  callId: callId(`CA-${name}`),
  profile: 'Harbour Dental',
  from: '+15550100123',
  to: '+15550100100',
  direction: 'inbound',
  startedMs: 1_790_000_000_000,
  step,
  given: { do: 'queue', step, callId: callId(`CA-${name}`), queue: 'billing-1' },
  where: { at: 'queued', destination: 'billing', sinceMs: 1_790_000_000_123, leaves: undefined },
  departure: undefined,
  matter: { reason: 'An invoice', briefing: 'Ada asks about “invoice 7” – paid twice.' },
  rung: 0,
  menus: 0,
  errands: 0,
  revision: 0,
  place: undefined,
  ...over,
});

export function routeStoreContract(
  name: string,
  open: (context: TestContext) => RouteStoreRig | Promise<RouteStoreRig>,
): void {
  describe(`${name}: route store`, () => {
    test('a route is loaded as it was saved, at once here and soon everywhere; another is not known', async (context) => {
      const { store, other, settle } = await open(context);
      const route = routeOf('a');
      store.save(route);
      expect(await store.load(route.callId, signal)).toEqual(route);
      await settle();
      expect(await store.load(route.callId, signal)).toEqual(route);
      expect(await other.load(route.callId, signal)).toEqual(route);
      expect(await other.load(callId('CA-b'), signal)).toBeUndefined();
    });

    test('a higher step stays, whoever saves it; the same step may be replaced', async (context) => {
      const { store, other, settle } = await open(context);
      const load = async () => {
        await settle();
        const both = [await store.load(callId('CA-a'), signal), await other.load(callId('CA-a'), signal)];
        expect(both[0]).toEqual(both[1]);
        return [both[0]?.step, both[0]?.rung];
      };
      store.save(routeOf('a', 2, { rung: 1 }));
      expect(await load()).toEqual([2, 1]);
      other.save(routeOf('a', 1, { rung: 9 }));
      expect(await load()).toEqual([2, 1]);
      other.save(routeOf('a', 2, { rung: 2 }));
      expect(await load()).toEqual([2, 2]);
      store.save(routeOf('a', 3, { rung: 3 }));
      expect(await load()).toEqual([3, 3]);
    });

    test('in whatever order routes are saved, the last of the highest step is what stays', async (context) => {
      const { store, other, settle } = await open(context);
      let run = 0;
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.record({ step: fc.integer({ min: 0, max: 4 }), pause: fc.boolean() }), {
            minLength: 1,
            maxLength: 12,
          }),
          async (saves) => {
            const name = `any-${(run += 1)}`;
            for (const [menus, { step, pause }] of saves.entries()) {
              store.save(routeOf(name, step, { menus }));
              if (pause) await new Promise(setImmediate);
            }
            const highest = Math.max(...saves.map(({ step }) => step));
            const menus = saves.findLastIndex(({ step }) => step === highest);
            expect(await store.load(callId(`CA-${name}`), signal)).toMatchObject({ step: highest, menus });
            await settle();
            expect(await other.load(callId(`CA-${name}`), signal)).toMatchObject({ step: highest, menus });
          },
        ),
        { numRuns: 30 },
      );
    });

    test('it is forgotten when no call can last any longer, and not before', async (context) => {
      const { store, other, settle, pass } = await open(context);
      store.save(routeOf('a', 7));
      await settle();
      await pass(5 * HOUR_MS - 60_000);
      expect(await other.load(callId('CA-a'), signal)).toBeDefined();
      await pass(120_000);
      expect(await store.load(callId('CA-a'), signal)).toBeUndefined();
      expect(await other.load(callId('CA-a'), signal)).toBeUndefined();
      store.save(routeOf('a', 1));
      await settle();
      expect(await other.load(callId('CA-a'), signal)).toMatchObject({ step: 1 });
    });

    test('a name is claimed by one of all, until the time is over; then by one again', async (context) => {
      const { store, other, pass } = await open(context);
      const many = () =>
        Promise.all([store, other, store, other].map((each) => each.claim('ring', 60_000, signal)));
      expect((await many()).filter(Boolean)).toHaveLength(1);
      await pass(50_000);
      expect((await many()).filter(Boolean)).toHaveLength(0);
      expect(await other.claim('another', 60_000, signal)).toBe(true);
      await pass(20_000);
      expect((await many()).filter(Boolean)).toHaveLength(1);
    });

    test('who holds a name keeps it from all, for longer or shorter than it was claimed', async (context) => {
      const { store, other, settle, pass } = await open(context);
      expect(await store.claim('ring', 30_000, signal)).toBe(true);
      store.hold('ring', 4 * HOUR_MS);
      expect(await store.claim('ring', 1_000, signal)).toBe(false);
      await settle();
      await pass(HOUR_MS);
      expect(await other.claim('ring', 1_000, signal)).toBe(false);
      other.hold('ring', 5_000);
      await settle();
      expect(await store.claim('ring', 1_000, signal)).toBe(false);
      await pass(6_000);
      expect(await store.claim('ring', 1_000, signal)).toBe(true);
      other.hold('new', 5_000);
      await settle();
      expect(await store.claim('new', 1_000, signal)).toBe(false);
    });

    test('who does not wait is not answered', async (context) => {
      const { store } = await open(context);
      const reason = new Error('late');
      const gone = AbortSignal.abort(reason);
      await expect(store.load(callId('CA-a'), gone)).rejects.toBe(reason);
      await expect(store.claim('x', 1_000, gone)).rejects.toBe(reason);
    });
  });
}
