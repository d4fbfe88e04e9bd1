// A message by e-mail: over SMTP, one recipient at a time, so that of each is known what became of it.
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import MailComposer from 'nodemailer/lib/mail-composer';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { LivelineError } from '../../base/errors.ts';
import { isLoopbackHost } from '../../base/loopback.ts';
import type { Deliver, Letter } from './delivery.ts';
import { letterText, type SoundIn } from './letter-text.ts';

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
    const whole = await compose(letter, letter.wav === undefined ? 'lost' : 'attached', from, target);
    if ((await send(server, whole, target, signal)) === 'sent') return;
    await send(server, await compose(letter, 'too large', from, target), target, signal);
    // So that it stays at the carrier: what is neither kept nor brought to anybody is not deleted there.
    if (letter.soundUrl === undefined)
      throw new LivelineError(
        'DELIVERY_REFUSED',
        'the mail server: told of without its sound, which is too large for it, and is not kept here',
      );
  };
}

interface Mail {
  readonly from: string;
  readonly bytes: Buffer;
  readonly sound: SoundIn;
}

/** The same message has the same id: where it does come twice, the reader's programs see that. */
async function compose(letter: Letter, sound: SoundIn, from: string, target: string): Promise<Mail> {
  const { message, wav } = letter;
  const { id } = message;
  const hash = createHash('sha256').update(`${id} ${target}`).digest('hex').slice(0, 24);
  const node = new MailComposer({
    from,
    to: { name: '', address: target },
    ...letterText(letter, sound),
    messageId: `<voicemail-${hash}@liveline.invalid>`,
    date: new Date(message.recordedAtMs),
    // RFC 3834: no holiday greeting is an answer to it.
    headers: { 'Auto-Submitted': 'auto-generated' },
    attachments:
      wav === undefined || sound !== 'attached'
        ? []
        : [
            {
              filename: `voicemail-${id}.wav`,
              content: Readable.from(inPieces(wav)),
              contentType: 'audio/wav',
            },
          ],
    disableFileAccess: true,
    disableUrlAccess: true,
  }).compile();
  const { from: sender } = node.getEnvelope();
  if (!sender)
    throw new LivelineError('DELIVERY_UNAVAILABLE', 'no mail can be sent: MAIL_FROM holds no address');
  return { from: sender, bytes: await node.build(), sound };
}

/** What is encoded, and escaped as SMTP wants it, at a time: calls go on in the same thread. */
const PIECE_BYTES = 65_536;

async function* inPieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    yield bytes.subarray(at, at + PIECE_BYTES);
    await nextTurn();
  }
}

/** 'too large': with its sound; nobody got it. */
async function send(server: URL, mail: Mail, to: string, signal: AbortSignal): Promise<'sent' | 'too large'> {
  signal.throwIfAborted();
  const secure = server.protocol === 'smtps:';
  // A password goes out in clear on this machine alone.
  const requireTLS = !secure && server.username !== '' && !isLoopbackHost(server.hostname);
  const connection = new SMTPConnection({
    host: server.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(server.port) || (secure ? 465 : 587),
    secure,
    requireTLS,
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
  const end = { isRead: false };
  const body = Readable.from(inPieces(mail.bytes));
  body.once('end', () => {
    end.isRead = true;
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
    return 'sent';
  } catch (thrown) {
    if (mail.sound === 'attached' && isTooLarge(thrown)) return 'too large';
    throw faultOf(thrown, { isWhole: end.isRead, requireTLS, signal });
  } finally {
    signal.removeEventListener('abort', leave);
    connection.close();
  }
}

/** Of the recipient or the message; others (AUTH, MAIL FROM) blame our settings, which somebody may mend within the day. */
const THEIRS = /^(RCPT TO|DATA)/;

const fieldOf = (thrown: unknown, name: string): unknown =>
  thrown instanceof Error ? (Reflect.get(thrown, name) as unknown) : undefined;

/**
 * Of a message: 552 (RFC 1870, 6), or 5.2.3 and 5.3.4 behind another status (RFC 3463, 3.3 and 3.4). Where a server has told
 * its limit, nodemailer refuses by itself, as EMESSAGE without a status.
 */
function isTooLarge(thrown: unknown): boolean {
  const status = fieldOf(thrown, 'responseCode');
  if (typeof status !== 'number')
    return fieldOf(thrown, 'code') === 'EMESSAGE' && fieldOf(thrown, 'command') === 'MAIL FROM';
  return status === 552 || /^5\d\d[ -]5\.(2\.3|3\.4)\b/.test(String(fieldOf(thrown, 'response')));
}

interface Circumstances {
  /** The server was sent all of it. */
  readonly isWhole: boolean;
  readonly requireTLS: boolean;
  readonly signal: AbortSignal;
}

/** The server's own words stay out: they quote addresses. */
function faultOf(thrown: unknown, { isWhole, requireTLS, signal }: Circumstances): unknown {
  const [code, of, command, status] = ['code', 'originalCode', 'command', 'responseCode'].map((name) =>
    fieldOf(thrown, name),
  );
  const at = typeof command === 'string' ? ` at ${command.split(' ').slice(0, 2).join(' ')}` : '';
  const said =
    typeof status === 'number'
      ? `it answers ${status}${at}`
      : `${[of, code].find((each) => typeof each === 'string') ?? 'lost'}${at}`;
  // What the system says of a socket names the call that failed; what TLS says of a certificate does not.
  const isOfTls = code === 'ETLS' || (code === 'ESOCKET' && fieldOf(thrown, 'syscall') === undefined);
  if (requireTLS && isOfTls)
    return new LivelineError(
      'DELIVERY_UNAVAILABLE',
      `the mail server: the connection cannot be encrypted (${said}), and the password does not go out without: write smtps:// in SMTP_URL, or see that the server offers STARTTLS with a certificate that holds for its name`,
    );
  if (typeof status === 'number' && status >= 500 && THEIRS.test(String(command)))
    return new LivelineError('DELIVERY_REFUSED', `the mail server: ${said}`);
  if (isWhole && typeof status !== 'number')
    return new LivelineError('DELIVERY_IN_DOUBT', 'the mail server: sent, and no answer came');
  if (signal.aborted) return signal.reason;
  return new LivelineError('DELIVERY_UNAVAILABLE', `the mail server: ${said}`);
}
