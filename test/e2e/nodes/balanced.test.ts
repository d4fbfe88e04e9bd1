// Two nodes behind a balancer without sticky sessions: whole calls go as through one, wherever the carrier's requests and streams
// come in.
import { expect, test, vi, type TestContext } from 'vitest';
import { scriptFrom } from '../desk.ts';
import { agentsWith, wav } from '../rig.ts';
import { SIZES } from '../../doubles/databases.ts';
import { cluster, type Cluster } from './cluster.ts';

/** A busy machine takes its time. */
vi.setConfig({ testTimeout: 120_000 });

const QUICK = scriptFrom({
  name: 'quick',
  greeting: { say: 'Hello.' },
  turns: [{ steps: [{ say: 'Goodbye.' }, { call: { name: 'end_call', args: {} } }] }],
});

const quick = (context: TestContext, environment: Record<string, string> = {}): Promise<Cluster> =>
  cluster(context, { model: { script: QUICK }, environment });

const bye = { script: [{ say: wav('caller/yes') }] };

/** As through one: one end, by the agent, and nothing that went wrong. */
async function isOrdinary({ told, nodeOf }: Cluster, call: ReturnType<Cluster['place']>): Promise<void> {
  expect(await call.done).toMatchObject({ status: 'completed', hungUpBy: 'server', streams: 1, errors: [] });
  expect(told(call, 'call-started')).toHaveLength(1);
  expect(told(call, 'call-refused')).toEqual([]);
  expect(told(call, 'call-rejoined')).toEqual([]);
  expect(told(call, 'call-ended')).toMatchObject([{ reason: 'agent-hung-up', at: nodeOf(call) }]);
}

test.for(SIZES)('a whole call, its requests and its stream at turns (%s)', async (size, context) => {
  const there = await cluster(context, { size });
  const { place, told, balancer, model, log } = there;
  const call = place({
    script: [
      { say: wav('caller/hello-opening-hours') },
      { say: wav('caller/interrupt'), when: { agentSpokeForMs: 2_000 } },
      { say: wav('caller/thanks-goodbye') },
    ],
  });
  await isOrdinary(there, call);
  expect(model.sessions).toHaveLength(1);
  expect(told(call, 'barge-in')).toHaveLength(1);
  expect(told(call, 'tool-done')).toMatchObject([{ tool: 'look_up_contact' }, { tool: 'end_call' }]);
  expect(new Set(balancer.sent.map((line) => line[0]))).toEqual(new Set(['0', '1']));
  expect(log.join('')).not.toMatch(/another node did not/);
});

test('wherever its stream and what comes after it are asked for, a call is where it was answered', async (context) => {
  const at = { media: 0, after: 0 };
  const there = await cluster(context, {
    model: { script: QUICK },
    prefers: (target) =>
      target.startsWith('/twilio/voice') ? 0 : target.startsWith('/twilio/media') ? at.media : at.after,
  });
  for (const media of [0, 1])
    for (const after of [0, 1]) {
      Object.assign(at, { media, after });
      const call = there.place(bye);
      await isOrdinary(there, call);
      expect(there.nodeOf(call), `stream at ${media}, after it at ${after}`).toBe(0);
    }
  expect(there.model.sessions, 'one each').toHaveLength(4);
});

test('with the database away, what belongs to a call still finds it', async (context) => {
  const there = await cluster(context, {
    model: { script: QUICK },
    ownWay: true,
    prefers: (target) => (target.startsWith('/twilio/voice') ? 0 : 1),
  });
  const call = there.place(bye);
  await call.until('agentStarted');
  there.way!.close();
  await isOrdinary(there, call);
  there.way!.open();
});

test('with the database away, new calls are refused where that is wished for; others go on', async (context) => {
  const there = await cluster(context, {
    model: { script: QUICK },
    environment: { CALLS_WITHOUT_DATABASE: 'refuse' },
    ownWay: true,
  });
  const { apps, place, told, way } = there;
  const areInContact = (expected: boolean) =>
    vi.waitFor(() => {
      for (const { nodes } of apps) expect(nodes.isInContact).toBe(expected);
    }, 20_000);
  const before = place({ script: [] });
  await before.until('agentStarted');
  way!.close();
  await areInContact(false);
  const refused = place({ script: [] });
  await refused.done;
  expect(told(refused, 'call-refused')).toMatchObject([{ why: 'lines-busy' }]);
  way!.open();
  await areInContact(true);
  const after = place({ script: [] });
  await after.until('agentStarted');
  for (const call of [before, after]) {
    call.hangUp();
    expect(await call.done).toMatchObject({ hungUpBy: 'caller', errors: [] });
  }
});

test('of a call of which no record is kept, nothing is written down, and it is found all the same', async (context) => {
  const dir = agentsWith('keep_records_days: off', context);
  const there = await cluster(context, {
    model: { script: QUICK },
    environment: { AGENTS_DIR: dir },
    prefers: (target) => (target.startsWith('/twilio/voice') ? 0 : 1),
  });
  await isOrdinary(there, there.place(bye));
});

test('a node that has as many calls as it takes has the next answered by the other', async (context) => {
  const there = await quick(context, { CALLS_PER_NODE: '1' });
  const { balancer, place, nodeOf, told } = there;
  balancer.only([0]);
  const first = place({ script: [] });
  await first.until('agentStarted');
  const second = place({ script: [] });
  await second.until('agentStarted');
  expect([nodeOf(first), nodeOf(second)]).toEqual([0, 1]);
  const third = place({ script: [] });
  await third.done;
  expect(told(third, 'call-refused')).toMatchObject([{ why: 'lines-busy' }]);
  first.hangUp();
  second.hangUp();
  await Promise.all([first.done, second.done]);
});

test('the API tells of both, from either', async (context) => {
  const { apps } = await quick(context, { CALLS_PER_NODE: '7' });
  const lists = await Promise.all(
    apps.map(async ({ port }) => (await fetch(`http://127.0.0.1:${port}/api/v1/nodes`)).json()),
  );
  const ids = apps.map(({ nodes }) => nodes.self.key);
  expect(lists).toMatchObject([
    {
      nodes: [
        { id: ids[0], isThis: true, capacity: 7 },
        { id: ids[1], isThis: false, life: 'alive', capacity: 7 },
      ],
    },
    {
      nodes: [
        { id: ids[1], isThis: true },
        { id: ids[0], isThis: false, life: 'alive' },
      ],
    },
  ]);
});
