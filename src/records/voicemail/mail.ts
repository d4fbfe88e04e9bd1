// A message by e-mail: over SMTP, one recipient at a time, so that of each is known what became of it.
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import MailComposer from 'nodemailer/lib/mail-composer';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { LivelineError } from '../../base/errors.ts';
import type { Deliver, Letter } from './delivery.ts';
import { letterText } from './letter-text.ts';

export interface MailOptions {
  /** `smtp://user:password@host:port`, or `smtps://…`; undefined: there is no mail yet. */
  readonly url: string | undefined;
  /** `Reception <voicemail@example.com>` or the bare address. */
  readonly from: string | undefined;
}

const CONNECT_WITHIN_MS = 10_000;
/** RFC 5321, 4.5.3.2.6 gives a server ten minutes for the end of a message; nobody waits so long on purpose. */
const SILENT_FOR_MS = 30_000;

export function createMail({ url, from }: MailOptions): Deliver {
  if (url === undefined || from === undefined)
    return () =>
      Promise.reject(
        new LivelineError('DELIVERY_UNAVAILABLE', 'no mail can be sent: set SMTP_URL and MAIL_FROM'),
      );
  const server = new URL(url);
  return async (letter, target, signal) => {
    const mail = await compose(letter, from, target);
    await send(server, mail, target, signal);
  };
}

interface Mail {
  readonly from: string;
  readonly bytes: Buffer;
}

/** The same message has the same id: where it does come twice, the reader's programs see that. */
async function compose(letter: Letter, from: string, target: string): Promise<Mail> {
  const { id } = letter.message;
  const hash = createHash('sha256').update(`${id} ${target}`).digest('hex').slice(0, 24);
  const node = new MailComposer({
    from,
    to: { name: '', address: target },
    ...letterText(letter),
    messageId: `<voicemail-${hash}@liveline.invalid>`,
    date: new Date(letter.message.recordedAtMs),
    // RFC 3834: no holiday greeting is an answer to it.
    headers: { 'Auto-Submitted': 'auto-generated' },
    attachments:
      letter.wav === undefined
        ? []
        : [
            {
              filename: `voicemail-${id}.wav`,
              content: Buffer.from(letter.wav),
              contentType: 'audio/wav',
            },
          ],
    disableFileAccess: true,
    disableUrlAccess: true,
  }).compile();
  const { from: sender } = node.getEnvelope();
  if (!sender)
    throw new LivelineError('DELIVERY_UNAVAILABLE', 'no mail can be sent: MAIL_FROM holds no address');
  return { from: sender, bytes: await node.build() };
}

async function send(server: URL, mail: Mail, to: string, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const secure = server.protocol === 'smtps:';
  const connection = new SMTPConnection({
    host: server.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(server.port) || (secure ? 465 : 587),
    secure,
    connectionTimeout: CONNECT_WITHIN_MS,
    greetingTimeout: CONNECT_WITHIN_MS,
    dnsTimeout: CONNECT_WITHIN_MS,
    socketTimeout: SILENT_FOR_MS,
  });
  const failed = Promise.withResolvers<never>();
  // Nobody may be waiting for it at that moment.
  failed.promise.catch(() => undefined);
  connection.on('error', (error) => failed.reject(error));
  connection.on('end', () => failed.reject(new Error('the connection ended')));
  const leave = (): void => failed.reject(signal.reason);
  signal.addEventListener('abort', leave, { once: true });
  /** A server takes what it got to its very end (RFC 5321, 4.1.1.4), and that is read last. */
  const sound = { isRead: false };
  const body = Readable.from([mail.bytes]);
  body.once('end', () => {
    sound.isRead = true;
  });
  const step = (run: (done: (error?: Error | null) => void) => void): Promise<void> =>
    Promise.race([
      failed.promise,
      new Promise<void>((resolve, reject) => run((error) => (error ? reject(error) : resolve()))),
    ]);
  try {
    await step((done) => connection.connect(done));
    if (server.username !== '') {
      const [user, pass] = [server.username, server.password].map(decodeURIComponent);
      await step((done) => connection.login({ user, pass }, done));
    }
    await step((done) =>
      connection.send({ from: mail.from, to: [to], size: mail.bytes.length }, body, (error) => done(error)),
    );
    connection.quit();
  } catch (thrown) {
    throw faultOf(thrown, { isWhole: sound.isRead, signal });
  } finally {
    signal.removeEventListener('abort', leave);
    connection.close();
  }
}

/** Of the recipient or the message; others (AUTH, MAIL FROM) blame our settings, which somebody may mend within the day. */
const THEIRS = /^(RCPT TO|DATA)/;

/** The server's own words stay out: they quote addresses. */
function faultOf(thrown: unknown, { isWhole, signal }: { isWhole: boolean; signal: AbortSignal }): unknown {
  const field = (name: string): unknown =>
    thrown instanceof Error ? (Reflect.get(thrown, name) as unknown) : undefined;
  const [code, command, status] = [field('code'), field('command'), field('responseCode')];
  const at = typeof command === 'string' ? ` at ${command.split(' ').slice(0, 2).join(' ')}` : '';
  const said =
    typeof status === 'number'
      ? `it answers ${status}${at}`
      : `${typeof code === 'string' ? code : 'lost'}${at}`;
  if (typeof status === 'number' && status >= 500 && THEIRS.test(String(command)))
    return new LivelineError('DELIVERY_REFUSED', `the mail server: ${said}`);
  if (isWhole && typeof status !== 'number')
    return new LivelineError('DELIVERY_IN_DOUBT', 'the mail server: sent, and no answer came');
  if (signal.aborted) return signal.reason;
  return new LivelineError('DELIVERY_UNAVAILABLE', `the mail server: ${said}`);
}
