// Several workers on one port, as processes: killed, told to stop, replaced, and kept from starting.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi, type TestContext } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { startModel } from '../../src/simulator/model/server.ts';
import type { PhoneCall } from '../../src/simulator/phone/call.ts';
import { startNetwork } from '../../src/simulator/phone/network.ts';
import { findPostmaster } from '../../src/store/embedded/postmaster.ts';
import { freshDataDir, migratedDatabaseUrl } from '../doubles/databases.ts';
import { freshFolder } from '../doubles/fresh-folder.ts';
import { CALLER, SCRIPT } from './nodes/conversation.ts';
import { ACCOUNT, AUTH_TOKEN } from './rig.ts';
import { ask, keeper, kill } from './workers-rig.ts';

/** Each worker is a whole server that is loaded, on a busy machine. */
vi.setConfig({ testTimeout: 180_000 });

const settings = async (context: TestContext, workers: number): Promise<Record<string, string>> => ({
  DATABASE_URL: await migratedDatabaseUrl(context),
  DATA_DIR: freshDataDir(context),
  LIVELINE_WORKERS: String(workers),
});

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

/** As a load balancer does, again and again; gives back what went wrong. */
function looking(url: string): () => Promise<readonly string[]> {
  const wrong: string[] = [];
  const over = new AbortController();
  const looks = (async () => {
    while (!over.signal.aborted) {
      const answer = await ask(`${url}/readyz`).catch((thrown: unknown) => ({
        status: 0,
        text: String(thrown),
      }));
      if (answer.status !== 200) wrong.push(`${answer.status} ${answer.text}`);
    }
  })();
  return async () => {
    over.abort();
    await looks;
    return wrong;
  };
}

test('one is killed: it is replaced, and the others are untouched', async (context) => {
  const server = await keeper(context, await settings(context, 3));
  const before = await server.whole(3);
  expect([...before.keys()]).toEqual([1, 2, 3]);
  const killed = before.get(2)!;
  kill(killed);
  const after = await server.whole(3, [killed]);
  expect([after.get(1), after.get(3)]).toEqual([before.get(1), before.get(3)]);

  const figures = await vi.waitFor(async () => {
    const { text } = await ask(`${server.url}/metrics`);
    const workers = [...text.matchAll(/^liveline_calls_in_progress\{worker="(\d)"\} 0$/gm)].map(([, n]) => n);
    expect(workers.toSorted()).toEqual(['1', '2', '3']);
    return text;
  });
  expect(figures.match(/^# HELP liveline_calls_in_progress /gm)).toHaveLength(1);

  server.child.kill('SIGTERM');
  expect(await server.exit).toEqual({ code: 0, err: '' });
  expect([...after.values()].filter(isRunning)).toEqual([]);
});

test('told to replace them, it does so one after the other, and whoever asks is answered all the while', async (context) => {
  const server = await keeper(context, await settings(context, 2));
  const before = await server.whole(2);
  const stopLooking = looking(server.url);
  server.child.kill('SIGHUP');
  const after = await server.whole(2, before.values());
  await vi.waitFor(() => expect([...before.values()].filter(isRunning)).toEqual([]));
  expect(await stopLooking()).toEqual([]);
  const { lines } = server;
  const at = (msg: string, of: number): number =>
    lines.findIndex((line) => line.msg.startsWith(msg) && line.pid === of);
  const [first, second] = [...before.values()];
  const successors = lines.filter(({ msg }) => msg === 'a worker is started').slice(2);
  expect(successors.map(({ pid }) => pid).toSorted()).toEqual([...after.values()].toSorted());
  expect(at('a worker has left', first!)).toBeLessThan(lines.indexOf(successors[1]!));
  expect(at('a worker has left', second!)).toBeGreaterThan(lines.indexOf(successors[1]!));
});

test('an operator has one of them drained: it ends, and another serves in its place', async (context) => {
  const server = await keeper(context, await settings(context, 2));
  const before = await server.whole(2);
  // They hear of each other within a second.
  const id = await vi.waitFor(async () => {
    const { text } = await ask(`${server.url}/api/v1/nodes`);
    const { nodes } = JSON.parse(text) as { nodes: { id: string; name: string }[] };
    const second = nodes.find(({ name }) => name.endsWith(' #2'));
    expect(second, text).toBeDefined();
    return second!.id;
  }, 10_000);
  const asked = await ask(`${server.url}/api/v1/nodes/${encodeURIComponent(id)}/drain`, { method: 'POST' });
  expect(asked.status).toBe(202);
  const after = await server.whole(2, [before.get(2)!]);
  expect(after.get(1)).toBe(before.get(1));
  const ended = server.lines.filter(({ msg }) => msg.startsWith('a worker has ended'));
  expect(ended).toMatchObject([{ worker: 2, code: 0 }]);
});

test('a profile that is wrong: the whole ends with its reason, said once', async (context) => {
  const dir = freshFolder(context);
  writeFileSync(join(dir, 'front.yaml'), 'name: Front\nnumbers: "*"\ngreeting: Hi\nvoise: Kore\n');
  const server = await keeper(context, { ...(await settings(context, 3)), AGENTS_DIR: dir });
  const { code, err } = await server.exit;
  expect(code).toBe(1);
  expect(err.match(/Liveline cannot start/g)).toHaveLength(1);
  expect(err).toMatch(/front\.yaml:4:1\s+voise/);
  expect(server.lines.filter(({ msg }) => msg === 'a worker is started')).toHaveLength(1);
});

test('it becomes wrong while they serve: told to replace them, it leaves those there are', async (context) => {
  const dir = freshFolder(context);
  const file = join(dir, 'front.yaml');
  writeFileSync(file, 'name: Front\nnumbers: "*"\ngreeting: Hi\ninstructions: Be kind\n');
  const server = await keeper(context, { ...(await settings(context, 2)), AGENTS_DIR: dir });
  const before = await server.whole(2);
  writeFileSync(file, 'name: Front\nnumbers: "*"\ngreeting: Hi\nvoise: Kore\n');
  server.child.kill('SIGHUP');
  await vi.waitFor(
    () =>
      expect(server.lines.map(({ msg }) => msg)).toContainEqual(
        expect.stringMatching(/^the workers are not replaced/),
      ),
    {
      timeout: 60_000,
    },
  );
  expect(server.serving()).toEqual(before);
  expect((await ask(`${server.url}/readyz`)).status).toBe(200);
});

test('who keeps them is killed: they end by themselves, and the next finds the port free', async (context) => {
  const env = await settings(context, 2);
  const server = await keeper(context, env);
  await server.whole(2);
  kill(server.child.pid!);
  // They hold its output, and so this says that they are gone.
  expect((await server.exit).err).toBe('');
  const said = server.lines.filter(({ msg }) => msg.startsWith('who keeps the workers is gone'));
  expect(said.map(({ worker }) => worker).toSorted()).toEqual([1, 2]);
  const next = await keeper(context, env, server.port);
  await next.whole(2);
});

test('a port that is taken: said once, exit 1', async (context) => {
  const env = await settings(context, 2);
  const server = await keeper(context, env);
  await server.whole(2);
  const { code, err } = await (await keeper(context, env, server.port)).exit;
  expect(code).toBe(1);
  expect(err.match(/is taken by another process; set PORT to a free one/g)).toHaveLength(1);
});

test('their embedded database is one, and is found again after all of them and it were killed, with nothing lost', async (context) => {
  const dir = freshDataDir(context);
  const env = { DATA_DIR: dir, LIVELINE_WORKERS: '3' };
  const server = await keeper(context, env);
  const workers = await server.whole(3);
  const postmaster = (await findPostmaster(join(dir, 'postgres')))!;
  const kept: string[] = [];
  const dead = new AbortController();
  const isDead = (): boolean => dead.signal.aborted;
  const writes = Array.from({ length: 3 }, async (_, lane) => {
    for (let n = 0; !isDead(); n += 1) {
      const number = `+1212555${lane}${String(n).padStart(3, '0')}`;
      const answer = await ask(`${server.url}/api/v1/opt-outs`, { method: 'POST', json: { number } }).catch(
        () => undefined,
      );
      if (answer?.status === 200) kept.push(number);
      else if (!isDead()) throw new Error(`not taken: ${answer?.status} ${answer?.text}`);
    }
  });
  await vi.waitFor(() => expect(kept.length).toBeGreaterThan(60), { timeout: 60_000 });
  dead.abort();
  kill(postmaster.pid);
  kill(server.child.pid!);
  for (const pid of workers.values()) kill(pid);
  await Promise.all(writes);
  await server.exit;

  const again = await keeper(context, env);
  await again.whole(3);
  const found = new Set<string>();
  for (let cursor = ''; ;) {
    const { text } = await ask(`${again.url}/api/v1/opt-outs?limit=200${cursor}`);
    const page = JSON.parse(text) as { optOuts: { number: string }[]; next: string | null };
    for (const { number } of page.optOuts) found.add(number);
    if (page.next === null) break;
    cursor = `&cursor=${page.next}`;
  }
  expect(kept.filter((number) => !found.has(number))).toEqual([]);
});

test('a rehearsal, without any setting: whoever takes a call, the model that stands in answers', async (context) => {
  const network = await startNetwork({ accountSid: ACCOUNT, authToken: AUTH_TOKEN, clock: systemClock });
  context.onTestFinished(() => network.close());
  const server = await keeper(context, await settings(context, 2));
  await server.whole(2);
  const calls = ['one', 'two'].map(() =>
    network.placeCall({
      ...{ baseUrl: server.url, from: '+15550100123', to: '+15550100100' },
      script: [{ hangUp: true, when: 'agentQuiet' }],
    }),
  );
  for (const call of calls) {
    const outcome = await call.done;
    expect(outcome).toMatchObject({ hungUpBy: 'caller', errors: [] });
    expect(outcome.heardMs).toBeGreaterThan(1_000);
  }
  const answeredBy = server.lines.filter(({ msg }) => msg === 'call answered').map(({ worker }) => worker);
  expect(answeredBy.toSorted()).toEqual([1, 2]);
});

test('they are replaced under calls: none is dropped, and nobody is greeted again', async (context) => {
  const model = await startModel({ script: SCRIPT, clock: systemClock });
  const network = await startNetwork({ accountSid: ACCOUNT, authToken: AUTH_TOKEN, clock: systemClock });
  context.onTestFinished(async () => {
    await network.close();
    await model.close();
  });
  const server = await keeper(context, {
    ...(await settings(context, 2)),
    GEMINI_BASE_URL: model.url,
    TWILIO_ACCOUNT_SID: ACCOUNT,
    TWILIO_AUTH_TOKEN: AUTH_TOKEN,
    TWILIO_API_BASE_URL: network.url,
  });
  const before = await server.whole(2);
  const calls: PhoneCall[] = [];
  for (let n = 0; n < 6; n += 1) {
    const call = network.placeCall({
      baseUrl: server.url,
      from: '+15550100123',
      to: '+15550100100',
      script: CALLER,
    });
    calls.push(call);
    await call.until('agentStarted');
  }
  const answeredBy = server.lines.filter(({ msg }) => msg === 'call answered').map(({ worker }) => worker);
  expect(new Set(answeredBy)).toEqual(new Set([1, 2]));
  server.child.kill('SIGHUP');
  for (const call of calls) {
    const outcome = await call.done;
    expect(outcome).toMatchObject({ hungUpBy: 'caller', errors: [] });
    expect(outcome.streams).toBeGreaterThan(1);
  }
  await server.whole(2, before.values());
  const greetings = model.sessions.flatMap(({ events }) =>
    events.filter((event) => event.type === 'replied' && event.greeting),
  );
  expect(greetings).toHaveLength(calls.length);
});
