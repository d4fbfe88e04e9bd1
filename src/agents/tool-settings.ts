// The tools of a profile: built-in ones by name, files of others, servers of others, and how calls are treated.
import { z } from 'zod';
import { toolNames, type ToolEntry } from '../tools/entries.ts';

import { words } from './fields.ts';

const MODULE = /\.[cm]?[jt]s$/;
const expected =
  `expected one of ${toolNames.map((name) => `"${name}"`).join('|')}, a file of tools such as "./tools/orders.yaml" ` +
  'or "./my-tools.ts", or fields';

const TIMEOUT = 'expected milliseconds, from 100 to 120000';
const timeoutMs = z.int(TIMEOUT).min(100, TIMEOUT).max(120_000, TIMEOUT);

const file = z
  .string()
  .regex(/\.(?:[cm]?[jt]s|ya?ml)$/, expected)
  .transform((path): ToolEntry =>
    MODULE.test(path) ? { is: 'module', file: path, version: '' } : { is: 'http', file: path, specs: [] },
  );

const settings = z
  .strictObject({
    name: words.describe('Which tool: a built-in one, or one of the files and servers in this list.'),
    behavior: z
      .enum(['blocking', 'non-blocking'])
      .optional()
      .describe('Whether the agent waits in silence for what comes of it.'),
    scheduling: z
      .enum(['silent', 'when-idle', 'interrupt'])
      .optional()
      .describe('When the agent speaks of what came of a call that it did not wait for.'),
    timeout_ms: timeoutMs
      .optional()
      .describe('By then the agent is told that it takes too long; as the tool has it when left out.'),
    late_result: z
      .enum(['tell', 'drop'])
      .optional()
      .describe(
        'What becomes of a result that comes after the caller has moved on, or after timeout_ms; "tell" where the tool changes something, and "drop" otherwise, when left out.',
      ),
    effect: z
      .boolean('expected true or false')
      .optional()
      .describe(
        'Whether it changes something in the world, and so is done once for the same arguments in a call; of a tool of yours or of a server, in place of what that says of itself.',
      ),
    announce: words
      .optional()
      .describe('What the agent says before it calls the tool, such as "One moment, I will look".'),
  })
  .transform(({ timeout_ms, late_result, ...rest }): ToolEntry => ({
    is: 'named',
    ...rest,
    ...(timeout_ms !== undefined && { timeoutMs: timeout_ms }),
    ...(late_result && { lateResult: late_result }),
  }));

const environmentOf = z.record(z.string().min(1), z.string('expected text, in quotes')).default({});
const allowed = z
  .array(words)
  .min(1, 'expected the names of the tools that the agent may use')
  .describe('The tools of the server that the agent may use; there is no "all".');
const server = {
  mcp: words.describe('An MCP server: a name for people, for the log.'),
  tools: allowed,
  timeout_ms: timeoutMs.default(10_000).describe('For a call of one of its tools.'),
};

const started = z
  .strictObject({
    ...server,
    command: words.describe(
      'The program that is started, and spoken with over its standard input and output.',
    ),
    args: z.array(z.string('expected text, in quotes')).default([]).describe('Its arguments.'),
    env: environmentOf.describe('Its environment, beside PATH and the like; may hold {{secret.<name>}}.'),
    cwd: words.optional().describe('The folder it runs in.'),
  })
  .transform(({ mcp, tools: names, timeout_ms, ...by }): ToolEntry => ({
    is: 'mcp',
    server: { name: mcp, tools: names, by, allowPrivate: true, timeoutMs: timeout_ms },
  }));

const reached = z
  .strictObject({
    ...server,
    url: z
      .string()
      .regex(/^https?:\/\/\S+$/, 'expected an address such as https://tools.example.com/mcp')
      .describe('Where it is reached, over streamable HTTP.'),
    headers: environmentOf.describe('Sent with every request; may hold {{secret.<name>}}.'),
    allow_private: z
      .boolean()
      .default(false)
      .describe('Whether the address may be on this machine or in a private network.'),
  })
  .transform(({ mcp, tools: names, timeout_ms, allow_private, ...by }): ToolEntry => ({
    is: 'mcp',
    server: { name: mcp, tools: names, by, allowPrivate: allow_private, timeoutMs: timeout_ms },
  }));

const named = z.enum(toolNames, expected).transform((name): ToolEntry => ({ is: 'named', name }));

const entry = z.union([named, file, settings, started, reached], expected);

const nameOf = (one: ToolEntry): string =>
  one.is === 'named' ? one.name : one.is === 'mcp' ? `mcp ${one.server.name}` : one.file;

/** Where nothing else is listed, a name that is not built in is a slip of the pen. */
const isKnown = (one: ToolEntry, all: readonly ToolEntry[]): boolean =>
  one.is !== 'named' || toolNames.includes(one.name) || all.some(({ is }) => is !== 'named');

export const tools = z
  .union(
    [file.transform((one): readonly ToolEntry[] => [one]), z.array(entry)],
    'expected a list, or a file of tools',
  )
  .superRefine((all, context) => {
    for (const [at, one] of all.entries())
      if (!isKnown(one, all)) context.addIssue({ code: 'custom', message: expected, path: [at, 'name'] });
    if (new Set(all.map(nameOf)).size < all.length) context.addIssue('expected every tool once');
  })
  .default([])
  .describe(
    'What the agent can do: built-in tools by name, or fields with a name; files of tools (YAML for requests over HTTP, TypeScript for your own code); MCP servers.',
  );
