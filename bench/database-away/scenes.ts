// What becomes of the database in each scene, and how it is undone. Knows no calls.
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundledPostgres } from '../../src/store/embedded/bundled.ts';
import { findPostmaster } from '../../src/store/embedded/postmaster.ts';
import type { TcpProxy } from '../../test/doubles/tcp-proxy.ts';

export interface Place {
  /** Undefined: the database is the embedded one in `dataDir`. */
  readonly proxy: TcpProxy | undefined;
  readonly dataDir: string;
}

export interface Scene {
  readonly name: string;
  readonly database: 'behind a proxy' | 'embedded';
  /** So many bytes may wait on disk. */
  readonly spoolBytes: number;
  /** A call that tells more than disk and memory hold. */
  readonly isFlooded: boolean;
  /** `moment`: it is over by itself, or is to be. */
  readonly lasts: 'while' | 'moment';
  readonly strike: (place: Place) => void | Promise<void>;
  readonly undo: (place: Place) => void | Promise<void>;
}

const SPOOL_BYTES = 64_000_000;
const nothing = (): void => undefined;
const ofServer = {
  database: 'behind a proxy',
  spoolBytes: SPOOL_BYTES,
  isFlooded: false,
  lasts: 'while',
} as const;
const ofEmbedded = { ...ofServer, database: 'embedded', lasts: 'moment' } as const;
const TINY = { spoolBytes: 200_000, isFlooded: true } as const;
const cut = ({ proxy }: Place): void => proxy?.close('cut');
const open = ({ proxy }: Place): void => proxy?.open();

/** The same calls without a fault. */
export const BASELINES = {
  server: { name: 'nothing happens', ...ofServer, strike: nothing, undo: nothing },
  flooded: { name: 'nothing happens, flooded', ...ofServer, ...TINY, strike: nothing, undo: nothing },
  embedded: { name: 'nothing happens, embedded', ...ofEmbedded, strike: nothing, undo: nothing },
} as const satisfies Readonly<Record<string, Scene>>;

export const SCENES: readonly Scene[] = [
  { name: 'cut off', ...ofServer, strike: cut, undo: open },
  { name: 'silent', ...ofServer, strike: ({ proxy }) => proxy?.close('silent'), undo: open },
  { name: 'away for longer than fits', ...ofServer, ...TINY, strike: cut, undo: open },
  { name: 'cut off, spool unwritable', ...ofServer, strike: cutWithoutSpool, undo: openWithSpool },
  { name: 'postmaster killed', ...ofEmbedded, strike: killPostmaster, undo: nothing },
  { name: 'restarted', ...ofEmbedded, strike: restart, undo: nothing },
];

export const baselineOf = ({ database, isFlooded }: Scene): Scene =>
  database === 'embedded' ? BASELINES.embedded : isFlooded ? BASELINES.flooded : BASELINES.server;

/** A file where the folder should be refuses every write, also to root. */
function cutWithoutSpool(place: Place): void {
  const spool = join(place.dataDir, 'spool');
  rmSync(spool, { recursive: true, force: true });
  writeFileSync(spool, '');
  cut(place);
}

function openWithSpool(place: Place): void {
  rmSync(join(place.dataDir, 'spool'));
  open(place);
}

async function killPostmaster({ dataDir }: Place): Promise<void> {
  const postmaster = await findPostmaster(join(dataDir, 'postgres'));
  if (!postmaster) throw new Error('no embedded PostgreSQL runs here');
  process.kill(postmaster.pid, 'SIGKILL');
}

async function restart({ dataDir }: Place): Promise<void> {
  const { run } = await bundledPostgres(dataDir);
  const dir = join(dataDir, 'postgres');
  const log = join(dir, 'start.log');
  const { code, said } = await run('pg_ctl', ['restart', '-D', dir, '-m', 'fast', '-w', '-l', log]);
  if (code !== 0) throw new Error(`PostgreSQL was not restarted: ${said.trim()}`);
}
