import { once } from 'node:events';
import { expect, test, type TestContext } from 'vitest';
import { WebSocket, type ClientOptions } from 'ws';
import { silentLog } from '../../src/base/log.ts';
import { systemClock } from '../../src/base/clock.ts';
import type { Act } from '../../src/console/audit-entry.ts';
import { consoleSockets } from '../../src/http/console-sockets.ts';
import type { OperatorOptions } from '../../src/http/operator.ts';
import { createHttpServer } from '../../src/http/server.ts';
import { frame, id, rig } from '../call/rig.ts';
import { bearer, GUARDED, OPEN } from './served.ts';

const VIEWER = 'viewer-token-0123456789';

async function sockets(
  { onTestFinished }: Pick<TestContext, 'onTestFinished'>,
  operator: OperatorOptions,
  clock = systemClock,
) {
  const all = rig();
  const call = all.answered();
  const acts: Act[] = [];
  const audit = { add: (act: Act) => void acts.push(act) };
  const server = createHttpServer(silentLog);
  const port = await server.listen('127.0.0.1', 0);
  const { switchboard } = all;
  const others = { open: () => Promise.resolve({ fault: 'no-such-call' } as const) };
  server.serve(
    [],
    consoleSockets({ switchboard, others, operator: { ...operator, audit }, clock, log: silentLog }),
  );
  onTestFinished(() => server.close());
  const open = (path: string, options: ClientOptions = {}): WebSocket =>
    new WebSocket(`ws://127.0.0.1:${port}${path}`, options);
  return { ...all, ...call, acts, open, host: `127.0.0.1:${port}` };
}

/** The HTTP status of an upgrade that is refused. */
async function refusal(socket: WebSocket): Promise<number | undefined> {
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode?: number }];
  return response.statusCode;
}

test.for<[string, string, OperatorOptions, ClientOptions, number]>([
  ['nobody', `?call=${id}`, GUARDED, {}, 401],
  ['a wrong token', `?call=${id}`, GUARDED, { headers: bearer('wrong') }, 401],
  ['a viewer', `?call=${id}`, { ...GUARDED, viewerToken: VIEWER }, { headers: bearer(VIEWER) }, 403],
  ['a page of elsewhere', `?call=${id}`, OPEN, { origin: 'http://elsewhere.example' }, 401],
  ['who names no call', '', OPEN, {}, 400],
])('%s is let into no call', async ([, query, operator, options, status], context) => {
  const { open, of } = await sockets(context, operator);
  for (const path of ['/console/listen', '/console/take-over'])
    expect([path, await refusal(open(`${path}${query}`, options))]).toEqual([path, status]);
  expect(of('operator-took-over')).toEqual([]);
});

test('who listens hears both sides as they pass, and the audit says so', async (context) => {
  const { open, line, acts } = await sockets(context, OPEN);
  const socket = open(`/console/listen?call=${id}`);
  await once(socket, 'open');
  const heard = once(socket, 'message');
  line.speak(frame(7));
  const [both] = (await heard) as [Buffer];
  expect([both.length, both[0], both[160]]).toEqual([320, 7, 0xff]);
  const closed = once(socket, 'close');
  line.stop();
  expect((await closed)[0]).toBe(1000);
  expect(acts).toMatchObject([{ action: 'listen-in', callId: id, outcome: 'done' }]);
});

test('[OA4][OA6] who takes over is told so, a second one why not, and a socket that is gone gives back', async (context) => {
  const { open, of, acts } = await sockets(context, OPEN);
  const first = open(`/console/take-over?call=${id}`);
  const [taken] = (await once(first, 'message')) as [Buffer];
  expect(JSON.parse(taken.toString())).toEqual({ type: 'taken-over' });
  const second = open(`/console/take-over?call=${id}`);
  const closed = once(second, 'close');
  const [refused] = (await once(second, 'message')) as [Buffer];
  expect(JSON.parse(refused.toString())).toMatchObject({ type: 'refused', why: 'taken' });
  await closed;
  expect(of('operator-gave-back')).toEqual([]);
  const gone = once(first, 'close');
  first.terminate();
  await gone;
  await expect.poll(() => of('operator-gave-back')).toHaveLength(1);
  expect(acts.map(({ action, outcome }) => `${action} ${outcome}`)).toEqual([
    'take-over done',
    'take-over refused',
  ]);
});

test('a word that is none ends the socket, and gives the call back', async (context) => {
  const { open, of } = await sockets(context, OPEN);
  const socket = open(`/console/take-over?call=${id}`);
  await once(socket, 'message');
  const closed = once(socket, 'close');
  socket.send('hang up');
  expect((await closed)[0]).toBe(1008);
  await expect.poll(() => of('operator-gave-back')).toHaveLength(1);
});

test('a call that is not here is refused with a word', async (context) => {
  const { open } = await sockets(context, OPEN);
  const listening = open('/console/listen?call=CA7');
  expect((await once(listening, 'close'))[0]).toBe(1008);
  const [word] = (await once(open('/console/take-over?call=CA7'), 'message')) as [Buffer];
  expect(JSON.parse(word.toString())).toMatchObject({ type: 'refused', why: 'no-such-call' });
});

test('whose session is over hears no more, and gives back', async (context) => {
  const minutes: (() => void)[] = [];
  const clock = {
    ...systemClock,
    every: (_ms: number, then: () => void) => (minutes.push(then), () => undefined),
  };
  let isOver = false;
  const sessions = {
    find: () => Promise.resolve(isOver ? undefined : ({ role: 'operator', name: 'Ada' } as const)),
  };
  const operator = { ...GUARDED, publicBaseUrl: 'http://127.0.0.1', sessions };
  const { open, host, of } = await sockets(context, operator, clock);
  const headers = { cookie: `liveline=${'s'.repeat(43)}`, origin: `http://${host}` };
  const listening = open(`/console/listen?call=${id}`, { headers });
  await once(listening, 'open');
  const speaking = open(`/console/take-over?call=${id}`, { headers });
  await once(speaking, 'message');
  const closed = Promise.all(
    [listening, speaking].map(async (socket) => (await once(socket, 'close'))[0] as number),
  );
  isOver = true;
  for (const pass of minutes) pass();
  expect(await closed).toEqual([1008, 1008]);
  await expect.poll(() => of('operator-gave-back')).toHaveLength(1);
});
