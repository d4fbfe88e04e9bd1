// A channel between the processes that share a database: what one sends, all hear, itself too. By LISTEN and NOTIFY, on a
// connection of its own. Nothing is kept for who does not listen, and nothing waits for it. It is open while it hears itself:
// connections die without a word, and some poolers carry what is sent and nothing of what is heard.
import type pg from 'pg';
import { messageOf } from '../base/errors.ts';
import { newToken } from '../base/ids.ts';
import type { Clock, StopTimer } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Database } from './database.ts';
import { partsOf, Whole } from './channel-parts.ts';

export interface ChannelListener {
  onOpen(): void;
  onText(text: string): void;
  /** What is sent until it is open again is heard by nobody. */
  onLost(): void;
}

export interface Channel {
  readonly isOpen: boolean;
  /** In order. Of any length. Never waits and never throws: whoever must know that it was heard is told so by an answer. */
  send(text: string): void;
  close(): Promise<void>;
}

export interface ChannelOptions {
  readonly database: Pick<Database, 'connect'>;
  /** Letters and underscores. */
  readonly name: string;
  readonly to: ChannelListener;
  readonly clock: Pick<Clock, 'after'>;
  readonly log: Log;
}

const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 10_000;
/** Firewalls forget connections on which nothing passes within minutes. */
const ECHO_EVERY_MS = 30_000;
const ECHO_WITHIN_MS = 10_000;
/** A database that is there is left sooner, and of one that is not nothing can be had. */
const LEAVE_WITHIN_MS = 2_000;
/** Parts, of up to 7 kB. A database that does not take them for so long is as good as away. */
const MOST_WAITING = 4_000;
const AT_ONCE = 200;

export function openChannel(options: ChannelOptions): Channel {
  return new PostgresChannel(options);
}

/** The database takes what is sent, and it does not come back. */
class Deaf extends Error {
  override readonly name = 'Deaf';
}

class PostgresChannel implements Channel {
  readonly #options: ChannelOptions;
  readonly #sender = newToken();
  #client: pg.Client | undefined;
  #retryMs = FIRST_RETRY_MS;
  #stopRetry: StopTimer | undefined;
  #stopEchoes: StopTimer | undefined;
  #connecting: Promise<void>;
  #isClosed = false;
  #isSaidDeaf = false;
  #waiting: string[] = [];
  #flushing: Promise<void> | undefined;
  #sent = 0;

  constructor(options: ChannelOptions) {
    this.#options = options;
    this.#connecting = this.#connect();
  }

  get isOpen(): boolean {
    return this.#client !== undefined;
  }

  send(text: string): void {
    if (!this.#client) return;
    this.#sent += 1;
    this.#waiting.push(...partsOf(text, `${this.#sender}.${this.#sent}`));
    if (this.#waiting.length > MOST_WAITING) return this.#lose('the database takes no more');
    this.#flushing ??= this.#flush().finally(() => {
      this.#flushing = undefined;
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#stopRetry?.();
    this.#stopEchoes?.();
    const late = Promise.withResolvers<undefined>();
    const stop = this.#options.clock.after(LEAVE_WITHIN_MS, () => late.resolve(undefined));
    await Promise.race([this.#leave(), late.promise]);
    stop();
  }

  /** What was sent before goes out first. */
  async #leave(): Promise<void> {
    await this.#connecting;
    await this.#flushing;
    const client = this.#client;
    this.#client = undefined;
    await client?.end().catch(() => undefined);
  }

  async #connect(): Promise<void> {
    const { database, name, to, log } = this.#options;
    let client: pg.Client | undefined;
    try {
      client = await database.connect();
      const whole = new Whole();
      client.on('notification', ({ payload = '' }) => {
        const text = client === this.#client ? whole.take(payload) : undefined;
        if (text !== undefined) to.onText(text);
      });
      client.on('end', () => {
        if (client === this.#client) this.#lose('the connection was lost');
      });
      await client.query(`listen ${name}`);
      await this.#hearsItself(client);
      if (this.#isClosed) {
        await client.end();
        return;
      }
      this.#client = client;
      this.#retryMs = FIRST_RETRY_MS;
      log.debug({ channel: name }, 'other processes are heard');
      this.#echoLater(client);
      to.onOpen();
    } catch (thrown) {
      client?.end().catch(() => undefined);
      if (thrown instanceof Deaf) this.#sayDeaf();
      this.#tryLater(messageOf(thrown));
    }
  }

  /** Throws where it does not, in time. */
  async #hearsItself(client: pg.Client): Promise<void> {
    const { clock, name } = this.#options;
    const echo = `echo-${newToken()}`;
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    const hear = ({ payload }: pg.Notification): void => {
      if (payload === echo) resolve(undefined);
    };
    const stop = clock.after(ECHO_WITHIN_MS, () => reject(new Deaf('what is sent is not heard')));
    client.on('notification', hear);
    client.query('select pg_notify($1, $2)', [name, echo]).catch(reject);
    await promise.finally(() => {
      stop();
      client.off('notification', hear);
    });
  }

  /** Once: a database that is away is told of elsewhere, and this is another matter, which nothing mends by itself. */
  #sayDeaf(): void {
    if (this.#isSaidDeaf) return;
    this.#isSaidDeaf = true;
    this.#options.log.warn(
      { channel: this.#options.name },
      'the database does not carry what processes tell each other: behind a pooler in transaction mode, name the server itself in DATABASE_URL',
    );
  }

  #echoLater(client: pg.Client): void {
    this.#stopEchoes = this.#options.clock.after(ECHO_EVERY_MS, () => {
      this.#hearsItself(client).then(
        () => client === this.#client && this.#echoLater(client),
        (thrown: unknown) => client === this.#client && this.#lose(messageOf(thrown)),
      );
    });
  }

  #lose(why: string): void {
    const client = this.#client;
    this.#client = undefined;
    this.#stopEchoes?.();
    this.#waiting = [];
    client?.end().catch(() => undefined);
    this.#options.to.onLost();
    this.#tryLater(why);
  }

  #tryLater(reason: string): void {
    if (this.#isClosed) return;
    const { clock, log, name } = this.#options;
    log.debug({ channel: name, reason }, 'other processes are not heard; it is tried again');
    this.#stopRetry = clock.after(this.#retryMs, () => {
      this.#connecting = this.#connect();
    });
    this.#retryMs = Math.min(2 * this.#retryMs, LAST_RETRY_MS);
  }

  async #flush(): Promise<void> {
    while (this.#client && this.#waiting.length > 0) {
      const client = this.#client;
      const parts = this.#waiting.splice(0, AT_ONCE);
      try {
        await client.query(
          'select pg_notify($1, part) from unnest($2::text[]) with ordinality as p (part, n) order by n',
          [this.#options.name, parts],
        );
      } catch (thrown) {
        if (client === this.#client) this.#lose(messageOf(thrown));
      }
    }
  }
}
