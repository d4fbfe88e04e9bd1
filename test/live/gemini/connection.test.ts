// One real socket, and all the ways in which it can end.
import { createServer } from 'node:net';
import { once } from 'node:events';
import { afterEach, describe, expect, test } from 'vitest';
import type { LivelineError } from '../../../src/base/errors.ts';
import { dial, endpoint, type Connection } from '../../../src/live/gemini/connection.ts';
import type { ServerMessage, WireSetup } from '../../../src/live/gemini/messages.ts';
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
  ended: LivelineError[];
  lines: ReturnType<typeof recordingLog>['lines'];
  onMessage: (message: ServerMessage) => void;
}

function start(baseUrl: string): Dialled {
  const clock = new ManualClock();
  const { log, lines } = recordingLog();
  const messages: ServerMessage[] = [];
  const ended: LivelineError[] = [];
  const dialled = { clock, messages, ended, lines, onMessage: () => undefined } as Omit<
    Dialled,
    'connection'
  >;
  connection = dial(
    { url: endpoint(baseUrl), apiKey: 'secret-key', setup, setupTimeoutMs: 10_000, clock, log },
    {
      onMessage: (message) => {
        messages.push(message);
        dialled.onMessage(message);
      },
      onEnded: (error) => void ended.push(error),
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

describe('the address', () => {
  test.each([
    ['https://example.com', `wss://example.com${METHOD}`],
    ['https://example.com/', `wss://example.com${METHOD}`],
    ['http://127.0.0.1:8090', `ws://127.0.0.1:8090${METHOD}`],
    ['ws://127.0.0.1:8090/', `ws://127.0.0.1:8090${METHOD}`],
    ['wss://example.com/proxy//', `wss://example.com/proxy${METHOD}`],
    ['https://example.com/a/b?x=1#y', `wss://example.com/a/b${METHOD}`],
  ])('%s is dialled at %s', (baseUrl, url) => {
    expect(endpoint(baseUrl).href).toBe(url);
  });

  test.each(['', 'example.com', 'ftp://example.com', 'http://', 'localhost:8080'])(
    '%j is none',
    (baseUrl) => {
      expect(() => endpoint(baseUrl)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
    },
  );
});

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
    expect(clock.pending).toBe(0);
    clock.advance(60_000);
    expect(ended).toEqual([]);
  });

  test('a setup that is never answered ends in a timeout, and the socket goes', async () => {
    const { peer, clock, ended } = await connected();
    peer.send({ usageMetadata: {} });
    await peer.settle();
    clock.advance(10_000);
    expect(ended).toMatchObject([{ code: 'LIVE_CONNECT_TIMEOUT' }]);
    expect(ended[0]?.message).toContain('setupComplete');
    await until(() => peer.closed !== undefined);
    expect(ended).toHaveLength(1);
  });

  test('an upgrade that is never answered ends in a timeout', async () => {
    model = await startScriptedModel({ ignoreUpgrades: true });
    const { clock, ended } = start(model.baseUrl);
    clock.advance(10_000);
    expect(ended).toMatchObject([{ code: 'LIVE_CONNECT_TIMEOUT' }]);
    expect(ended[0]?.message).toContain('upgrade');
    expect(clock.pending).toBe(0);
  });

  test.each([
    [401, 'LIVE_REFUSED'],
    [403, 'LIVE_REFUSED'],
    [429, 'LIVE_REFUSED'],
    [503, 'LIVE_UNREACHABLE'],
  ])('HTTP %i in place of the upgrade', async (refuseWith, code) => {
    model = await startScriptedModel({ refuseWith });
    const { ended, clock } = start(model.baseUrl);
    await until(() => ended.length > 0);
    expect(ended).toMatchObject([{ code }]);
    expect(ended[0]?.message).toContain(`HTTP ${refuseWith}`);
    expect(clock.pending).toBe(0);
  });

  test('nobody there', async () => {
    const closedPort = createServer().listen(0, '127.0.0.1');
    await once(closedPort, 'listening');
    const address = closedPort.address();
    closedPort.close();
    await once(closedPort, 'close');
    const { ended } = start(`http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`);
    await until(() => ended.length > 0);
    expect(ended).toMatchObject([{ code: 'LIVE_UNREACHABLE', cause: { code: 'ECONNREFUSED' } }]);
  });

  test('somebody there who speaks no WebSocket', async () => {
    const rude = createServer((socket) => socket.on('error', () => undefined).end('hello\r\n\r\n'));
    rude.listen(0, '127.0.0.1');
    await once(rude, 'listening');
    const address = rude.address();
    const { ended } = start(`http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`);
    await until(() => ended.length > 0);
    expect(ended).toMatchObject([{ code: 'LIVE_UNREACHABLE' }]);
    rude.close();
  });
});

describe('the end', () => {
  test.each([
    [1000, 'bye', 'LIVE_CLOSED'],
    [1007, 'Request contains an invalid argument.', 'LIVE_REFUSED'],
    [1008, 'models/x is not found for API version v1beta', 'LIVE_REFUSED'],
    [1011, 'Internal error encountered.', 'LIVE_CLOSED'],
  ])('close code %i keeps its reason', async (closeCode, reason, code) => {
    const { peer, ended } = await connected();
    peer.socket.close(closeCode, reason);
    await until(() => ended.length > 0);
    expect(ended).toMatchObject([{ code }]);
    expect(ended[0]?.message).toContain(`close ${closeCode}, ${reason}`);
  });

  test('a socket that is cut is 1006', async () => {
    const { peer, ended } = await connected();
    peer.socket.terminate();
    await until(() => ended.length > 0);
    expect(ended).toMatchObject([{ code: 'LIVE_CLOSED' }]);
    expect(ended[0]?.message).toContain('1006');
  });

  test('a frame that breaks the protocol is told as what it is, not as our own close code', async () => {
    const { peer, ended } = await connected();
    const invalidUtf8 = Buffer.from([0x81, 0x01, 0xff]);
    peer.wire.write(invalidUtf8);
    await until(() => ended.length > 0);
    expect(ended).toMatchObject([{ code: 'LIVE_CLOSED' }]);
    expect(ended[0]?.message).toContain('broke');
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
