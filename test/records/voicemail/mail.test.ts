// Messages by e-mail, against a real SMTP server on loopback that does as the test says.
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { expect, test, type TestContext } from 'vitest';
import { createMail } from '../../../src/records/voicemail/mail.ts';
import { letterText } from '../../../src/records/voicemail/letter-text.ts';
import { job, letterOf } from './rig.ts';

const FROM = 'Reception <voicemail@example.com>';
const never = (): AbortSignal => new AbortController().signal;

interface Received {
  readonly to: string[];
  readonly from: string;
  readonly mail: string;
}

async function smtp({ onTestFinished }: TestContext, options: SMTPServerOptions = {}, drops = false) {
  const received: Received[] = [];
  const server = new SMTPServer({
    authOptional: true,
    hideSTARTTLS: true,
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        const mail = Buffer.concat(chunks).toString();
        received.push({
          to: rcptTo.map(({ address }) => address),
          from: mailFrom === false ? '' : mailFrom.address,
          mail,
        });
        if (drops) for (const connection of server.connections) connection.close();
        else done();
      });
    },
    ...options,
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  const { port } = server.server.address() as AddressInfo;
  return { received, url: `smtp://127.0.0.1:${port}`, port };
}

const refusal = (status: number): Error => Object.assign(new Error('no'), { responseCode: status });

test('one mail to one person, with the sound, and the same id each time', async (context) => {
  const { received, url } = await smtp(context);
  const deliver = createMail({ url, from: FROM });
  const letter = letterOf();
  await deliver(letter, 'desk@example.com', never());
  await deliver(letter, 'desk@example.com', never());
  await deliver(letter, 'other@example.com', never());
  expect(received.map(({ to, from }) => [to, from])).toEqual([
    [['desk@example.com'], 'voicemail@example.com'],
    [['desk@example.com'], 'voicemail@example.com'],
    [['other@example.com'], 'voicemail@example.com'],
  ]);
  const [first, again, other] = received.map(({ mail }) => /^Message-ID: (.*)\r$/im.exec(mail)?.[1]);
  expect(first).toMatch(/^<voicemail-[\da-f]{24}@/);
  expect([again === first, other === first]).toEqual([true, false]);
  const mail = received[0]!.mail;
  expect(mail).toMatch(/^Subject: Voicemail from \+15550100123 \(0:23\)\r$/m);
  expect(mail).toMatch(/^From: Reception <voicemail@example\.com>\r$/m);
  expect(mail).toMatch(/^Auto-Submitted: auto-generated\r$/m);
  expect(mail).toContain('Please call me back.');
  expect(mail).not.toMatch(/text\/html/i);
  const attached =
    /filename=voicemail-RE1\.wav[\s\S]*?\r\n\r\n([\sA-Za-z\d+/=]+?)\r\n--/.exec(mail)?.[1] ?? '';
  expect(Buffer.from(attached, 'base64')).toEqual(Buffer.from(letter.wav!));
});

test('credentials go over, with their odd characters', async (context) => {
  const seen: unknown[] = [];
  const { port } = await smtp(context, {
    authOptional: false,
    allowInsecureAuth: true,
    onAuth({ username, password }, _session, done) {
      seen.push([username, password]);
      done(null, { user: username ?? '' });
    },
  });
  const deliver = createMail({ url: `smtp://us%40er:p%3A%2Fw@127.0.0.1:${port}`, from: FROM });
  await deliver(letterOf(), 'desk@example.com', never());
  expect(seen).toEqual([['us@er', 'p:/w']]);
});

test.for([
  ['a recipient refused for good', { onRcptTo: (_a, _s, done) => done(refusal(550)) }, 'DELIVERY_REFUSED'],
  ['a recipient refused for now', { onRcptTo: (_a, _s, done) => done(refusal(450)) }, 'DELIVERY_UNAVAILABLE'],
  [
    'the message refused for good',
    {
      onData: (stream, _s, done) => {
        stream.resume().on('end', () => done(refusal(552)));
      },
    },
    'DELIVERY_REFUSED',
  ],
  [
    'the message refused for now',
    {
      onData: (stream, _s, done) => {
        stream.resume().on('end', () => done(refusal(451)));
      },
    },
    'DELIVERY_UNAVAILABLE',
  ],
  ['our address refused', { onMailFrom: (_a, _s, done) => done(refusal(550)) }, 'DELIVERY_UNAVAILABLE'],
  ['the door shut', { onConnect: (_s, done) => done(refusal(554)) }, 'DELIVERY_UNAVAILABLE'],
] satisfies [string, SMTPServerOptions, string][])('%s', async ([, options, code], context) => {
  const { url } = await smtp(context, options);
  const sending = createMail({ url, from: FROM })(letterOf(), 'desk@example.com', never());
  await expect(sending).rejects.toMatchObject({ code });
  // The server's words and the address stay out of the log.
  await expect(sending).rejects.not.toMatchObject({ message: expect.stringContaining('@') as unknown });
});

test('a connection that is lost after the message: nobody can say', async (context) => {
  const { url, received } = await smtp(context, {}, true);
  const sending = createMail({ url, from: FROM })(letterOf(), 'desk@example.com', never());
  await expect(sending).rejects.toMatchObject({ code: 'DELIVERY_IN_DOUBT' });
  expect(received).toHaveLength(1);
});

test('a server that falls silent after the message, until nobody waits: nobody can say', async (context) => {
  const gone = new AbortController();
  const { url } = await smtp(context, {
    onData: (stream) => {
      stream.resume().on('end', () => gone.abort());
    },
  });
  const sending = createMail({ url, from: FROM })(letterOf(), 'desk@example.com', gone.signal);
  await expect(sending).rejects.toMatchObject({ code: 'DELIVERY_IN_DOUBT' });
});

test('a server that falls silent before it: nothing was sent', async (context) => {
  const gone = new AbortController();
  const { url } = await smtp(context, { onRcptTo: () => gone.abort(new Error('late')) });
  const sending = createMail({ url, from: FROM })(letterOf(), 'desk@example.com', gone.signal);
  await expect(sending).rejects.toThrow('late');
});

test.for([
  ['nobody there', { url: 'smtp://127.0.0.1:1', from: FROM }],
  ['no server set', { url: undefined, from: FROM }],
  ['no sender set', { url: 'smtp://127.0.0.1:1', from: undefined }],
] as const)('%s: tried again', async ([, options]) => {
  const sending = createMail(options)(letterOf(), 'desk@example.com', never());
  await expect(sending).rejects.toMatchObject({ code: 'DELIVERY_UNAVAILABLE' });
});

test('a caller’s words and number stay where they belong', async (context) => {
  const { received, url } = await smtp(context);
  const evil = 'x\r\nBcc: evil@example.com\r\n\r\nhello';
  const letter = letterOf({
    message: job({ from: evil }),
    transcript: '\r\n.\r\nMAIL FROM:<evil@example.com>\r\n',
  });
  await createMail({ url, from: FROM })(letter, 'desk@example.com', never());
  expect(received.map(({ to }) => to)).toEqual([['desk@example.com']]);
  expect(received[0]!.mail.split('\r\n\r\n')[0]).not.toMatch(/^Bcc:/im);
});

test('what a person reads: when it was there, how long, what was said', () => {
  const { subject, text } = letterText(letterOf());
  expect(subject).toBe('Voicemail from +15550100123 (0:23)');
  expect(text).toContain('When:    Wednesday, 1 July 2026 at 09:05 (America/New_York)');
  expect(text).toContain('  Please call me back.');
  expect(letterText(letterOf({ words: 'none', transcript: undefined })).text).toContain(
    'No words: nothing was said.',
  );
  expect(letterText(letterOf({ words: 'failed', transcript: undefined })).text).toContain(
    'could not be written down',
  );
  expect(letterText(letterOf({ wav: undefined })).text).toContain('Look for the recording RE1');
});
