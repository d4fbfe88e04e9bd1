// The embedded database: a PostgreSQL server as a process of its own on a folder of ours. It outlives us when we are
// killed, and is found again; a lock on the folder and an atomic rename decide every race between processes.
import { mkdir, readFile, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LivelineError, messageOf } from '../../base/errors.ts';
import { newToken } from '../../base/ids.ts';
import type { Log } from '../../base/log.ts';
import { bundledPostgres, type Bundled } from './bundled.ts';
import {
  checkVersion,
  fault,
  prepareFolder,
  reasonIn,
  readAccess,
  writeAccess,
  USER,
} from './embedded-folder.ts';
import { lockFolder } from './embedded-lock.ts';
import { findPostmaster, forgetGone } from './postmaster.ts';
import { answers, others, type Server } from './server.ts';

export type { Server };

export interface Embedded {
  readonly dir: string;
  /**
   * The server as it runs now; starts it when it does not. Who connects must be ready to ask again: until then another
   * process may stop it. Throws DATABASE_UNAVAILABLE, or DATABASE_REFUSED where no later attempt helps.
   */
  ensure(): Promise<Server>;
  /** Stops the server, unless another process still uses it. Never throws. */
  stop(): Promise<void>;
}

const HOST = '127.0.0.1';
const DATABASE = 'postgres';
/** A crashed server replays its log first; ours is small. */
const STARTS_WITHIN_MS = 30_000;
const LOOK_AGAIN_MS = 50;
/** What a rival or the last of a killed server can be in the way of, a few attempts outlast: 6 s with the pauses. */
const LAUNCHES = 10;
const LONGEST_PAUSE_MS = 1_000;
/** To end a start that is under way; with the rest of what closing takes (database.ts), some 8 s. */
const GIVES_UP_WITHIN_MS = 5_000;

/** `dataDir`: made when it is not there. */
export function embedded(dataDir: string, log: Log): Embedded {
  const dir = resolve(dataDir, 'postgres');
  const name = `liveline-${newToken().slice(0, 12)}`;
  let bundled: Promise<Bundled> | undefined;
  let ensuring: Promise<Server> | undefined;
  let stopping: Promise<void> | undefined;

  const programs = (): Promise<Bundled> => (bundled ??= bundledPostgres(resolve(dataDir)));

  const find = async (): Promise<Server | undefined> => {
    const postmaster = await findPostmaster(dir);
    if (!postmaster?.isReady) return undefined;
    const { password } = await readAccess(dir);
    const { port } = postmaster;
    const server = { host: HOST, port, user: USER, password, database: DATABASE, application_name: name };
    return (await answers(server, dir)) ? server : undefined;
  };

  const start = async (): Promise<Server> => {
    // The machine's time and no Clock: what is waited for here are processes, which keep to no other.
    const giveUpMs = Date.now() + STARTS_WITHIN_MS;
    let failure = '';
    for (let launches = 0; Date.now() < giveUpMs && launches < LAUNCHES;) {
      const found = await find();
      if (found) return found;
      let pauseMs = LOOK_AGAIN_MS;
      if (!(await findPostmaster(dir))) {
        // Before the programs are looked for: as whom they run hangs on the way to it.
        await mkdir(dataDir, { recursive: true });
        failure = await prepareFolder(dir, await programs(), log);
        if (failure === '') {
          failure = await launch(dir, await programs(), log);
          if (failure === '') continue;
          pauseMs = Math.min(LOOK_AGAIN_MS * 2 ** launches++, LONGEST_PAUSE_MS);
        }
      }
      // Not before: what starts at once is started, and stopped then, and nobody is left behind.
      if (stopping) throw fault('DATABASE_UNAVAILABLE', dir, 'was told to stop before it answered');
      await sleep(pauseMs);
    }
    throw fault('DATABASE_UNAVAILABLE', dir, `does not start: ${failure || `see ${join(dir, 'log')}`}`);
  };

  const startEnds = async (): Promise<void> => {
    const late = new AbortController();
    const start = Promise.resolve(ensuring).then(
      () => 'ended' as const,
      () => 'ended' as const,
    );
    const timer = sleep(GIVES_UP_WITHIN_MS, 'late' as const, { signal: late.signal }).catch(
      () => 'late' as const,
    );
    const came = await Promise.race([start, timer]);
    late.abort();
    if (came === 'late') throw new Error('it is still being started');
  };

  const halt = async (): Promise<void> => {
    const server = await find();
    if (!server) return;
    if ((await others(server)) > 0) {
      log.debug({ dir }, 'another process uses the embedded PostgreSQL: it is left running');
      return;
    }
    const { run } = await programs();
    const { code, said } = await run('pg_ctl', ['stop', '-D', dir, '-m', 'fast', '-w', '-t', '20']);
    if (code !== 0 && (await findPostmaster(dir))) throw new Error(said.trim());
  };

  return {
    dir,
    ensure: () =>
      (ensuring ??= Promise.resolve(stopping)
        .then(start)
        .catch((thrown: unknown) => {
          throw asFault(thrown, dir);
        })
        .finally(() => {
          ensuring = undefined;
        })),
    stop: () =>
      (stopping ??= startEnds()
        .then(halt)
        .catch((thrown: unknown) => {
          const reason = messageOf(thrown);
          log.warn({ dir, reason }, 'the embedded PostgreSQL was not stopped; the next start finds it');
        })
        .finally(() => {
          stopping = undefined;
        })),
  };
}

/** Of errno(3): what is wrong with DATA_DIR itself. */
const FOLDER_FAULTS = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST']);

function asFault(thrown: unknown, dir: string): LivelineError {
  if (thrown instanceof LivelineError) return thrown;
  const { code = '' } = thrown as NodeJS.ErrnoException;
  return FOLDER_FAULTS.has(code)
    ? fault(
        'DATABASE_REFUSED',
        dir,
        `cannot be made: ${messageOf(thrown)}. Set DATA_DIR to a folder that Liveline may write`,
        thrown,
      )
    : fault('DATABASE_UNAVAILABLE', dir, `cannot be used: ${messageOf(thrown)}`, thrown);
}

/** Words and values of callers stay out of the server's log. */
const SETTINGS = [
  `listen_addresses=${HOST}`,
  'unix_socket_directories=',
  // For 24 processes (config.ts); each connection that is not there takes some kilobytes.
  'max_connections=300',
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
async function launch(dir: string, { account, run }: Bundled, log: Log): Promise<string> {
  await checkVersion(dir, run);
  const lock = await lockFolder(dir, account, log);
  if (!lock)
    return 'another process (in another container, perhaps) has its PostgreSQL on this folder; one at a time';
  try {
    const access = await readAccess(dir);
    const port = (await isFree(access.port)) ? access.port : await freePort();
    if (port !== access.port) await writeAccess(dir, { ...access, port });
    await forgetGone(dir);
    const settings = [`port=${port}`, ...SETTINGS].map((setting) => `-c '${setting}'`).join(' ');
    const startLog = join(dir, 'start.log');
    await rm(startLog, { force: true });
    const start = ['start', '-D', dir, '-l', startLog, '-w', '-t', '25', '-o', settings];
    const { code, said } = await run('pg_ctl', start, lock.fd);
    if (code === 0) return '';
    const words = await readFile(startLog, 'utf8').catch(() => '');
    return reasonIn(words === '' ? said : words);
  } finally {
    // The server has it now.
    await lock.close();
  }
}

async function listens(port: number): Promise<number | undefined> {
  // Workers of node:cluster would share the port otherwise, and each call it free.
  const probe = createServer().listen({ port, host: HOST, exclusive: true });
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
