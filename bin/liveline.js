#!/usr/bin/env -S node --max-semi-space-size=8 --heap-growing-percent=300
// The launcher. A clone runs its TypeScript directly; an installed package runs what `prepack` compiled, because
// Node strips no types under node_modules. The flags: at its own choice V8 collects everything whenever the heap has grown
// by half, or less room is left than its young generation of 32 MB takes; that stopped a hundred calls for 20 ms twice a
// second (measured). They cost memory: up to four times what is in use, some 150 MB at a hundred calls.
import { existsSync } from 'node:fs';

const [major] = process.versions.node.split('.');
if (Number(major) < 24) {
  console.error(
    `Liveline needs Node 24; this is ${process.version}. In a clone, \`npm ci\` brings Node 24 along and \`npx liveline\` uses it.`,
  );
  process.exit(1);
}
const source = new URL('../src/cli.ts', import.meta.url);
await import(existsSync(source) ? source.href : new URL('../dist/cli.js', import.meta.url).href);
