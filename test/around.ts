// Around all tests: says what cannot be tested here; afterwards the database servers that they shared go, and their
// folders with them.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { silentLog } from '../src/base/log.ts';
import { embedded } from '../src/store/embedded/embedded.ts';
import { findPostmaster, isAlive } from '../src/store/embedded/postmaster.ts';
import { dropTemplates, SIZES, TEST_DATA_DIRS } from './doubles/databases.ts';

const BUILD_CONSOLE = fileURLToPath(new URL('../scripts/build-console.ts', import.meta.url));

export default async function (): Promise<() => Promise<void>> {
  if (SIZES.length < 2)
    console.warn(
      'SKIPPED: every test on a server PostgreSQL, as TEST_DATABASE_URL names none. The same tests run on the embedded one.',
    );
  // The console is tested as it is served, and not as it was when it was built last.
  execFileSync(process.execPath, [BUILD_CONSOLE, '--if-stale'], { stdio: 'inherit' });
  // Workers are started with it.
  process.env['LIVELINE_TEST_RUN'] = String(process.pid);
  // And whatever they start: a server compiles its sources for longer than it takes to begin.
  const compiled = await mkdtemp(join(tmpdir(), 'liveline-compiled-'));
  process.env['NODE_COMPILE_CACHE'] = compiled;
  return async () => {
    await dropTemplates(String(process.pid));
    // Who ends only now writes there at the very end.
    await rm(compiled, { recursive: true, force: true, maxRetries: 10 });
    if (!existsSync(TEST_DATA_DIRS)) return;
    const ours = (await readdir(TEST_DATA_DIRS)).filter(isOver);
    await Promise.all(ours.map((name) => letGo(join(TEST_DATA_DIRS, name))));
    // Not where another run of the tests still has one.
    await rmdir(TEST_DATA_DIRS).catch(() => undefined);
  };
}

/** Of this run, or of one that was killed. */
function isOver(name: string): boolean {
  const run = Number(name.split('-')[0]);
  return run === process.pid || !isAlive(run);
}

async function letGo(dataDir: string): Promise<void> {
  const server = embedded(dataDir, silentLog);
  await server.stop();
  if (!(await findPostmaster(server.dir))) await rm(dataDir, { recursive: true, force: true });
}
