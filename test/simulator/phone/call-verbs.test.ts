// What the network does with TwiML, over loopback sockets.
import { afterEach, describe, expect, test } from 'vitest';
import { closeServers, codes, dial, started, wavOf } from './dial.ts';

afterEach(closeServers);

describe('TwiML after the stream', () => {
  test('a new Connect takes the same call up in a new stream', async () => {
    let reconnects = 0;
    const { server, call } = await dial({
      answer: ({ path }, { connect }) =>
        path === '/twilio/after-stream' && reconnects++ === 0 ? connect() : undefined,
      onStream: (stream, index) =>
        void stream.untilStarted().then(() => {
          stream.play(50);
          if (index === 0) stream.socket.terminate();
          else stream.socket.close(1000);
        }),
    });
    const outcome = await call.done;
    expect(outcome.streams).toBe(2);
    expect(new Set(server.streams.map(({ streamSid }) => streamSid)).size).toBe(2);
    expect(server.streams.map((stream) => stream.all('start')[0]!.start.callSid)).toEqual([
      call.callSid,
      call.callSid,
    ]);
    expect(codes(call)).toEqual([31921]);
    const told = server.posts
      .filter(({ path }) => path === '/twilio/stream-status')
      .map(({ form }) => form['StreamEvent']);
    expect(told.toSorted()).toEqual(['stream-error', 'stream-started', 'stream-started', 'stream-stopped']);
  });

  test('verbs after a Connect without action, a Redirect by GET, and Hangup', async () => {
    const { server, call } = await dial({
      answer: ({ path, method }, { connect }) => {
        if (path === '/twilio/voice')
          return connect('').replace(
            '</Response>',
            '<Pause length="0"/><Redirect method="GET">../next?x=1</Redirect></Response>',
          );
        return method === 'GET' ? '<Response><Hangup/><Say>never</Say></Response>' : undefined;
      },
      onStream: started((stream) => stream.socket.close()),
    });
    expect(await call.done).toMatchObject({ hungUpBy: 'server', why: '<Hangup>', errors: [] });
    const verbs = call.events.flatMap((event) => (event.type === 'verb' ? [event.verb.verb] : []));
    expect(verbs).toEqual(['Connect', 'Pause', 'Redirect', 'Hangup']);
    const next = server.posts.find(({ method }) => method === 'GET')!;
    expect(next.signed).toBe(true);
    expect(next.target).toMatch(/^\/next\?x=1&CallSid=CA/);
  });

  test('Say and Play are heard: a hum as long as the words, and the WAV', async () => {
    const { call } = await dial({
      answer: ({ path }) =>
        path === '/twilio/voice'
          ? '<Response><Say>Goodbye.</Say><Play>/bye.wav</Play><Play>/none.wav</Play><Play digits="1"/></Response>'
          : path === '/bye.wav'
            ? { type: 'audio/wav', body: wavOf(100) }
            : { status: path === '/none.wav' ? 404 : 200 },
    });
    const outcome = await call.done;
    expect(outcome.heardMs).toBeCloseTo(8 * 65 + 100, 0);
    expect(codes(call)).toEqual([11200]);
    expect(call.events.filter(({ type }) => type === 'agentStarted')).toHaveLength(1);
  });

  test('Play digits: each key reaches the phone when it was played, no wait is one, and nothing of it is speech', async () => {
    const { call } = await dial({
      answer: ({ path }) => (path === '/twilio/voice' ? '<Response><Play digits="1w2#"/></Response>' : {}),
    });
    const outcome = await call.done;
    const keys = call.events.flatMap((event) => (event.type === 'keyPlayed' ? [event.key] : []));
    expect([keys.join(''), outcome.heardMs]).toEqual(['12#', 0]);
  });

  test.each([
    ['busy', '<Reject reason="busy"/>', 'busy'],
    ['rejected', '<Reject/>', 'no-answer'],
  ])('Reject as the first verb: never answered, %s', async (_, verb, status) => {
    const { server, call } = await dial({
      answer: ({ path }) => (path === '/twilio/voice' ? `<Response>${verb}</Response>` : {}),
    });
    expect(await call.done).toMatchObject({ status, durationMs: 0, hungUpBy: 'server', why: '<Reject>' });
    expect(server.posts.at(-1)!.form).toMatchObject({ CallStatus: status, CallDuration: '0' });
  });
});
