// An operator's page at one process, and the call at another: two servers, and a wire between them.
import { once } from 'node:events';
import { expect, test, type TestContext } from 'vitest';
import { WebSocket } from 'ws';
import { systemClock } from '../../src/base/clock.ts';
import { callId } from '../../src/base/ids.ts';
import { silentLog } from '../../src/base/log.ts';
import type { Act } from '../../src/console/audit-entry.ts';
import type { Opened } from '../../src/console/live-desk.ts';
import type { Visit } from '../../src/console/tickets.ts';
import { consoleSockets } from '../../src/http/console-sockets.ts';
import { nodeDoor } from '../../src/http/node-door.ts';
import { openNodeListener } from '../../src/http/node-listener.ts';
import { createHttpServer } from '../../src/http/server.ts';
import { tcpProxy } from '../doubles/tcp-proxy.ts';
import { frame, id, rig } from '../call/rig.ts';
import { OPEN } from './served.ts';

async function twoProcesses(context: TestContext) {
  const all = rig();
  const call = all.answered();
  const listener = await openNodeListener({
    ...{ at: { host: '127.0.0.1', port: 0 }, key: 'there', log: silentLog },
  });
  context.onTestFinished(() => listener.close());
  const door = nodeDoor({
    ...{ address: listener.address, switchboard: all.switchboard, clock: systemClock, log: silentLog },
  });
  listener.serve([], [], door.upgrades);
  const way = await tcpProxy('127.0.0.1', Number(new URL(door.address).port));
  context.onTestFinished(() => way.end());
  const acts: Act[] = [];
  const pings: (() => void)[] = [];
  const clock = {
    ...systemClock,
    every: (ms: number, then: () => void) => {
      if (ms < 60_000) pings.push(then);
      return () => undefined;
    },
  };
  let ticketOf = (visit: Visit): string => door.tickets.give(visit);
  const server = createHttpServer(silentLog);
  const port = await server.listen('127.0.0.1', 0);
  context.onTestFinished(() => server.close());
  server.serve(
    [],
    consoleSockets({
      switchboard: rig().switchboard,
      others: {
        open: (visit: Visit): Promise<Opened> =>
          Promise.resolve({ address: `http://127.0.0.1:${way.port}`, ticket: ticketOf(visit) }),
      },
      operator: { ...OPEN, audit: { add: (act: Act) => void acts.push(act) } },
      ...{ clock, log: silentLog },
    }),
  );
  const open = (path: string): WebSocket =>
    new WebSocket(`ws://127.0.0.1:${port}/console/${path}?call=${id}`);
  return {
    ...{ ...all, ...call, door, way, acts, open },
    ping: () => {
      for (const then of pings) then();
    },
    forge: (ticket: string) => {
      ticketOf = () => ticket;
    },
  };
}

const wordIn = async (socket: WebSocket): Promise<unknown> =>
  JSON.parse(String(((await once(socket, 'message')) as [Buffer])[0])) as unknown;

test('who listens at another process hears both sides, until the call is over', async (context) => {
  const { open, line, acts } = await twoProcesses(context);
  const page = open('listen');
  await once(page, 'open');
  await expect.poll(() => acts).toMatchObject([{ action: 'listen-in', callId: id, outcome: 'done' }]);
  const heard = once(page, 'message');
  line.speak(frame(7));
  const [both] = (await heard) as [Buffer];
  expect([both.length, both[0], both[160]]).toEqual([320, 7, 0xff]);
  const closed = once(page, 'close');
  line.stop();
  expect((await closed)[0]).toBe(1000);
});

test('who takes over from another process is heard, is named, and gives back with a note', async (context) => {
  const { open, acts, of, session } = await twoProcesses(context);
  const page = open('take-over');
  expect(await wordIn(page)).toEqual({ type: 'taken-over' });
  expect(of('operator-took-over')).toMatchObject([{ by: 'this machine' }]);
  const second = open('take-over');
  expect(await wordIn(second)).toMatchObject({ type: 'refused', why: 'taken' });
  page.send(JSON.stringify({ type: 'give-back', note: 'They want a cleaning.' }));
  expect(await wordIn(page)).toEqual({ type: 'over' });
  expect((await once(page, 'close'))[0]).toBe(1000);
  expect(of('operator-gave-back')).toMatchObject([{ note: 'They want a cleaning.' }]);
  expect(session.prompts.at(-1) ?? session.informed.at(-1)).toContain('They want a cleaning.');
  expect(acts.map(({ action, outcome, detail }) => [action, outcome, detail])).toEqual([
    ['take-over', 'done', {}],
    ['take-over', 'refused', { why: 'taken' }],
  ]);
});

test('a page that goes gives the call back at once', async (context) => {
  const { open, of } = await twoProcesses(context);
  const page = open('take-over');
  await wordIn(page);
  page.terminate();
  await expect.poll(() => of('operator-gave-back')).toHaveLength(1);
});

test('a process that does not answer any more ends it, and says so', async (context) => {
  const { open, way, ping, acts, line } = await twoProcesses(context);
  const page = open('listen');
  await expect.poll(() => acts).toHaveLength(1);
  // It is asked and answers, while another way there is opened.
  for (const n of [2, 3]) {
    ping();
    open('listen');
    await expect.poll(() => acts).toHaveLength(n);
  }
  const heard = once(page, 'message');
  line.speak(frame(7));
  await heard;
  way.close('silent');
  const closed = once(page, 'close');
  ping();
  ping();
  const [code, reason] = (await closed) as [number, Buffer];
  expect([code, String(reason)]).toEqual([1011, 'the server of this call is gone, or does not answer']);
});

test('one that cannot be reached refuses, in the words of each', async (context) => {
  const { open, way, acts } = await twoProcesses(context);
  way.close();
  expect(await wordIn(open('take-over'))).toMatchObject({ type: 'refused', why: 'no-way-there' });
  const [code, reason] = (await once(open('listen'), 'close')) as [number, Buffer];
  expect([code, String(reason)]).toEqual([1008, expect.stringContaining('cannot be reached')]);
  expect(acts.map(({ outcome }) => outcome)).toEqual(['refused', 'refused']);
});

test('without a ticket, with one that was used, or with one for something else, nobody comes in', async (context) => {
  const { door, open, forge, of } = await twoProcesses(context);
  const visit = { callId: callId(id), name: 'Ada' } as const;
  const used = door.tickets.give({ ...visit, way: 'take-over' });
  door.tickets.take(used);
  for (const ticket of ['', 'guessed', used, door.tickets.give({ ...visit, way: 'listen' })]) {
    forge(ticket);
    expect(await wordIn(open('take-over'))).toMatchObject({ type: 'refused', why: 'no-way-there' });
  }
  expect(of('operator-took-over')).toEqual([]);
  for (const path of ['/node/listen', '/', '/console/listen', '/api/v1/calls'])
    expect((await fetch(`${door.address}${path}`)).status).toBe(421);
});

test('a door that cannot be opened names the setting', async (context) => {
  const { door } = await twoProcesses(context);
  const at = { host: '127.0.0.1', port: Number(new URL(door.address).port) };
  const opening = openNodeListener({ at, key: 'another', log: silentLog });
  await expect(opening).rejects.toMatchObject({
    code: 'PORT_UNAVAILABLE',
    message: expect.stringContaining('set NODE_ADDRESS to a free one') as string,
  });
});
