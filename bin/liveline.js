#!/usr/bin/env node
// The launcher. A clone runs its TypeScript directly; an installed package runs what `prepack` compiled, because
// Node strips no types under node_modules.
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
