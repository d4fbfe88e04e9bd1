// A node is drained in the middle of conversations: every caller goes on with theirs at another one, greeted once and told
// nothing twice.
import { expect, test, vi, type TestContext } from 'vitest';
import type { PhoneCall } from '../../../src/simulator/phone/call.ts';
import { cluster, type Cluster } from './cluster.ts';
import { ANSWERS, CALLER, GREETING, SCRIPT } from './conversation.ts';

/** A busy machine takes its time. */
vi.setConfig({ testTimeout: 150_000 });

const CALLS = 6;

/** What the caller has heard of the agent, in the order in which it began; an entry that was broken off and gone on with is one. */
function heardBy({ told }: Cluster, call: PhoneCall): string[] {
  const entries = new Map<number, string>();
  for (const { entry } of told(call, 'transcript'))
    if (entry.who === 'agent') entries.set(entry.n, entry.heard);
  return [...entries.values()];
}

/** Six calls at the first of two nodes, each with an answer heard. */
async function underCalls(context: TestContext): Promise<Cluster & { readonly calls: readonly PhoneCall[] }> {
  const all = await cluster(context, { model: { script: SCRIPT } });
  all.balancer.only([0]);
  const calls: PhoneCall[] = [];
  for (let n = 0; n < CALLS; n += 1) {
    calls.push(all.place({ script: CALLER }));
    await calls.at(-1)!.until('agentStarted');
  }
  all.balancer.only(undefined);
  // One that is late, on a busy machine, gives new calls to the other.
  const here = calls.filter((call) => all.told(call, 'call-started')[0]?.at === 0);
  expect(here.length).toBeGreaterThan(0);
  await Promise.all(
    here.map((call) => vi.waitFor(() => expect(heardBy(all, call).length).toBeGreaterThan(1), 20_000)),
  );
  return { ...all, calls: here };
}

const GOES_ON = { hungUpBy: 'caller', streams: 2, errors: [] };

test.concurrent('[MV1] one of two nodes is drained under six calls', async (context) => {
  const all = await underCalls(context);
  const { apps, balancer, told, calls } = all;
  const moved = (): PhoneCall[] => calls.filter((call) => told(call, 'call-moved').length > 0);
  const beganMs = performance.now();
  const stopped = apps[0]!.stop();
  await vi.waitFor(() => expect(moved().length).toBeGreaterThan(0), 30_000);
  // By now whoever balances has seen that it is not ready.
  balancer.only([1]);
  await stopped;
  expect(performance.now() - beganMs).toBeLessThan(30_000);

  for (const call of calls) {
    expect(await call.done).toMatchObject(GOES_ON);
    expect(told(call, 'call-started').map(({ at }) => at)).toEqual([0]);
    expect(told(call, 'call-moved').map(({ at }) => at)).toEqual([0]);
    expect(told(call, 'call-rejoined')).toMatchObject([{ planned: true, rejoins: 0 }]);
    expect(told(call, 'call-ended')).toMatchObject([{ reason: 'caller-hung-up' }]);
    expect(heardBy(all, call)).toEqual([GREETING, ...ANSWERS]);
  }
});

test.concurrent(
  '[MV5] it is told twice: whatever they are saying, all go on at the other, and nobody is greeted again',
  async (context) => {
    const all = await underCalls(context);
    const { apps, balancer, told, calls } = all;
    balancer.only([1]);
    const beganMs = performance.now();
    await Promise.all([apps[0]!.stop(), apps[0]!.stop()]);
    expect(performance.now() - beganMs).toBeLessThan(15_000);

    for (const call of calls) {
      expect(await call.done).toMatchObject(GOES_ON);
      expect(told(call, 'call-rejoined')).toMatchObject([{ planned: true }]);
      const heard = heardBy(all, call);
      expect(heard.filter((said) => said === GREETING)).toHaveLength(1);
      expect(heard.at(-1)).toBe(ANSWERS.at(-1));
    }
  },
);
