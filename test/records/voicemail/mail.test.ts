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

const bySize = (status: number, words: string, most: number): SMTPServerOptions => ({
  size: 1_000_000,
  onMailFrom: (address, _s, done) =>
    Number(address.args === false ? 0 : address.args['SIZE']) > most
      ? done(Object.assign(new Error(words), { responseCode: status }))
      : done(),
});

test.for([
  ['by what the server has said at first', { size: 10_000 }],
  ['by its answer', bySize(552, 'no', 10_000)],
  ['by what stands behind another status', bySize(550, '5.3.4 too big for us', 10_000)],
  ['by another answer of the kind', bySize(554, '5.2.3 too long', 10_000)],
] satisfies [string, SMTPServerOptions][])(
  'too large with its sound, %s: the words go, and where the sound is',
  async ([, options], context) => {
    const { received, url } = await smtp(context, options);
    await createMail({ url, from: FROM })(letterOf(), 'desk@example.com', never());
    expect(received).toHaveLength(1);
    const { mail } = received[0]!;
    expect(mail).toContain('Please call me back.');
    expect(mail).toContain('https://calls.example/api/v1/voicemails/RE1/sound');
    expect(mail).toContain('npx liveline voicemails save RE1');
    expect(mail).not.toContain('audio/wav');
    expect(mail).not.toContain('attached');
  },
);

test('too large only once it has come: again without the sound', async (context) => {
  let count = 0;
  const { url } = await smtp(context, {
    onData: (stream, _s, done) => {
      count += 1;
      const nth = count;
      stream.resume().on('end', () => done(nth === 1 ? refusal(552) : null));
    },
  });
  await createMail({ url, from: FROM })(letterOf(), 'desk@example.com', never());
  expect(count).toBe(2);
});

test('too large, and not kept here: they are told of it, and it does not count as brought', async (context) => {
  const { received, url } = await smtp(context, { size: 10_000 });
  const letter = letterOf({ soundUrl: undefined });
  const sending = createMail({ url, from: FROM })(letter, 'desk@example.com', never());
  await expect(sending).rejects.toMatchObject({ code: 'DELIVERY_REFUSED' });
  expect(received).toHaveLength(1);
  expect(received[0]!.mail).toContain('the recording RE1 at the carrier');
});

test('too large without any sound: refused, and not sent twice', async (context) => {
  const { received, url } = await smtp(context, { size: 200 });
  const letter = letterOf({ wav: undefined });
  const sending = createMail({ url, from: FROM })(letter, 'desk@example.com', never());
  await expect(sending).rejects.toMatchObject({ code: 'DELIVERY_UNAVAILABLE' });
  expect(received).toEqual([]);
});

/** This machine, by an address that is none of its own: as another machine looks. */
const ELSEWHERE = '0.0.0.0';

test.for([
  ['does not offer STARTTLS', { hideSTARTTLS: true, disabledCommands: ['STARTTLS'] }],
  ['has a certificate of its own making', { hideSTARTTLS: false }],
] satisfies [string, SMTPServerOptions][])(
  'a server that %s is not given the password, and the log says what to do',
  async ([, options], context) => {
    const given: unknown[] = [];
    const { port, received } = await smtp(context, {
      ...options,
      allowInsecureAuth: true,
      onAuth({ password }, _session, done) {
        given.push(password);
        done(null, { user: 'user' });
      },
    });
    const url = `smtp://user:secret@${ELSEWHERE}:${port}`;
    const sending = createMail({ url, from: FROM })(letterOf(), 'desk@example.com', never());
    await expect(sending).rejects.toMatchObject({
      code: 'DELIVERY_UNAVAILABLE',
      message: expect.stringMatching(/password .*smtps:\/\/ in SMTP_URL/) as unknown,
    });
    await expect(sending).rejects.not.toMatchObject({
      message: expect.stringContaining('secret') as unknown,
    });
    expect([given, received]).toEqual([[], []]);
  },
);

test('without a password a server need not encrypt', async (context) => {
  const { port, received } = await smtp(context);
  const deliver = createMail({ url: `smtp://${ELSEWHERE}:${port}`, from: FROM });
  await deliver(letterOf(), 'desk@example.com', never());
  expect(received).toHaveLength(1);
});

test('what a person reads: when it was there, how long, what was said', () => {
  const { subject, text } = letterText(letterOf(), 'attached');
  expect(subject).toBe('Voicemail from +15550100123 (0:23)');
  expect(text).toContain('When:    Wednesday, 1 July 2026 at 09:05 (America/New_York)');
  expect(text).toContain('  Please call me back.');
  expect(letterText(letterOf({ words: 'none', transcript: undefined }), 'attached').text).toContain(
    'No words: nothing was said.',
  );
  expect(letterText(letterOf({ words: 'failed', transcript: undefined }), 'attached').text).toContain(
    'could not be written down',
  );
  expect(letterText(letterOf({ wav: undefined }), 'lost').text).toContain('Look for the recording RE1');
});
