// A desk of a test's own: a profile in a folder with files of its own beside it, and what became of its calls. Knows no tool.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { RawBuilder } from 'kysely';
import { expect, vi, type TestContext } from 'vitest';
import type { Clock } from '../../src/base/clock.ts';
import { silentLog } from '../../src/base/log.ts';
import type { CallRecord } from '../../src/records/record.ts';
import { scriptOf, type Script, type ScriptSource } from '../../src/simulator/model/script.ts';
import type { PhoneCall } from '../../src/simulator/phone/call.ts';
import { openDatabase } from '../../src/store/database.ts';
import { sharedDatabaseUrl, TEST_DATA_DIR } from '../doubles/databases.ts';
import { freshFolder } from '../doubles/fresh-folder.ts';
import { agentsWith, audioDir, world, type World } from './rig.ts';

type Context = Pick<TestContext, 'onTestFinished'>;

export interface DeskOptions {
  /** Of the profile, beside its name and numbers; they may replace greeting and instructions. */
  readonly profile: string;
  /** By name, put beside the profile. */
  readonly files?: Readonly<Record<string, string>>;
  readonly script: ScriptSource;
  readonly model?: Parameters<typeof world>[1];
  readonly environment?: Parameters<typeof world>[2];
  readonly clock?: Clock;
}

export interface Desk extends World {
  readonly dir: string;
  readonly databaseUrl: string;
  readonly write: (name: string, text: string) => void;
  readonly record: (call: Pick<PhoneCall, 'callSid'>) => Promise<CallRecord>;
}

export const scriptFrom = (source: ScriptSource): Script => scriptOf(source, audioDir);

/** With a greeting and instructions, where the lines have none. */
export function profileOf(lines: string): string {
  const orElse = (field: string, value: string): string =>
    new RegExp(`^${field}:`, 'm').test(lines) ? '' : `${field}: ${value}\n`;
  return `name: Desk\nnumbers: '*'\n${orElse('greeting', 'Hello.')}${orElse('instructions', 'Help.')}${lines}\n`;
}

export async function openDesk(context: Context, options: DeskOptions): Promise<Desk> {
  const dir = agentsWith('', context);
  const write = (name: string, text: string): void => {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), text);
  };
  write('receptionist.yaml', profileOf(options.profile));
  for (const [name, text] of Object.entries(options.files ?? {})) write(name, text);
  const databaseUrl = options.environment?.['DATABASE_URL'] ?? (await sharedDatabaseUrl());
  const there = await world(
    context,
    { script: scriptFrom(options.script), ...options.model },
    { AGENTS_DIR: dir, ...options.environment },
    options.clock,
  );
  return {
    ...there,
    dir,
    databaseUrl,
    write,
    record: async ({ callSid }) => {
      const url = `${there.app.publicBaseUrl}/api/v1/calls/${callSid}`;
      return vi.waitFor(
        async () => {
          const record = (await (await fetch(url)).json()) as CallRecord;
          expect(record.endedAt).toEqual(expect.any(String));
          return record;
        },
        { timeout: 15_000, interval: 100 },
      );
    },
  };
}

/** Rows of a server's own database. */
export async function rowsOf<Row>(databaseUrl: string, query: RawBuilder<Row>): Promise<Row[]> {
  const database = openDatabase({ url: databaseUrl, dataDir: TEST_DATA_DIR, log: silentLog });
  try {
    await database.ready();
    return (await query.execute(database.sql)).rows;
  } finally {
    await database.close();
  }
}

/** A file that tools write to, and what stands in it. */
export function ledger(context: Context): { file: string; lines: () => string[] } {
  const file = join(freshFolder(context), 'ledger.txt');
  writeFileSync(file, '');
  return { file, lines: () => readFileSync(file, 'utf8').split('\n').filter(Boolean) };
}

export interface WritingTool {
  readonly ledger: string;
  readonly takesMs?: number;
  readonly timeoutMs?: number;
  /** False: it only looks, and writes "aborted" where its signal fires. */
  readonly effect?: boolean;
  /** It also writes that it has begun. */
  readonly saysBegun?: boolean;
  /** Which edition of the module it is. */
  readonly edition?: string;
}

/** `write_line`, as an operator would write it: it appends one line to a file, and says which. */
export const writingTool = (tool: WritingTool): Record<string, string> => ({
  'my-tools.ts': `
import { setTimeout as sleep } from 'node:timers/promises';
import { note } from './ledger.ts';

interface Kit { defineTool: (definition: object) => unknown; z: any }
interface Context { toolCallId: string; signal: AbortSignal }
export default ({ defineTool, z }: Kit) => [
  defineTool({
    name: 'write_line',
    description: 'Writes a line down.',
    args: z.object({ text: z.string().describe('What to write.') }),
    timeoutMs: ${tool.timeoutMs ?? 20_000},
    ${tool.effect === false ? '' : 'effect: {},'}
    async run({ text }: { text: string }, { toolCallId, signal }: Context) {
      ${tool.saysBegun === true ? "note('begun');" : ''}
      await sleep(${tool.takesMs ?? 0}, undefined, { signal }).catch((thrown: unknown) => {
        note('aborted');
        throw thrown;
      });
      note(text);
      return { tell: { message: 'It is written.', edition: '${tool.edition ?? 'first'}', by: toolCallId } };
    },
  }),
];
`,
  'ledger.ts': `
import { appendFileSync } from 'node:fs';
export const note = (text: string): void => appendFileSync(${JSON.stringify(tool.ledger)}, text + '\\n');
`,
});
