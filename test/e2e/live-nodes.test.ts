// The live board of two servers on one database, which goes away under it and comes back: what the board says meanwhile is
// true, and it is whole again afterwards.
import { expect, test, vi } from 'vitest';
import { twoNodes, until, type Node } from './nodes-rig.ts';

vi.setConfig({ testTimeout: 120_000 });

/** Who says nothing for as long as the database is away. */
const patient = { patienceMs: 120_000 };

/** Of each server by its port: whether it is heard; and the calls that go on. */
function shownBy({ board }: Node) {
  const nodes = [...board().nodes.values()].map(({ name, hearsOthers, isSilent = false }) => [
    `:${name.split(':').at(-1)}`,
    { hearsOthers, isSilent },
  ]);
  const calls = [...board().calls.values()].filter(({ ended }) => ended === null);
  return { nodes: Object.fromEntries(nodes) as object, calls: calls.map(({ callId }) => callId).toSorted() };
}

test('a database that goes away takes no call off the board without a word, and brings all back', async (context) => {
  const [a, b] = await twoNodes(context);
  const heard = { hearsOthers: true, isSilent: false };
  const [first, second] = [a.place(patient), b.place(patient)];
  await Promise.all([first.until('agentQuiet'), second.until('agentQuiet')]);
  const calls = [first.callSid, second.callSid].toSorted();
  for (const node of [a, b])
    await until(() => expect(shownBy(node)).toEqual({ nodes: { [a.name]: heard, [b.name]: heard }, calls }));

  a.way.close();
  b.way.close();
  const deaf = { hearsOthers: false, isSilent: false };
  await until(() =>
    expect(shownBy(a)).toEqual({
      nodes: { [a.name]: deaf, [b.name]: { hearsOthers: true, isSilent: true } },
      calls: [first.callSid],
    }),
  );
  // Its own calls go on, and can be acted on; of others nothing is said that is not known.
  const look = async (callSid: string): Promise<number> =>
    (await a.ask('GET', `/api/v1/calls/${callSid}/acts`)).status;
  expect([await look(first.callSid), await look(second.callSid)]).toEqual([200, 503]);
  second.hangUp();
  const third = b.place(patient);
  await Promise.all([second.done, third.until('agentQuiet')]);
  await until(() => expect(shownBy(b).calls).toEqual([third.callSid]));

  a.way.open();
  b.way.open();
  const now = [first.callSid, third.callSid].toSorted();
  for (const node of [a, b])
    await until(() =>
      expect(shownBy(node)).toEqual({ nodes: { [a.name]: heard, [b.name]: heard }, calls: now }),
    );
  expect((await a.ask('POST', `/api/v1/calls/${third.callSid}/hang-up`)).status).toBe(202);
  await third.done;
  await until(() => expect(shownBy(a).calls).toEqual([first.callSid]));
  expect(a.told(third, 'call-ended')).toEqual([]);
  expect(b.told(third, 'call-ended')).toMatchObject([{ reason: 'operator-hung-up' }]);
});
