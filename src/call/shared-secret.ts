// The secret of stream tokens that all processes on one database share: made by whoever comes first. Until it is there, a
// process has one of its own.
import { sql } from 'kysely';
import type { Clock, StopTimer } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import type { Database } from '../store/database.ts';
import { newSecret, type TokenSecrets } from './tokens.ts';

const NAME = 'stream-tokens';
const AGAIN_AFTER_MS = 1_000;

export interface SharedSecretOptions {
  readonly database: Pick<Database, 'sql' | 'ready'>;
  readonly clock: Clock;
  readonly log: Log;
}

export class SharedSecret implements TokenSecrets {
  readonly #options: SharedSecretOptions;
  readonly #own = newSecret();
  #shared: Uint8Array | undefined;
  #isClosed = false;
  #stopTimer: StopTimer = () => undefined;

  constructor(options: SharedSecretOptions) {
    this.#options = options;
  }

  get current(): Uint8Array {
    return this.#shared ?? this.#own;
  }

  /** What was minted with our own may be on its way when the shared one comes. */
  get all(): readonly Uint8Array[] {
    return this.#shared ? [this.#shared, this.#own] : [this.#own];
  }

  /** Resolves once it is there, or after so long: then it is fetched in the background. Never rejects. */
  async start(withinMs: number): Promise<void> {
    const late = Promise.withResolvers<undefined>();
    const stopTimer = this.#options.clock.after(withinMs, () => late.resolve(undefined));
    await Promise.race([this.#fetch(), late.promise]);
    stopTimer();
  }

  close(): void {
    this.#isClosed = true;
    this.#stopTimer();
  }

  async #fetch(): Promise<void> {
    const { database, clock, log } = this.#options;
    try {
      await database.ready();
      this.#shared = await sharedSecret(database);
    } catch (thrown) {
      log.debug(
        { reason: messageOf(thrown) },
        'the secret of stream tokens is not there yet; it is asked for again',
      );
      if (!this.#isClosed) this.#stopTimer = clock.after(AGAIN_AFTER_MS, () => void this.#fetch());
    }
  }
}

async function sharedSecret({ sql: db }: Pick<Database, 'sql'>): Promise<Uint8Array> {
  await sql`
    insert into liveline.secrets (name, secret) values (${NAME}, ${Buffer.from(newSecret())})
    on conflict (name) do nothing`.execute(db);
  const { rows } = await sql<{ secret: Buffer }>`
    select secret from liveline.secrets where name = ${NAME}`.execute(db);
  const [row] = rows;
  if (!row) throw new Error('it was deleted in between');
  return row.secret;
}
