// Builds the console's browser application into dist/console/web, where the server finds it. Runs after every `npm ci`: without the
// packages that build it (`--omit=dev`), or without its sources, it says so and leaves what is there. With --if-stale it builds
// when a source is newer than what was built; with --watch again after every change.
import { existsSync } from 'node:fs';
import { readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type * as Vite from 'vite';

const path = (name: string): string => fileURLToPath(new URL(`../${name}`, import.meta.url));
const root = path('src/console/web');
const built = path('dist/console/web');
/** What the page imports lies in these. */
const SOURCES = ['src/console', 'src/records', 'src/audio', 'src/base'].map(path);

const asked = (flag: string): boolean => process.argv.includes(flag);

async function installed(): Promise<typeof Vite | undefined> {
  try {
    return await import('vite');
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') return undefined;
    throw thrown;
  }
}

/** Milliseconds since 1970. */
async function newestChange(folder: string): Promise<number> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const times = files.map(async (file) => (await stat(join(file.parentPath, file.name))).mtimeMs);
  return Math.max(0, ...(await Promise.all(times)));
}

async function isFresh(): Promise<boolean> {
  const made = await stat(join(built, 'index.html')).catch(() => undefined);
  if (!made) return false;
  return made.mtimeMs >= Math.max(...(await Promise.all(SOURCES.map(newestChange))));
}

async function build(vite: typeof Vite): Promise<void> {
  const config = { root, configFile: join(root, 'vite.config.ts') };
  if (asked('--watch')) {
    await vite.build({ ...config, build: { watch: {} } });
    return;
  }
  // Beside it and then in its place: a server that runs meanwhile serves the one or the other.
  const made = `${built}-${process.pid}`;
  await vite.build({ ...config, logLevel: 'warn', build: { outDir: made, emptyOutDir: true } });
  const before = `${made}-before`;
  await rename(built, before).catch(() => undefined);
  await rename(made, built);
  await rm(before, { recursive: true, force: true });
}

async function main(): Promise<void> {
  if (!existsSync(root)) {
    console.log('the console is not built: its sources are not here');
    return;
  }
  if (asked('--if-stale') && (await isFresh())) return;
  const vite = await installed();
  if (vite) await build(vite);
  else
    console.log('the console is not built: its build packages are not installed (npm ci without --omit=dev)');
}

await main();
