// The whole phone over loopback sockets, in real time.
import { afterEach, describe, expect, test } from 'vitest';
import { MULAW_DECODE } from '../../../src/audio/g711.ts';
import { readWav } from '../../../src/audio/wav.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { placeCall } from '../../../src/simulator/phone/call.ts';
import { startAnsweringServer, AUTH_TOKEN } from './answering-server.ts';
import { closeServers, countingClock, dial, servers, started, types, wavOf } from './dial.ts';

afterEach(closeServers);

describe('a call from ring to last callback', () => {
  test('in the order of Twilio, every request signed', async () => {
    const { server, call, clock } = await dial(
      {
        onStream: started((stream) => {
          stream.play(200);
          stream.mark('greeted');
          void stream
            .until(({ messages }) => messages.find(({ event }) => event === 'mark'))
            .then(() => stream.socket.close(1000));
        }),
      },
      { fields: { StirVerstat: 'TN-Validation-Passed-A' }, from: '+12025550199' },
    );
    const outcome = await call.done;
    expect(outcome).toMatchObject({
      callSid: call.callSid,
      status: 'completed',
      hungUpBy: 'server',
      why: 'the TwiML has no more verbs',
      heardMs: 200,
      streams: 1,
      errors: [],
    });
    expect(types(call).filter((type) => type !== 'posted' && type !== 'agentQuiet')).toEqual([
      'ringing',
      'answered',
      'verb',
      'streamOpened',
      'agentStarted',
      'mark',
      'streamClosed',
      'document',
      'hungUp',
    ]);
    expect(server.posts.every(({ signed }) => signed)).toBe(true);
    expect(server.streams[0]!.signed).toBe(true);
    const [voice] = server.posts;
    expect(voice).toMatchObject({
      method: 'POST',
      path: '/twilio/voice',
      form: {
        CallSid: call.callSid,
        AccountSid: call.accountSid,
        From: '+12025550199',
        Caller: '+12025550199',
        To: '+12025550100',
        Called: '+12025550100',
        CallStatus: 'ringing',
        Direction: 'inbound',
        ApiVersion: '2010-04-01',
        FromCity: '',
        StirVerstat: 'TN-Validation-Passed-A',
      },
    });
    const after = server.posts.find(({ path }) => path === '/twilio/after-stream');
    expect(after?.form).toMatchObject({ CallSid: call.callSid, CallStatus: 'in-progress' });
    expect(after?.form['StirVerstat']).toBeUndefined();
    const streamStatus = server.posts.filter(({ path }) => path === '/twilio/stream-status');
    expect(streamStatus.map(({ form }) => form['StreamEvent'])).toEqual(['stream-started', 'stream-stopped']);
    expect(streamStatus[0]!.form).toMatchObject({
      CallSid: call.callSid,
      StreamSid: server.streams[0]!.streamSid,
      StreamName: 'main',
    });
    expect(server.posts.at(-1)).toMatchObject({
      path: '/twilio/status',
      form: {
        CallStatus: 'completed',
        SequenceNumber: '0',
        CallbackSource: 'call-progress-events',
        CallDuration: String(Math.ceil(outcome.durationMs / 1_000)),
      },
    });
    expect(clock.waiting()).toBe(0);
  });

  test('the stream: connected, start, frames of 20 ms whose times fit, stop when the caller hangs up', async () => {
    const { server, call } = await dial(
      {},
      {
        script: [
          { say: wavOf(105), when: { afterMs: 50 } },
          { hangUp: true, when: { afterMs: 50 } },
        ],
      },
    );
    const outcome = await call.done;
    expect(outcome).toMatchObject({ hungUpBy: 'caller', why: 'the script says so', heardMs: 0 });
    const stream = server.streams[0]!;
    expect(stream.messages[0]).toEqual({ event: 'connected', protocol: 'Call', version: '1.0.0' });
    expect(stream.messages[1]).toMatchObject({
      event: 'start',
      start: { callSid: call.callSid, accountSid: call.accountSid, customParameters: { token: 't-1' } },
    });
    const numbered = stream.messages
      .slice(1)
      .map((message) => ('sequenceNumber' in message ? Number(message.sequenceNumber) : 0));
    expect(numbered).toEqual(numbered.map((_, index) => index + 1));
    const media = stream.all('media').map((message) => message.media);
    expect(media.map(({ timestamp }) => Number(timestamp))).toEqual(media.map((_, index) => index * 20));
    expect(media.map(({ chunk }) => Number(chunk))).toEqual(media.map((_, index) => index + 1));
    expect(new Set(media.map(({ payload }) => Buffer.from(payload, 'base64').length))).toEqual(
      new Set([160]),
    );
    const spoken = stream.caller().filter((code) => code !== 0xff);
    expect(spoken.length).toBe(105 * 8);
    expect(Math.abs(MULAW_DECODE[spoken[0]!]! - 8_000)).toBeLessThan(300);
    expect(stream.messages.at(-1)).toMatchObject({
      event: 'stop',
      stop: { accountSid: call.accountSid, callSid: call.callSid },
    });
    expect(stream.closeCode).toBe(1000);
    const action = server.posts.find(({ path }) => path === '/twilio/after-stream');
    expect(action?.form['CallStatus']).toBe('completed');
    expect(call.events.find(({ type }) => type === 'streamClosed')).toMatchObject({
      by: 'phone',
      code: 1000,
    });
  });

  test('barge-in: the ear forgets, marks come back, and the recording holds both sides', async () => {
    const { server, call } = await dial(
      {
        onStream: started((stream) => {
          stream.play(2_000, 0x80);
          stream.mark('one');
          void stream
            .until(({ messages }) =>
              messages.find(
                (m) => m.event === 'media' && m.media.payload !== Buffer.alloc(160, 0xff).toString('base64'),
              ),
            )
            .then(() => {
              stream.clear();
              stream.play(200, 0x80);
              stream.mark('two');
            });
        }),
      },
      {
        script: [
          { say: wavOf(100), when: { agentSpokeForMs: 200 } },
          { say: wavOf(60), when: 'agentQuiet' },
          { hangUp: true },
        ],
      },
    );
    const outcome = await call.done;
    expect(outcome.why).toBe('the script says so');
    const cleared = call.events.find((event) => event.type === 'cleared')!;
    expect(cleared.marks).toBe(1);
    expect(cleared.forgottenMs + cleared.heardMs).toBe(2_000);
    expect(cleared.heardMs).toBeGreaterThanOrEqual(200);
    expect(call.events.flatMap((event) => (event.type === 'mark' ? [event.name] : []))).toEqual([
      'one',
      'two',
    ]);
    expect(server.streams[0]!.all('mark').map(({ mark }) => mark.name)).toEqual(['one', 'two']);
    expect(outcome.heardMs).toBe(cleared.heardMs + 200);
    expect(call.ear?.heardMs).toBe(outcome.heardMs);
    const { channels, sampleRateHz } = readWav(call.recording());
    expect(sampleRateHz).toBe(8_000);
    const loud = channels.map((channel) => channel.filter((sample) => Math.abs(sample) > 1_000).length / 8);
    expect(loud[0]).toBe(160);
    expect(loud[1]).toBeCloseTo(outcome.heardMs, 3);
    const agentFrom = channels[1]!.findIndex((sample) => sample !== 0) / 8;
    const callerFrom = channels[0]!.findIndex((sample) => sample !== 0) / 8;
    const said = call.events.find(({ type }) => type === 'said')!;
    const agentStarted = call.events.find(({ type }) => type === 'agentStarted')!;
    expect(callerFrom - agentFrom).toBeCloseTo(said.atMs - agentStarted.atMs, 0);
  });

  test('digits by script and by hand, live speech, and hanging up from outside', async () => {
    const { server, call } = await dial({}, { script: [{ press: '1#', when: { afterMs: 0 } }] });
    await call.until('digit', ({ digit }) => digit === '#');
    call.press('*');
    call.say(wavOf(40));
    await call.until('saidEnd');
    call.hangUp();
    call.hangUp('server');
    expect(await call.done).toMatchObject({ hungUpBy: 'caller', why: 'hung up' });
    expect(server.streams[0]!.all('dtmf').map(({ dtmf }) => dtmf)).toEqual([
      { track: 'inbound_track', digit: '1' },
      { track: 'inbound_track', digit: '#' },
      { track: 'inbound_track', digit: '*' },
    ]);
    expect(() => call.press('x')).toThrow('keys');
    call.press('1');
    expect(call.events.at(-1)).toMatchObject({ type: 'digit', sent: false });
    await expect(call.until('agentStarted')).rejects.toThrow("without the awaited 'agentStarted'");
  });
});

test('hanging up at once, before the answer, and during the upgrade', async () => {
  const { server } = await dial({});
  const atOnce = placeCall({ baseUrl: server.url, authToken: AUTH_TOKEN, clock: systemClock });
  atOnce.hangUp();
  expect(await atOnce.done).toMatchObject({ status: 'no-answer', streams: 0 });
  expect(
    server.posts.filter(({ form }) => form['CallSid'] === atOnce.callSid).map(({ path }) => path),
  ).toEqual(['/twilio/status']);
  const early = await dial({
    answer: () => new Promise((resolve) => setTimeout(() => resolve('<Response><Hangup/></Response>'), 50)),
  });
  await early.call.until('ringing');
  early.call.hangUp();
  expect(await early.call.done).toMatchObject({ status: 'no-answer', hungUpBy: 'caller', durationMs: 0 });
  expect(early.server.posts.map(({ path }) => path)).toEqual(['/twilio/voice', '/twilio/status']);
  const during = await dial({});
  await during.call.until('verb');
  during.call.hangUp();
  expect(await during.call.done).toMatchObject({ status: 'completed', hungUpBy: 'caller', errors: [] });
  expect(during.clock.waiting()).toBe(0);
});

test('a server that neither reads nor closes does not hold the call', async () => {
  const { call, clock } = await dial(
    { onStream: started((stream) => stream.socket.pause()) },
    { script: [{ hangUp: true, when: { afterMs: 50 } }] },
  );
  expect(await call.done).toMatchObject({ hungUpBy: 'caller', errors: [] });
  expect(clock.waiting()).toBe(0);
});

test('a listener that throws, or that ends the call at any event, harms nothing', async () => {
  const behaviour = {
    onStream: started((stream) => {
      stream.play(20);
      stream.mark('a');
      stream.mark('b');
      stream.clear();
    }),
  };
  const server = await startAnsweringServer(behaviour);
  servers.push(server);
  const at = ['ringing', 'answered', 'verb', 'streamOpened', 'agentStarted', 'mark', 'digit', 'said'];
  for (const type of at) {
    const clock = countingClock();
    const call = placeCall({
      ...{ baseUrl: server.url, authToken: AUTH_TOKEN, clock },
      script: [{ press: '12' }, { say: wavOf(20), when: { afterMs: 0 } }],
      onEvent: (event) => {
        if (event.type === type) call.hangUp();
        throw new Error('a bad listener');
      },
    });
    expect(await call.done).toMatchObject({ hungUpBy: 'caller', why: 'hung up' });
    expect(clock.waiting()).toBe(0);
  }
});

test('a script that cannot be followed is refused before it rings', () => {
  const options = { baseUrl: 'http://127.0.0.1:1', authToken: AUTH_TOKEN, clock: systemClock };
  expect(() => placeCall({ ...options, script: [{ press: 'x' }] })).toThrow('keys');
  expect(() => placeCall({ ...options, script: [{ say: '/no/such.wav' }] })).toThrow(
    'cannot read what to say',
  );
  expect(() => placeCall({ ...options, script: [{ say: new Uint8Array(9) }] })).toThrow();
});

test('twenty calls at once on one ticker', async () => {
  const server = await startAnsweringServer({
    onStream: started((stream) => {
      stream.play(300);
      stream.mark('end');
      void stream.until((s) => s.all('mark')[0]).then(() => stream.socket.close(1000));
    }),
  });
  servers.push(server);
  const options = { baseUrl: server.url, authToken: AUTH_TOKEN, clock: systemClock };
  const outcomes = await Promise.all(Array.from({ length: 20 }, () => placeCall(options).done));
  expect(outcomes.map(({ heardMs, errors }) => [heardMs, errors.length])).toEqual(
    outcomes.map(() => [300, 0]),
  );
});
