// Builds the console's browser application into dist/console/web, where the server finds it. Runs after every `npm ci`: without the
// packages that build it (`--omit=dev`), or without its sources, it says so and leaves what is there.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type * as Vite from 'vite';

const root = fileURLToPath(new URL('../src/console/web/', import.meta.url));

async function installed(): Promise<typeof Vite | undefined> {
  try {
    return await import('vite');
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') return undefined;
    throw thrown;
  }
}

const vite = await installed();
if (!vite)
  console.log('the console is not built: its build packages are not installed (npm ci without --omit=dev)');
else if (!existsSync(root)) console.log('the console is not built: its sources are not here');
else
  await vite.build({
    root,
    configFile: `${root}vite.config.ts`,
    logLevel: process.argv.includes('--watch') ? 'info' : 'warn',
    ...(process.argv.includes('--watch') && { build: { watch: {} } }),
  });
