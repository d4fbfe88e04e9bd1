// The simulated model over real sockets: who gets in, what closes a socket and with which words, what a test may do.
import { once } from 'node:events';
import { get } from 'node:http';
import { describe, expect, test } from 'vitest';
import { createLog } from '../../../src/base/log.ts';
import { scriptOf } from '../../../src/simulator/model/script.ts';
import { ManualClock } from '../../doubles/manual-clock.ts';
import { startModel } from '../../../src/simulator/model/server.ts';
import {
  connect,
  INVALID,
  MODEL,
  open,
  PATH,
  prompt,
  refused,
  saidOf,
  SOURCE,
  start,
  statusOf,
  talking,
} from './socket-rig.ts';

describe('the upgrade', () => {
  test('takes a key in the header or in the query, and a double slash', async () => {
    const model = await start({ apiKey: 'right' });
    for (const [headers, path] of [
      [{ 'x-goog-api-key': 'right' }, PATH],
      [{}, `${PATH}?key=right`],
      [{}, `/${PATH}?key=right`],
    ] as const)
      await once(connect(model, headers, path).socket, 'open');
    expect(model.sessions.map(({ keyIn }) => keyIn)).toEqual(['header', 'query', 'query']);
  });

  test.each([
    [{}, PATH, 403],
    [{}, `${PATH}?key=`, 403],
    [{ 'x-goog-api-key': 'wrong' }, PATH, 401],
    [{}, `${PATH}?key=wrong`, 401],
    [{ 'x-goog-api-key': 'right' }, '/ws/elsewhere', 404],
    [{ 'x-goog-api-key': 'right' }, PATH.replace('v1beta', 'v1'), 404],
  ])('%j on %s is refused with %i', async (headers, path, status) => {
    const model = await start({ apiKey: 'right' });
    expect(await statusOf(connect(model, headers, path))).toBe(status);
    expect(model.sessions).toEqual([]);
  });

  test('any key will do unless one is set', async () => {
    await once(connect(await start()).socket, 'open');
  });

  test('plain HTTP gets 404', async () => {
    const { url } = await start();
    const [response] = (await once(get(url), 'response')) as [{ statusCode: number; resume(): void }];
    response.resume();
    expect(response.statusCode).toBe(404);
  });
});

describe('what closes a socket', () => {
  const setup = { setup: { model: MODEL } };

  test.each([
    ['a message before the setup', [prompt('hello')], 1007, INVALID],
    ['a second setup', [setup, setup], 1007, INVALID],
    ['anything before setupComplete', [setup, prompt('hello')], 1007, INVALID],
    ['two keys', [{ ...setup, clientContent: {} }], 1007, /oneof/],
    ['half a JSON', ['{"setup":'], 1007, /^Invalid JSON payload/],
    [
      'an unknown field',
      [{ setup: { model: MODEL, proactivity: {} } }],
      1007,
      `Invalid JSON payload received. Unknown name "proactivity" at 'setup': Cannot find field.`,
    ],
    [
      'an unknown model',
      [{ setup: { model: 'models/x' } }],
      1008,
      /^models\/x is not found for API version v1beta/,
    ],
    [
      'an unknown handle',
      [{ setup: { model: MODEL, sessionResumption: { handle: 'x' } } }],
      1008,
      'Requested entity was not found.',
    ],
  ] as [string, unknown[], number, string | RegExp][])('%s', async (_, messages, code, reason) => {
    const model = await start({ setupMs: 10_000 });
    const closed = await refused(model, ...messages);
    expect(closed.code).toBe(code);
    expect(closed.reason).toMatch(
      typeof reason === 'string' ? new RegExp(`^${RegExp.escape(reason)}$`) : reason,
    );
    expect(await (await model.session(1)).until('refused')).toMatchObject({ code });
  });

  test('a reason longer than a close frame holds is cut, not lost', async () => {
    const { code, reason } = await refused(await start(), { setup: { model: MODEL, ['ä'.repeat(100)]: 1 } });
    expect(code).toBe(1007);
    expect(Buffer.byteLength(reason)).toBeLessThanOrEqual(123);
    expect(reason).toMatch(/^Invalid JSON payload received\. Unknown name "ä+$/);
  });

  test('a schema nested without end closes one socket and harms no other', async () => {
    const model = await start();
    const other = await talking(model);
    const depth = 20_000;
    const nested = '{"items":'.repeat(depth) + '{}' + '}'.repeat(depth);
    const json = `{"setup":{"model":"${MODEL}","tools":[{"functionDeclarations":[{"name":"f","parameters":${nested}}]}]}}`;
    const { code } = await refused(model, json);
    expect([1007, 1011]).toContain(code);
    other.send(prompt('still there?'));
    expect(await saidOf(other)).toBe('Good day.');
  });

  test('affective dialog: 3.8 dies on the first message', async () => {
    const client = await talking(await start(), { generationConfig: { enableAffectiveDialog: true } });
    client.send(prompt('hello'));
    expect(await client.closed).toEqual({ code: 1007, reason: INVALID });
  });

  test('a binary frame with JSON is taken', async () => {
    const client = connect(await start());
    await once(client.socket, 'open');
    client.socket.send(Buffer.from(JSON.stringify({ setup: { model: MODEL } })));
    await client.next(({ setupComplete }) => setupComplete);
  });
});

test.each([
  ['binary', true],
  ['text', false],
] as const)('frames are %s when asked for', async (frames, isBinary) => {
  const client = await talking(await start({ frames }));
  client.send(prompt('hello'));
  await saidOf(client);
  expect(new Set(client.binary)).toEqual(new Set([isBinary]));
});

test('of several scripts, new conversations take each in turn', async () => {
  const script = (name: string) => scriptOf({ name, greeting: { say: name } }, '.');
  const model = await start({ script: [script('one'), script('two')] });
  const said: string[] = [];
  for (let times = 0; times < 3; times++) {
    const client = await talking(model);
    client.send(prompt('hello'));
    said.push(await saidOf(client));
  }
  expect(said).toEqual(['one', 'two', 'one']);
});

describe('what a test may see and do', () => {
  test('setup, sound, events and close', async () => {
    const model = await start({ keepCallerAudio: true });
    const client = await talking(model, { systemInstruction: { parts: [{ text: 'Be kind.' }] } });
    const session = await model.session(1);
    client.send({ realtimeInput: { audio: { data: 'AQIDBA==', mimeType: 'audio/pcm;rate=16000' } } });
    client.send(prompt('hello'));
    expect(await session.until('prompted')).toMatchObject({ text: 'hello', by: 'clientContent' });
    expect([...session.callerAudio()]).toEqual([1, 2, 3, 4]);
    expect(session.callerAudioBytes).toBe(4);
    expect(session.setup?.systemInstruction?.parts?.[0]?.text).toBe('Be kind.');
    client.socket.close(1000, 'bye');
    expect(await session.until('closed')).toMatchObject({ code: 1000, reason: 'bye' });
    expect(session.isOpen).toBe(false);
    await expect(session.until('interrupted')).rejects.toThrow("the socket closed without 'interrupted'");
  });

  test('a hand on the wire: any message, half a JSON, a close, a drop', async () => {
    const model = await start();
    const client = await talking(model);
    const session = await model.session(1);
    session.send({ goAway: { timeLeft: '50s' } });
    expect(await client.next(({ goAway }) => goAway)).toEqual({ goAway: { timeLeft: '50s' } });
    session.close(1011, 'The service is currently unavailable.');
    expect(await client.closed).toEqual({ code: 1011, reason: 'The service is currently unavailable.' });
    const other = await talking(model);
    (await model.session(2)).terminate();
    expect((await other.closed).code).toBe(1006);
  });
});

test('close ends every socket, frees the port, and may be called twice', async () => {
  const model = await start();
  const client = await talking(model);
  client.send(prompt('hello'));
  await Promise.all([model.close(), model.close()]);
  expect((await client.closed).code).toBe(1006);
  const again = await startModel({ script: scriptOf(SOURCE, '.'), port: Number(new URL(model.url).port) });
  open.push(again);
  expect(again.url).toBe(model.url);
});

test('a refusal is told in its code and words, without a stack', async () => {
  const lines: string[] = [];
  const log = createLog({ level: 'debug', secrets: [], destination: { write: (line) => lines.push(line) } });
  const client = connect(await start({ log }));
  await once(client.socket, 'open');
  client.send(prompt('before any setup'));
  const { code, reason } = await client.closed;
  const told = lines.map((line) => JSON.parse(line) as object).filter((line) => 'code' in line);
  expect(told).toEqual([expect.objectContaining({ level: 'warn', code, reason })]);
  expect(told[0]).not.toHaveProperty('err');
});

test('a port that is taken is told', async () => {
  const { url } = await start();
  await expect(startModel({ script: [], port: Number(new URL(url).port) })).rejects.toThrow('EADDRINUSE');
});

test('no timer outlives its socket, whether it was setting up or speaking', async () => {
  const clock = new ManualClock();
  const model = await start({ clock });
  const settingUp = connect(model);
  await once(settingUp.socket, 'open');
  settingUp.send({ setup: { model: MODEL } });
  await (await model.session(1)).until('setup');
  expect(clock.pending).toBe(1);
  settingUp.socket.terminate();
  await (await model.session(1)).until('closed');
  expect(clock.pending).toBe(0);

  const speaking = connect(model);
  await once(speaking.socket, 'open');
  speaking.send({ setup: { model: MODEL } });
  await (await model.session(2)).until('setup');
  clock.advance(1_000);
  speaking.send(prompt('hello'));
  await (await model.session(2)).until('prompted');
  clock.advance(400);
  await (await model.session(2)).until('said');
  expect(clock.pending).toBe(1);
  speaking.socket.terminate();
  await (await model.session(2)).until('closed');
  expect(clock.pending).toBe(0);
});
