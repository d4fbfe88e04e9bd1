// Writes the JSON Schema and the reference of profiles from their schema in src/agents. With --check it writes nothing, and
// fails where a file is not what it would write.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { agentDocs } from './agent-docs/files.ts';

const isCheck = process.argv.includes('--check');

for (const { path, text } of await agentDocs()) {
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
