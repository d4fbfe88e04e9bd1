#!/usr/bin/env -S node --max-semi-space-size=8
// The launcher. A clone runs its TypeScript directly; an installed package runs what `prepack` compiled, because
// Node strips no types under node_modules. The flag: V8 collects everything whenever less room is left than its young
// generation takes, and at its own choice of 32 MB that stopped a hundred calls for 20 ms twice a second (measured).
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
