// A server that is told to stop: what those who call, those who talk and those who balance load see of it.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import twilio from 'twilio';
import { expect, test, type TestContext } from 'vitest';
import { WebSocket } from 'ws';
import { scriptOf } from '../../src/simulator/model/script.ts';
import { AUTH_TOKEN, audioDir, durationMs, wav, world, type World } from './rig.ts';

/** As a load balancer, or a person, asks. */
const ask = async (url: string): Promise<{ status: number; body: unknown }> => {
  const response = await fetch(url);
  return { status: response.status, body: await response.json() };
};

test.concurrent(
  '[EN7] while a call talks: not ready, no new call; a second stop ends the call, as the carrier wants it',
  async (context) => {
    const { app, place, told, model } = await world(context);
    const ready = `${app.publicBaseUrl}/readyz`;
    expect(await ask(ready)).toEqual({ status: 200, body: { status: 'ready' } });
    const talking = place();
    await talking.until('agentStarted');

    const stopped = app.stop();
    expect(await ask(ready)).toEqual({ status: 503, body: { status: 'draining', calls: 1 } });
    expect(await ask(`${app.publicBaseUrl}/healthz`)).toEqual({
      status: 200,
      body: { status: 'alive', calls: 1 },
    });

    const late = place();
    const answer = await late.until('answered');
    expect(answer.verbs).toEqual(['Say', 'Hangup']);
    expect(await late.done).toMatchObject({ hungUpBy: 'server', streams: 0, errors: [] });
    expect(told(late, 'call-started')).toEqual([]);
    expect(model.sessions).toHaveLength(1);
    expect(talking.ended, 'the old call goes on').toBe(false);
    expect(app.callCount).toBe(1);

    void app.stop();
    await stopped;
    const outcome = await talking.done;
    expect(outcome).toMatchObject({ status: 'completed', hungUpBy: 'server', why: '<Hangup>', errors: [] });
    expect(talking.events.filter(({ type }) => type === 'document')).toHaveLength(1);
    expect(told(talking, 'call-ended')).toMatchObject([{ reason: 'shut-down' }]);
    await expect(fetch(ready), 'nobody listens any more').rejects.toThrow();
  },
);

test.concurrent(
  '[EN7][EN1] a call that ends by itself while the server stops is heard out',
  async (context) => {
    const script = scriptOf(
      {
        name: 'goodbye',
        greeting: { say: 'Hello.', audio: 'agent/greeting.wav' },
        turns: [
          {
            hears: 'Goodbye!',
            steps: [
              { say: 'Goodbye!', audio: 'agent/goodbye.wav' },
              { call: { name: 'end_call', args: {} } },
            ],
          },
        ],
      },
      audioDir,
    );
    const { app, place, told } = await world(context, { script });
    const call = place({ script: [{ say: wav('caller/thanks-goodbye') }] });
    await call.until('said');
    const stopped = app.stop();
    const outcome = await call.done;
    expect(outcome).toMatchObject({ hungUpBy: 'server', why: '<Hangup>', errors: [] });
    expect(outcome.heardMs).toBeGreaterThanOrEqual(
      durationMs('agent/greeting') + durationMs('agent/goodbye'),
    );
    expect(told(call, 'call-ended')).toMatchObject([{ reason: 'agent-hung-up' }]);
    await stopped;
  },
);

test.concurrent('[EN7] a caller who hangs up while the server stops does not keep it', async (context) => {
  const { app, place } = await world(context);
  const call = place();
  await call.until('agentStarted');
  const stopped = app.stop();
  call.hangUp();
  await stopped;
  expect(await call.done).toMatchObject({ hungUpBy: 'caller' });
});

/** Asks for a media socket without a signature, and keeps its half of the connection open for good. */
async function refusedPeer(
  { app }: World,
  context: TestContext,
): Promise<{ peer: Socket; closed: Promise<unknown> }> {
  const peer = connect({ port: app.port, host: '127.0.0.1', allowHalfOpen: true });
  context.onTestFinished(() => void peer.destroy());
  peer.on('error', () => undefined);
  const closed = new Promise((resolve) => peer.once('close', resolve));
  await once(peer, 'connect');
  const headers = ['Host: here', 'Connection: Upgrade', 'Upgrade: websocket', '\r\n'];
  peer.write(['GET /twilio/media HTTP/1.1', ...headers].join('\r\n'));
  const [answer] = (await once(peer, 'data')) as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 403 /);
  return { peer, closed };
}

test.concurrent('an upgrade that was refused is not kept half open by its peer', async (context) => {
  const { peer, closed } = await refusedPeer(await world(context), context);
  // What is said to nobody comes back as an error, once the network has noticed.
  const nagging = setInterval(() => peer.write('still here'), 20);
  await closed;
  clearInterval(nagging);
});

test.concurrent('nor does it keep the server from closing', async (context) => {
  const all = await world(context);
  await refusedPeer(all, context);
  await all.app.stop();
});

test.concurrent('who listens to notices is let go', async (context) => {
  const token = 'operator-token-0123456789';
  const { app } = await world(context, {}, { OPERATOR_TOKEN: token });
  const feed = await fetch(`${app.publicBaseUrl}/api/v1/notices`, {
    headers: { authorization: `Bearer ${token}` },
  });
  expect(feed.status).toBe(200);
  const read = feed.text().catch(() => 'torn down');
  await app.stop();
  expect(await read).toBe('torn down');
});

test.concurrent('a media socket that no call has taken is not waited for', async (context) => {
  const { app } = await world(context);
  const url = `${app.publicBaseUrl.replace('http', 'ws')}/twilio/media`;
  const socket = new WebSocket(url, {
    headers: { 'x-twilio-signature': twilio.getExpectedTwilioSignature(AUTH_TOKEN, url, {}) },
  });
  await once(socket, 'open');
  const closed = once(socket, 'close') as Promise<[code: number]>;
  await app.stop();
  // Torn down; the server would have refused it with 1008 after the 5 s in which a start may come.
  expect((await closed)[0]).toBe(1006);
});
