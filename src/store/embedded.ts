// The embedded database: a PostgreSQL server as a process of its own on a folder of ours. It outlives us when we are
// killed, and is found again; PostgreSQL's own lock on the folder and an atomic rename decide every race between processes.
import { chown, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { LivelineError, messageOf } from '../base/errors.ts';
import { newToken } from '../base/ids.ts';
import type { Log } from '../base/log.ts';
import { bundledPostgres, type Bundled } from './bundled.ts';
import { findPostmaster } from './postmaster.ts';

export interface Server {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

export interface Embedded {
  readonly dir: string;
  /** The server as it runs now; starts it when it does not. Throws DATABASE_UNAVAILABLE. */
  ensure(): Promise<Server>;
  /** Stops the server, unless another process still uses it. */
  stop(): Promise<void>;
}

const USER = 'liveline';
const HOST = '127.0.0.1';
const DATABASE = 'postgres';
/** In the server's folder: how to get in, and the port it had. */
const ACCESS_FILE = 'liveline.json';
/** A crashed server replays its log first; ours is small. */
const STARTS_WITHIN_MS = 30_000;
const LOOK_AGAIN_MS = 50;

interface Access {
  readonly password: string;
  readonly port: number;
}

/** `dataDir`: made when it is not there. */
export function embedded(dataDir: string, log: Log): Embedded {
  const dir = resolve(dataDir, 'postgres');
  let bundled: Promise<Bundled> | undefined;
  let ensuring: Promise<Server> | undefined;

  const programs = async (): Promise<Bundled> => {
    await mkdir(dataDir, { recursive: true });
    return (bundled ??= bundledPostgres(resolve(dataDir)));
  };

  const find = async (): Promise<Server | undefined> => {
    const postmaster = await findPostmaster(dir);
    if (!postmaster?.isReady) return undefined;
    const { password } = await readAccess(dir);
    const server = { host: HOST, port: postmaster.port, user: USER, password, database: DATABASE };
    return (await answers(server, dir)) ? server : undefined;
  };

  const start = async (): Promise<Server> => {
    const giveUpMs = Date.now() + STARTS_WITHIN_MS;
    let why = '';
    while (Date.now() < giveUpMs) {
      const found = await find();
      if (found) return found;
      if (!(await findPostmaster(dir))) {
        if (!(await exists(dir))) await make(dir, await programs(), log);
        why = await launch(dir, await programs());
      }
      await sleep(LOOK_AGAIN_MS);
    }
    throw new LivelineError(
      'DATABASE_UNAVAILABLE',
      `the embedded PostgreSQL in ${dir} does not start: ${why === '' ? `see ${join(dir, 'log')}` : why}`,
    );
  };

  return {
    dir,
    ensure: () =>
      (ensuring ??= start().finally(() => {
        ensuring = undefined;
      })),
    async stop() {
      const server = await find();
      if (!server || (await others(server)) > 0) return;
      const { code, said } = await (
        await programs()
      ).run('pg_ctl', ['stop', '-D', dir, '-m', 'fast', '-w', '-t', '20']);
      if (code !== 0 && (await findPostmaster(dir)))
        log.warn(
          { dir, reason: said.trim() },
          'the embedded PostgreSQL did not stop; the next start finds it',
        );
    },
  };
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

async function readAccess(dir: string): Promise<Access> {
  const file = join(dir, ACCESS_FILE);
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Access;
  } catch (thrown) {
    throw new LivelineError(
      'DATABASE_UNAVAILABLE',
      `the embedded PostgreSQL in ${dir} cannot be entered: ${messageOf(thrown)}. Bring ${ACCESS_FILE} back from a copy, or set DATA_DIR to another folder`,
    );
  }
}

/** Written beside and renamed: a reader never sees half of it. */
async function writeAccess(dir: string, access: Access): Promise<void> {
  const file = join(dir, ACCESS_FILE);
  const next = `${file}.${process.pid}`;
  await writeFile(next, JSON.stringify(access), { mode: 0o600 });
  await rename(next, file);
}

/** In a folder of its own first; the first process to rename its own into place has made the database. */
async function make(dir: string, { account, run }: Bundled, log: Log): Promise<void> {
  const fresh = `${dir}.new-${process.pid}`;
  const password = newToken();
  const passwordFile = `${fresh}.password`;
  try {
    await rm(fresh, { recursive: true, force: true });
    await mkdir(fresh, { mode: 0o700 });
    await writeFile(passwordFile, password, { mode: 0o600 });
    if (account) for (const path of [fresh, passwordFile]) await chown(path, account.uid, account.gid);
    log.info({ dir }, 'making the embedded database; this is done once');
    const { code, said } = await run('initdb', [
      ...['-D', fresh, '-U', USER, `--pwfile=${passwordFile}`, '--auth=scram-sha-256'],
      ...['--encoding=UTF8', '--locale-provider=builtin', '--locale=C.UTF-8', '--no-instructions'],
    ]);
    if (code !== 0)
      throw new LivelineError('DATABASE_UNAVAILABLE', `cannot make the database in ${dir}: ${said.trim()}`);
    await writeAccess(fresh, { password, port: await freePort() });
    await rename(fresh, dir);
  } catch (thrown) {
    if (!(await exists(dir))) throw thrown;
  } finally {
    await rm(fresh, { recursive: true, force: true });
    await rm(passwordFile, { force: true });
  }
}

/** Words and values of callers stay out of the server's log. */
const SETTINGS = [
  `listen_addresses=${HOST}`,
  'unix_socket_directories=',
  'max_connections=50',
  'shared_buffers=64MB',
  'logging_collector=on',
  'log_directory=log',
  'log_filename=%a.log',
  'log_truncate_on_rotation=on',
  'log_rotation_age=1d',
  'log_min_error_statement=panic',
  'log_parameter_max_length=0',
  'log_error_verbosity=terse',
];

/** Starts the server on the port it had, or on another where that is taken; gives back why it did not, if so. */
async function launch(dir: string, { run }: Bundled): Promise<string> {
  const access = await readAccess(dir);
  const port = (await isFree(access.port)) ? access.port : await freePort();
  if (port !== access.port) await writeAccess(dir, { ...access, port });
  const settings = [`port=${port}`, ...SETTINGS].map((setting) => `-c '${setting}'`).join(' ');
  const { code, said } = await run('pg_ctl', [
    ...['start', '-D', dir, '-l', join(dir, 'start.log'), '-w', '-t', '25', '-o', settings],
  ]);
  return code === 0 ? '' : said.trim();
}

/** Whether the server on that port is the one of this folder: after a reboot another may have the port. */
async function answers(server: Server, dir: string): Promise<boolean> {
  const rows = await ask(server, 'select current_setting($1) as dir', ['data_directory']).catch(() => []);
  return (rows[0] as { dir?: string } | undefined)?.dir === dir;
}

/** Connections of other processes. */
async function others(server: Server): Promise<number> {
  const rows = await ask(
    server,
    `select count(*)::int as n from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()`,
    [],
  ).catch(() => []);
  return (rows[0] as { n?: number } | undefined)?.n ?? 0;
}

async function ask(server: Server, text: string, values: unknown[]): Promise<unknown[]> {
  const client = new pg.Client({ ...server, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query(text, values)).rows as unknown[];
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function listens(port: number): Promise<number | undefined> {
  const probe = createServer().listen(port, HOST);
  try {
    await once(probe, 'listening');
    return (probe.address() as AddressInfo).port;
  } catch {
    return undefined;
  } finally {
    probe.close();
  }
}

const isFree = async (port: number): Promise<boolean> => (await listens(port)) === port;

async function freePort(): Promise<number> {
  const port = await listens(0);
  if (port === undefined) throw new LivelineError('DATABASE_UNAVAILABLE', `no port is free on ${HOST}`);
  return port;
}
