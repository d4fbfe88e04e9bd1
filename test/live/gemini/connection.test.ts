// One real socket, and all the ways in which it can end.
import { createServer } from 'node:net';
import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { apiKeyAccess, type Access } from '../../../src/live/gemini/access.ts';
import type { Ending } from '../../../src/live/gemini/close-policy.ts';
import { dial, type Connection } from '../../../src/live/gemini/connection.ts';
import type { ServerMessage } from '../../../src/live/gemini/messages.ts';
import type { WireSetup } from '../../../src/live/gemini/wire-setup.ts';
import { ManualClock } from '../../doubles/manual-clock.ts';
import { recordingLog } from './recording-log.ts';
import { startScriptedModel, until, type Peer, type ScriptedModel } from './scripted-model.ts';

const METHOD = '/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent';
const setup: WireSetup = { model: 'models/m', generationConfig: { responseModalities: ['AUDIO'] } };

let model: ScriptedModel | undefined;
let connection: Connection | undefined;

afterEach(async () => {
  connection?.close();
  await model?.stop();
  model = connection = undefined;
});

interface Dialled {
  connection: Connection;
  clock: ManualClock;
  messages: ServerMessage[];
  ended: Ending[];
  lines: ReturnType<typeof recordingLog>['lines'];
  onMessage: (message: ServerMessage) => void;
  onEnded: () => void;
}

function start(baseUrl: string, more: Partial<Access> = {}): Dialled {
  const clock = new ManualClock();
  const { log, lines } = recordingLog();
  const messages: ServerMessage[] = [];
  const ended: Ending[] = [];
  const dialled = {
    clock,
    messages,
    ended,
    lines,
    onMessage: () => undefined,
    onEnded: () => undefined,
  } as Omit<Dialled, 'connection'>;
  const access = { ...apiKeyAccess({ apiKey: 'secret-key', baseUrl, name: 'Gemini API' }), ...more };
  connection = dial(
    { access, setup, setupTimeoutMs: 10_000, clock, log },
    {
      onMessage: (message) => {
        messages.push(message);
        dialled.onMessage(message);
      },
      onEnded: (ending) => {
        ended.push(ending);
        dialled.onEnded();
      },
    },
  );
  return Object.assign(dialled, { connection });
}

async function connected(): Promise<Dialled & { peer: Peer }> {
  model = await startScriptedModel();
  const dialled = start(model.baseUrl);
  const peer = await model.peer();
  return Object.assign(dialled, { peer });
}

describe('dialling', () => {
  test('the path, the key in a header only, no compression, the setup first', async () => {
    const { peer } = await connected();
    expect(peer.path).toBe(METHOD);
    expect(peer.headers['x-goog-api-key']).toBe('secret-key');
    expect(peer.headers['sec-websocket-extensions']).toBeUndefined();
    expect(peer.received).toEqual([{ setup }]);
  });

  test('the time for upgrade and setup is one; once set up, it counts no more', async () => {
    const { peer, clock, ended, messages } = await connected();
    clock.advance(9_999);
    expect(clock.pending).toBe(1);
    peer.send({ setupComplete: {} });
    await peer.settle();
    expect(messages).toHaveLength(1);
    clock.advance(60_000);
    expect(ended).toEqual([]);
  });

  test('a setup that is never answered ends in a timeout, and the socket goes', async () => {
    const { peer, clock, ended } = await connected();
    peer.send({ usageMetadata: {} });
    await peer.settle();
    clock.advance(10_000);
    expect(ended).toEqual([{ is: 'timed-out', waitedFor: 'setupComplete', afterMs: 10_000 }]);
    await until(() => peer.closed !== undefined);
    expect(ended).toHaveLength(1);
  });

  test('an upgrade that is never answered ends in a timeout', async () => {
    model = await startScriptedModel({ ignoreUpgrades: true });
    const { clock, ended } = start(model.baseUrl);
    clock.advance(10_000);
    expect(ended).toEqual([{ is: 'timed-out', waitedFor: 'the upgrade', afterMs: 10_000 }]);
    expect(clock.pending).toBe(0);
  });

  test.each([401, 403, 429, 503])('HTTP %i in place of the upgrade', async (refuseWith) => {
    model = await startScriptedModel({ refuseWith });
    const { ended, clock } = start(model.baseUrl);
    await until(() => ended.length > 0);
    expect(ended).toEqual([{ is: 'refused', status: refuseWith, words: 'Refused' }]);
    expect(clock.pending).toBe(0);
  });

  test('every dial asks for its headers anew, and the time for them counts', async () => {
    model = await startScriptedModel();
    const waits = { headers: () => new Promise<never>(() => undefined) };
    const { clock, ended } = start(model.baseUrl, waits);
    clock.advance(10_000);
    expect(ended).toEqual([{ is: 'timed-out', waitedFor: 'the upgrade', afterMs: 10_000 }]);
    expect(model.peers).toEqual([]);
  });

  test.each<[string, () => Promise<Record<string, string>>]>([
    ['there is none', () => Promise.reject(new Error('no credentials'))],
    [
      'asking for it throws',
      () => {
        throw new Error('no credentials');
      },
    ],
    ['no header can carry it', () => Promise.resolve({ authorization: 'Bearer broken\nkey' })],
  ])('a token: %s', async (_what, headers) => {
    model = await startScriptedModel();
    const { clock, ended } = start(model.baseUrl, { headers });
    await until(() => ended.length > 0);
    expect(ended).toMatchObject([{ is: 'unauthorised', cause: expect.any(Error) as Error }]);
    expect([model.peers.length, clock.pending]).toEqual([0, 0]);
  });

  test('a token that comes, or does not, after our close: nothing is dialled or told', async () => {
    model = await startScriptedModel();
    for (const settle of ['resolve', 'reject'] as const) {
      const token = Promise.withResolvers<Record<string, string>>();
      const { ended, clock } = start(model.baseUrl, { headers: () => token.promise });
      connection?.close();
      if (settle === 'resolve') token.resolve({});
      else token.reject(new Error('late'));
      for (let turn = 0; turn < 20; turn += 1) await setImmediate();
      expect([ended, model.upgrades, clock.pending]).toEqual([[], 0, 0]);
    }
  });

  test('nobody there', async () => {
    const closedPort = createServer().listen(0, '127.0.0.1');
    await once(closedPort, 'listening');
    const address = closedPort.address();
    closedPort.close();
    await once(closedPort, 'close');
    const { ended } = start(`http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`);
    await until(() => ended.length > 0);
    expect(ended).toMatchObject([{ is: 'unreachable', cause: { code: 'ECONNREFUSED' } }]);
  });

  test('somebody there who speaks no WebSocket', async () => {
    const rude = createServer((socket) => socket.on('error', () => undefined).end('hello\r\n\r\n'));
    rude.listen(0, '127.0.0.1');
    await once(rude, 'listening');
    const address = rude.address();
    const { ended } = start(`http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`);
    await until(() => ended.length > 0);
    expect(ended).toMatchObject([{ is: 'unreachable' }]);
    rude.close();
  });
});

describe('the end', () => {
  test.each([
    [1000, 'bye'],
    [1007, 'Request contains an invalid argument.'],
    [1008, 'models/x is not found for API version v1beta'],
    [1011, 'Internal error encountered.'],
  ])('close code %i keeps its reason', async (code, reason) => {
    const { peer, ended } = await connected();
    peer.socket.close(code, reason);
    await until(() => ended.length > 0);
    expect(ended).toEqual([{ is: 'closed', code, reason }]);
  });

  test('a socket that is cut is 1006', async () => {
    const { peer, ended } = await connected();
    peer.socket.terminate();
    await until(() => ended.length > 0);
    expect(ended).toEqual([{ is: 'closed', code: 1006, reason: '' }]);
  });

  test('a frame that breaks the protocol is told as what it is, not as our own close code', async () => {
    const { peer, ended } = await connected();
    const invalidUtf8 = Buffer.from([0x81, 0x01, 0xff]);
    peer.wire.write(invalidUtf8);
    await until(() => ended.length > 0);
    expect(ended).toMatchObject([{ is: 'broken' }]);
  });

  test('our own close is 1000, silent, and may be repeated', async () => {
    const { peer, ended, clock } = await connected();
    connection?.close();
    connection?.close();
    connection?.send('{}');
    await until(() => peer.closed !== undefined);
    expect(peer.closed).toEqual({ code: 1000, reason: '' });
    expect(ended).toEqual([]);
    expect(clock.pending).toBe(0);
  });

  test('closed while dialling, nothing is told and nothing stays', async () => {
    model = await startScriptedModel({ ignoreUpgrades: true });
    const { ended, clock } = start(model.baseUrl);
    connection?.send('{}');
    connection?.close();
    expect(clock.pending).toBe(0);
    await model.stop();
    model = undefined;
    expect(ended).toEqual([]);
  });

  test('nothing is told after our close, even of what was under way', async () => {
    const { peer, messages, ended } = await connected();
    peer.send({ setupComplete: {} }, { serverContent: {} });
    connection?.close();
    await until(() => peer.closed !== undefined);
    expect(messages).toEqual([]);
    expect(ended).toEqual([]);
  });
});

describe('close, and then', () => {
  /** How often `then` was called. */
  const closing = (): { times: number } => {
    const called = { times: 0 };
    connection?.close(() => (called.times += 1));
    return called;
  };

  test('before there is a socket: at once', async () => {
    model = await startScriptedModel();
    start(model.baseUrl, { headers: () => new Promise<never>(() => undefined) });
    expect(closing().times).toBe(1);
  });

  test('while dialling', async () => {
    model = await startScriptedModel({ ignoreUpgrades: true });
    const { ended } = start(model.baseUrl);
    await until(() => model?.upgrades === 1);
    const called = closing();
    await until(() => called.times > 0);
    await model.stop();
    model = undefined;
    expect([called.times, ended]).toEqual([1, []]);
  });

  test.each(['setting up', 'open'])('%s: once the peer’s side is closed too', async (phase) => {
    const { peer, ended } = await connected();
    if (phase === 'open') peer.send({ setupComplete: {} });
    await peer.settle();
    const called = closing();
    expect(called.times).toBe(0);
    await until(() => called.times > 0);
    expect(peer.closed).toEqual({ code: 1000, reason: '' });
    await until(() => peer.wire.destroyed);
    expect([called.times, ended]).toEqual([1, []]);
  });

  test('twice: each is called once', async () => {
    const { peer } = await connected();
    const [one, other] = [closing(), closing()];
    await until(() => one.times > 0 && other.times > 0);
    await until(() => peer.wire.destroyed);
    expect([one.times, other.times, closing().times]).toEqual([1, 1, 1]);
  });

  test('ended by the other side: nothing more is waited for', async () => {
    const { peer, ended } = await connected();
    peer.socket.terminate();
    await until(() => ended.length > 0);
    const called = closing();
    await until(() => called.times > 0);
    expect(called.times).toBe(1);
  });

  test('inside the news of its own end: once, and the end is told once', async () => {
    const dialled = await connected();
    let times = 0;
    dialled.onEnded = () => connection?.close(() => (times += 1));
    dialled.peer.socket.close(1011, 'over');
    await until(() => times > 0);
    expect([times, dialled.ended.length]).toEqual([1, 1]);
  });

  // By itself, ws waits for 30 s.
  test(
    'a peer that does not answer the close is not waited for longer than 2 s',
    { timeout: 10_000 },
    async () => {
      const { peer } = await connected();
      peer.socket.pause();
      const called = closing();
      await until(() => called.times > 0);
      expect(called.times).toBe(1);
      peer.socket.resume();
    },
  );
});

describe('signs of life', () => {
  async function open() {
    const dialled = await connected();
    dialled.peer.send({ setupComplete: {} });
    await dialled.peer.settle();
    return dialled;
  }

  test('a ping every 30 s, from the setup on; an answered one is a sign', async () => {
    const { clock, ended, peer, connection: ours } = await open();
    let pings = 0;
    peer.socket.on('ping', () => (pings += 1));
    for (let round = 1; round <= 6; round += 1) {
      clock.advance(29_999);
      ours.send('{"realtimeInput":{"text":"still here"}}');
      await until(() => peer.received.length === round + 1);
      expect(pings).toBe(round - 1);
      clock.advance(1);
      await until(() => pings === round);
      // Our pong is on its way back before this one's.
      await peer.settle();
    }
    expect(ended).toEqual([]);
  });

  test('dead after 90 s without a sign and never under 60 s', async () => {
    const { clock, ended, peer } = await open();
    peer.socket.pause();
    clock.advance(89_999);
    expect(ended).toEqual([]);
    clock.advance(1);
    expect(ended).toEqual([{ is: 'dead', afterMs: 90_000 }]);
    expect(clock.pending).toBe(0);
    peer.socket.resume();
  });

  test('a message is a sign too', async () => {
    const { clock, ended, peer, messages } = await open();
    peer.socket.pause();
    clock.advance(80_000);
    peer.send({ serverContent: {} });
    await until(() => messages.length === 2);
    clock.advance(89_999);
    expect(ended).toEqual([]);
    clock.advance(30_000);
    expect(ended).toMatchObject([{ is: 'dead' }]);
    peer.socket.resume();
  });

  test('before the setup is complete nobody is pinged', async () => {
    const { clock, peer } = await connected();
    let pings = 0;
    peer.socket.on('ping', () => (pings += 1));
    clock.advance(9_999);
    await peer.settle();
    expect(pings).toBe(0);
  });
});

describe('frames', () => {
  test('text and binary are taken; what is no JSON is logged once, and the rest goes on', async () => {
    const { peer, messages, lines, ended } = await connected();
    peer.socket.send('{"setupComplete":{}}');
    peer.socket.send('{"half');
    peer.socket.send(Buffer.from([0, 255, 3]));
    peer.socket.send('[]');
    peer.send({ goAway: { timeLeft: '5s' } });
    await peer.settle();
    expect(messages).toEqual([{ setupComplete: {} }, { goAway: { timeLeft: '5s' } }]);
    expect(lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
    peer.socket.close();
    await until(() => ended.length > 0);
    expect(lines.at(-1)).toMatchObject({ foreignFrames: 3 });
  });

  test('a fault in the listener ends neither the process nor the connection', async () => {
    const dialled = await connected();
    dialled.onMessage = () => {
      throw new Error('a fault of ours');
    };
    dialled.peer.send({ setupComplete: {} }, { goAway: {} });
    await dialled.peer.settle();
    expect(dialled.messages).toHaveLength(2);
    expect(dialled.lines.filter(({ level }) => level === 'error')).toHaveLength(2);
    expect(dialled.ended).toEqual([]);
  });

  test('a model that reads too slowly is logged once', async () => {
    const { peer, lines } = await connected();
    peer.socket.pause();
    const json = JSON.stringify({ realtimeInput: { text: 'x'.repeat(1_000_000) } });
    // Kernel buffers take the first few; what they do not take piles up here.
    for (let count = 0; count < 20; count += 1) connection?.send(json);
    expect(lines.filter(({ msg }) => msg.includes('slower'))).toHaveLength(1);
    peer.socket.resume();
    await until(() => peer.received.length === 21);
  });
});
