// Writes the JSON Schema and the reference of profiles from their schema in src/agents, and into the pages on tools, CRMs and
// campaigns what they take from the code. With --check it writes nothing, and fails where a file is not what it would write.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { agentDocs } from './agent-docs/files.ts';
import { filledPages } from './agent-docs/sections.ts';

const isCheck = process.argv.includes('--check');

for (const { path, text } of [...(await agentDocs()), ...(await filledPages())]) {
  const before = await readFile(path, 'utf8').catch(() => undefined);
  if (before === text) continue;
  if (isCheck) {
    console.error(`${path} is not fresh: run npx node scripts/write-agent-docs.ts`);
    process.exitCode = 1;
    continue;
  }
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
  console.log(`wrote ${path}`);
}
