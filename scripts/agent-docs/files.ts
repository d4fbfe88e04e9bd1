// The files that are written from the schema of a profile, and what they should hold.
import { resolve } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { reference } from './reference.ts';
import { agentSchema } from './schema.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const at = (path: string): string => resolve(ROOT, path);

export interface WrittenFile {
  readonly path: string;
  readonly text: string;
}

export async function agentDocs(): Promise<WrittenFile[]> {
  const schema = agentSchema();
  const schemaPath = at('fixtures/agents/agent.schema.json');
  const style = { ...(await resolveConfig(schemaPath)), filepath: schemaPath };
  return [
    { path: schemaPath, text: await format(JSON.stringify(schema), style) },
    { path: at('docs/agents.md'), text: reference(schema) },
  ];
}
