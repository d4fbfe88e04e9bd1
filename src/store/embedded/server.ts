// A running embedded server: how it is reached, and what is asked of it besides calls. Starts and stops nothing.
import { realpath } from 'node:fs/promises';
import pg from 'pg';

export interface Server {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** Connections of this name are ours, and do not keep the server from being stopped. */
  readonly application_name: string;
}

/** A connection that only looks: nobody's use of the server. */
const LOOKS = 'liveline-look';

/** Whether the server on that port is the one of this folder: after a reboot another may have the port. */
export async function answers(server: Server, dir: string): Promise<boolean> {
  const rows = await ask(server, 'select current_setting($1) as dir', ['data_directory']).catch(() => []);
  const its = (rows[0] as { dir?: string } | undefined)?.dir;
  // Another process may have come to it through a symbolic link.
  return its !== undefined && (await realpath(its).catch(() => its)) === (await realpath(dir));
}

/**
 * Connections of others. One who is just starting has none yet, and loses its server; it finds so when it connects, and
 * starts it again (database.ts). From then on its pool holds one.
 */
export async function others(server: Server): Promise<number> {
  const rows = await ask(
    server,
    `select count(*)::int as n from pg_stat_activity
     where backend_type = 'client backend' and application_name <> all ($1)`,
    [[server.application_name, LOOKS]],
  );
  return (rows[0] as { n?: number } | undefined)?.n ?? 0;
}

async function ask(server: Server, text: string, values: unknown[]): Promise<unknown[]> {
  const client = new pg.Client({
    ...server,
    application_name: LOOKS,
    connectionTimeoutMillis: 2_000,
    query_timeout: 2_000,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query(text, values)).rows as unknown[];
  } finally {
    await client.end().catch(() => undefined);
  }
}
