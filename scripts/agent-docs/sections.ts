// The pages that people write, and the sections in them that are taken from the code: between two comments, by name.
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { BUILT_INS } from '../../src/tools/built-in/all.ts';
import type { Tool } from '../../src/tools/tool.ts';
import type { WrittenFile } from './files.ts';
import { fieldTable } from './reference.ts';
import { campaignSchema } from './schema.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const at = (path: string): string => resolve(ROOT, path);

/** As they should be, given how they are. Throws where a page has lost the comments around a section. */
export const filledPages = async (): Promise<WrittenFile[]> => [
  await filled('docs/tools.md', 'built-ins', builtInsTable(BUILT_INS)),
  await filled('docs/crm.md', 'example', yamlBlock(await readFile(at('fixtures/crm/example.yaml'), 'utf8'))),
  await filled('docs/campaigns.md', 'settings', fieldTable(campaignSchema())),
];

async function filled(page: string, section: string, holds: string): Promise<WrittenFile> {
  const path = at(page);
  return { path, text: withSection(await readFile(path, 'utf8'), section, holds) };
}

export function withSection(text: string, section: string, holds: string): string {
  const begin = `<!-- ${section}: written by \`npx node scripts/write-agent-docs.ts\` -->\n`;
  const end = `<!-- /${section} -->`;
  const [before, rest, ...more] = text.split(begin);
  const [old, after, ...twice] = rest?.split(end) ?? [];
  if (old === undefined || after === undefined || more.length + twice.length > 0)
    throw new Error(`the page needs "${begin.trim()}" once, and "${end}" once behind it`);
  return `${before ?? ''}${begin}${holds}${end}${after}`;
}

const yamlBlock = (yaml: string): string => `\`\`\`yaml\n${yaml.trimEnd()}\n\`\`\`\n`;

const builtInsTable = (tools: readonly Tool[]): string =>
  [
    '| tool | | arguments | changes something | time limit |',
    '|---|---|---|---|---|',
    ...tools.map((tool) => `| ${cellsOf(tool).join(' | ')} |`),
    '',
  ].join('\n');

function cellsOf({ declaration: { name, description, parameters }, effect, timeoutMs }: Tool): string[] {
  const back = effect?.reverses?.map((one) => (one === name ? 'itself' : `\`${one}\``)) ?? [];
  const changes = effect === undefined ? 'no' : ['yes', ...back.map((one) => `takes back ${one}`)].join('; ');
  const asked = Object.keys((parameters as { properties?: object }).properties ?? {});
  return [
    `\`${name}\``,
    firstSentence(description),
    asked.map((one) => `\`${one}\``).join(', '),
    changes,
    `${timeoutMs / 1_000} s`,
  ];
}

const firstSentence = (text: string): string => /^.*?\.(?= |$)/s.exec(text)?.[0] ?? text;
