// Messages to a webhook: over a real loopback server.
import { createHmac } from 'node:crypto';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test, type TestContext } from 'vitest';
import { systemClock } from '../../../src/base/clock.ts';
import { createVoicemailWebhook } from '../../../src/records/voicemail/webhook.ts';
import { letterOf } from './rig.ts';

const SECRET = 'a secret of the webhook';
const never = (): AbortSignal => new AbortController().signal;

async function hook({ onTestFinished }: TestContext, answer: RequestListener) {
  const received: { path: string; signature: unknown; body: string }[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push({
        path: request.url ?? '',
        signature: request.headers['x-liveline-signature'],
        body: Buffer.concat(chunks).toString(),
      });
      answer(request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { received, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const open = (secret: string | undefined = SECRET) =>
  createVoicemailWebhook({ secret, allowPrivate: true, clock: systemClock });

test('the message, signed as it is sent', async (context) => {
  const { url, received } = await hook(context, (_request, response) => response.end('thanks'));
  await open()(letterOf(), `${url}/in/box?to=x&to=y&team=a%20b&c`, never());
  const { path, signature, body } = received[0]!;
  expect(path).toBe('/in/box?to=x&to=y&team=a%20b&c');
  expect(signature).toBe(`sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}`);
  expect(JSON.parse(body)).toEqual({
    ...{ id: 'RE1', callId: 'CA1', profile: 'receptionist', from: '+15550100123', to: '+15550100100' },
    ...{ recordedAt: '2026-07-01T13:05:00.000Z', seconds: 23.4 },
    ...{ transcript: 'Please call me back.', transcription: 'done' },
    soundUrl: 'https://calls.example/api/v1/voicemails/RE1/sound',
  });
});

test('without a secret nothing is signed; what is missing is null', async (context) => {
  const { url, received } = await hook(context, (_request, response) => response.writeHead(204).end());
  const letter = letterOf({ transcript: undefined, words: 'failed', soundUrl: undefined });
  const plain = createVoicemailWebhook({ secret: undefined, allowPrivate: true, clock: systemClock });
  await plain(letter, url, never());
  expect(received[0]!.signature).toBeUndefined();
  expect(JSON.parse(received[0]!.body)).toMatchObject({
    transcript: null,
    transcription: 'failed',
    soundUrl: null,
  });
});

test.for([
  [301, 'DELIVERY_REFUSED'],
  [400, 'DELIVERY_REFUSED'],
  [401, 'DELIVERY_REFUSED'],
  [404, 'DELIVERY_REFUSED'],
  [410, 'DELIVERY_REFUSED'],
  [408, 'DELIVERY_UNAVAILABLE'],
  [425, 'DELIVERY_UNAVAILABLE'],
  [429, 'DELIVERY_UNAVAILABLE'],
  [500, 'DELIVERY_UNAVAILABLE'],
  [502, 'DELIVERY_UNAVAILABLE'],
  [503, 'DELIVERY_UNAVAILABLE'],
  [504, 'DELIVERY_UNAVAILABLE'],
  ['nothing', 'DELIVERY_UNAVAILABLE'],
] as const)('answered %s: %s, sent once at a time', async ([status, code], context) => {
  const { url, received } = await hook(context, (request, response) =>
    status === 'nothing' ? request.socket.destroy() : response.writeHead(status).end('sorry'),
  );
  await expect(open()(letterOf(), url, never())).rejects.toMatchObject({ code });
  expect(received).toHaveLength(1);
});

test.for([200, 202, 204, 207, 226])(
  'answered %i, whatever is said beside it: taken',
  async (status, context) => {
    const { url, received } = await hook(context, (_request, response) =>
      response.writeHead(status).end(status === 204 ? undefined : '<p>thanks</p>'),
    );
    await open()(letterOf(), url, never());
    expect(received).toHaveLength(1);
  },
);

test('one that falls silent until nobody waits: their reason', async (context) => {
  const gone = new AbortController();
  const { url } = await hook(context, () => gone.abort(new Error('the server stops')));
  await expect(open()(letterOf(), url, gone.signal)).rejects.toThrow('the server stops');
});

test('an address with a user or password is refused, and quoted nowhere', async () => {
  const sending = open()(letterOf(), 'http://ada:hush-hush@127.0.0.1/', never());
  await expect(sending).rejects.toMatchObject({ code: 'ADDRESS_REFUSED' });
  await expect(sending).rejects.not.toThrow('hush-hush');
});

test('nobody there: tried again; this machine: only where it is allowed', async () => {
  const gone = createServer();
  await new Promise<void>((resolve) => gone.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(gone.address() as AddressInfo).port}/x`;
  await new Promise<unknown>((resolve) => gone.close(resolve));
  await expect(open()(letterOf(), url, never())).rejects.toMatchObject({ code: 'DELIVERY_UNAVAILABLE' });
  const guarded = createVoicemailWebhook({ secret: SECRET, allowPrivate: false, clock: systemClock });
  await expect(guarded(letterOf(), url, never())).rejects.toMatchObject({ code: 'ADDRESS_REFUSED' });
  await expect(open()(letterOf(), 'https://', never())).rejects.toMatchObject({ code: 'DELIVERY_REFUSED' });
});
