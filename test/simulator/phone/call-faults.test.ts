// What the server does wrong, and what the phone does wrong when told to, over loopback sockets.
import { afterEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../../src/base/clock.ts';
import { placeCall } from '../../../src/simulator/phone/call.ts';
import type { CallerStep } from '../../../src/simulator/phone/script.ts';
import { AUTH_TOKEN, type Behaviour } from './answering-server.ts';
import { closeServers, codes, dial, started } from './dial.ts';

afterEach(closeServers);

const hangUpSoon: CallerStep[] = [{ hangUp: true, when: { afterMs: 250 } }];

describe('what the server does wrong', () => {
  const voice =
    (reply: NonNullable<Behaviour['answer']>): NonNullable<Behaviour['answer']> =>
    (post, server) =>
      post.path === '/twilio/voice' ? reply(post, server) : undefined;

  test.each([
    ['an HTTP error', () => ({ status: 500 }), 11200],
    ['no XML', () => 'hello', 12100],
    ['no Response', () => '<Answer/>', 12102],
    ['no XML type', () => ({ type: 'application/json', body: '{}' }), 12300],
    ['too long', () => `<Response><!--${'x'.repeat(70_000)}--></Response>`, 11750],
    ['a verb this network lacks', () => '<Response><Pay/></Response>', 0],
    ['a Redirect to nowhere', () => '<Response><Redirect>http://:x</Redirect></Response>', 11100],
    ['a loop of Redirects', () => '<Response><Redirect/></Response>', 11215],
  ])('%s ends the call with its code', async (_, reply, code) => {
    const { server, call, clock } = await dial({ answer: voice(reply) });
    const outcome = await call.done;
    expect(outcome).toMatchObject({ hungUpBy: 'network', why: `error ${code}` });
    expect(outcome.errors.map((error) => error.code)).toEqual([code]);
    expect(server.posts.at(-1)!.path).toBe('/twilio/status');
    expect(clock.waiting()).toBe(0);
  });

  test('an action that fails ends the call and is asked once', async () => {
    const { server, call } = await dial({
      answer: ({ path }) => (path === '/twilio/after-stream' ? { status: 500 } : undefined),
      onStream: started((stream) => stream.socket.close(1000)),
    });
    expect(await call.done).toMatchObject({ status: 'completed', hungUpBy: 'network', why: 'error 11200' });
    expect(server.posts.filter(({ path }) => path === '/twilio/after-stream')).toHaveLength(1);
  });

  test('an unknown verb is a warning, and the call goes on', async () => {
    const { call } = await dial({ answer: voice(() => '<Response><say>hi</say><Hangup/></Response>') });
    expect(await call.done).toMatchObject({ hungUpBy: 'server', why: '<Hangup>' });
    expect(codes(call)).toEqual([12200]);
  });

  test('nobody listens: one more try, then 11205', async () => {
    const { server } = await dial({});
    await server.close();
    const call = placeCall({ baseUrl: server.url, authToken: AUTH_TOKEN, clock: systemClock });
    expect(await call.done).toMatchObject({ hungUpBy: 'network', why: 'error 11205', durationMs: 0 });
    expect(call.events.at(-1)).toMatchObject({ type: 'posted', to: 'status', status: 0 });
  });

  test.each([
    ['http://h/m', 31922],
    ['/twilio/media', 31922],
    ['ws://127.0.0.1:1/m?token=x', 31920],
  ])('the Stream url %s is refused, told to the status callback, and the action asked', async (url, code) => {
    const { server, call } = await dial({
      answer: voice((_, { connect, mediaUrl }) => connect().replace(mediaUrl, url)),
    });
    expect(await call.done).toMatchObject({ hungUpBy: 'server', streams: 0 });
    expect(codes(call)).toEqual([code]);
    const told = server.posts.find(({ path }) => path === '/twilio/stream-status');
    expect(told?.form).toMatchObject({ StreamEvent: 'stream-error' });
    expect(told?.form['StreamError']).toContain(String(code));
    expect(server.posts.some(({ path }) => path === '/twilio/after-stream')).toBe(true);
  });

  test('an upgrade answered with 403, and one that nobody answers', async () => {
    const { call } = await dial({ refuseUpgrade: 403 });
    await call.done;
    expect(codes(call)).toEqual([31920]);
    expect(call.events.find((event) => event.type === 'error')?.error.message).toContain('HTTP 403');
    const closed = await dial({
      answer: voice((_, { connect, mediaUrl }) => connect().replace(mediaUrl, 'ws://127.0.0.1:1/m')),
    });
    await closed.call.done;
    expect(codes(closed.call)).toEqual([31901]);
  });

  test('binary and invalid messages are recorded once each and ignored', async () => {
    const { call } = await dial({
      onStream: started((stream) => {
        stream.socket.send(Buffer.alloc(160, 0xff));
        stream.socket.send(Buffer.alloc(160, 0xff));
        stream.socket.send('not JSON');
        stream.send({ event: 'clear', streamSid: 'MZother' });
        stream.socket.send('');
        stream.play(80);
        stream.mark('still here');
        void stream.until((s) => s.all('mark')[0]).then(() => stream.socket.close(1000));
      }),
    });
    const outcome = await call.done;
    expect(codes(call)).toEqual([31950, 31951]);
    expect(outcome.heardMs).toBe(80);
    await expect(call.until('mark')).resolves.toMatchObject({ name: 'still here' });
  });

  test('more than ten minutes of audio: 31931 once', async () => {
    const { call } = await dial(
      {
        onStream: started((stream) => {
          for (let minute = 0; minute < 12; minute++) stream.play(60_000);
          stream.clear();
        }),
      },
      { keepSound: false },
    );
    const { forgottenMs } = await call.until('cleared');
    call.hangUp();
    await call.done;
    expect(codes(call)).toEqual([31931]);
    expect(forgottenMs).toBeLessThanOrEqual(600_000);
    expect(call.ear!.droppedMs + call.ear!.forgottenMs + call.ear!.heardMs).toBe(720_000);
    expect(() => call.recording()).toThrow('keepSound');
  });

  test('a close code that means trouble is 31921, a protocol violation 31924', async () => {
    const refused = await dial({ onStream: started((stream) => stream.socket.close(1008, 'token')) });
    await refused.call.done;
    expect(codes(refused.call)).toEqual([31921]);
    expect(refused.call.events.find(({ type }) => type === 'streamClosed')).toMatchObject({
      by: 'server',
      code: 1008,
      reason: 'token',
    });
    const broken = await dial({
      onStream: started((stream) => {
        const raw = stream.socket as unknown as { _socket: NodeJS.WritableStream };
        raw._socket.write(Buffer.from([0x83, 0x00]));
      }),
    });
    await broken.call.done;
    expect(codes(broken.call)).toEqual([31924]);
  });
});

describe('what the phone does wrong when told to', () => {
  test('no start, a wrong token, bad signatures', async () => {
    const silent = await dial({}, { script: hangUpSoon, faults: { stream: { withholdStart: true } } });
    await silent.call.done;
    expect(silent.server.streams[0]!.messages.map(({ event }) => event)).toEqual(['connected', 'stop']);
    const forged = await dial(
      {},
      {
        script: hangUpSoon,
        faults: { stream: { token: 'forged', signature: 'missing' }, signature: 'wrong' },
      },
    );
    await forged.call.done;
    expect(forged.server.streams[0]!.all('start')[0]!.start.customParameters).toEqual({ token: 'forged' });
    expect(forged.server.streams[0]!.signed).toBe(false);
    expect(
      forged.server.posts.every(({ signed, headers }) => !signed && 'x-twilio-signature' in headers),
    ).toBe(true);
  });

  test('gaps, doubles, swaps and bad texts', async () => {
    const faults = {
      stream: {
        gaps: [{ atMs: 40, forMs: 40 }],
        duplicateEvery: 6,
        swapEvery: 7,
        texts: [{ atMs: 30, text: '{"event":"media"}' }],
      },
    };
    const { server, call } = await dial({}, { script: hangUpSoon, faults });
    await call.done;
    const media = server.streams[0]!.all('media').filter((message) => 'streamSid' in message);
    expect(media.slice(0, 8).map((message) => Number(message.media.timestamp))).toEqual([
      0, 20, 80, 100, 100, 140, 120, 160,
    ]);
    expect(media[3]).toEqual(media[4]);
    expect(server.streams[0]!.messages).toContainEqual({ event: 'media' });
  });

  test('a dropped socket: no stop, no close frame, and the call goes on with the action', async () => {
    const { server, call } = await dial(
      {
        answer: ({ path }, { connect, streams }) =>
          path === '/twilio/after-stream' && streams.length < 2 ? connect() : undefined,
      },
      { faults: { stream: { dropAtMs: 100 }, duplicateCallbacks: true }, script: hangUpSoon },
    );
    const outcome = await call.done;
    expect(outcome.streams).toBe(2);
    expect(server.streams[0]!.all('stop')).toEqual([]);
    expect(server.streams[0]!.closeCode).toBe(1006);
    expect(call.events.find(({ type }) => type === 'streamClosed')).toMatchObject({ by: 'network' });
    expect(server.streams[1]!.all('stop')).toHaveLength(1);
    expect(server.posts.filter(({ path }) => path === '/twilio/status')).toHaveLength(2);
  });
});
