// The agents as the server has them loaded, and what stands against their files. These schemas are the types and the documentation.
import { z } from 'zod';
import type { RosterNews } from '../call/roster-keeper.ts';
import type { ProfileText } from '../agents/profile-texts.ts';
import { faultIn } from '../agents/load.ts';
import type { Profile } from '../agents/profile.ts';
import { lineDiff } from './line-diff.ts';

const diffLine = z
  .object({
    is: z.enum(['same', 'added', 'removed', 'gap']),
    text: z.string(),
    line: z
      .int()
      .describe(
        'Counts from 1: of a removed line in the file before, else in the file now; of a gap, its lines.',
      ),
  })
  .meta({ id: 'DiffLine' });

const change = z
  .object({
    kind: z
      .enum(['taken', 'waiting'])
      .describe(
        'taken: new calls go by it. waiting: the file on disk, which is not taken, against what is loaded.',
      ),
    at: z.iso.datetime().describe('When it was read.'),
    lines: z.array(diffLine),
  })
  .meta({ id: 'ProfileChange' });

const fault = z
  .object({
    file: z.string().nullable().describe('Null: it is of no file.'),
    line: z.int().nullable(),
    column: z.int().nullable(),
    words: z.string().describe('What was expected there.'),
  })
  .meta({ id: 'ProfileFault' });
export type FaultView = z.output<typeof fault>;

export const agentView = z
  .object({
    name: z.string(),
    version: z.string().describe('Which wording: the same files give the same version.'),
    file: z.string().nullable(),
    language: z.string(),
    voice: z.string().nullable().describe('Null: the model chooses.'),
    model: z.string(),
    direction: z.enum(['inbound', 'outbound', 'both']),
    numbers: z
      .union([z.literal('*'), z.array(z.string())])
      .describe('Which it answers; `*`: whatever no other profile does.'),
    campaigns: z.union([z.literal('*'), z.array(z.string())]),
    instructions: z.string(),
    greeting: z.string(),
    tools: z.array(z.string()).describe('By name; a file or a server of tools by its own.'),
    destinations: z.array(z.string()).describe('Where it can send callers.'),
    handsOverTo: z.array(z.string()),
    isRecorded: z.boolean(),
    faults: z.array(fault).describe('Of its file as it is now.'),
    change: change.nullable().describe('The last one since the server started.'),
  })
  .meta({ id: 'Agent' });
export type AgentView = z.output<typeof agentView>;

export const agentList = z
  .object({
    agents: z.array(agentView).describe('As they take calls now.'),
    faults: z
      .array(fault)
      .describe('Of files that belong to none of them. While there is any fault, no file is taken.'),
    readAt: z.iso.datetime().describe('When what is loaded was read.'),
    failedAt: z.iso.datetime().nullable().describe('When the last reading failed; null: it did not.'),
    added: z.array(z.string()).describe('By the last change.'),
    removed: z.array(z.string()),
  })
  .meta({ id: 'AgentList' });
export type AgentList = z.output<typeof agentList>;

const iso = (epochMs: number): string => new Date(epochMs).toISOString();

export function agentListOf(profiles: readonly Profile[], news: RosterNews): AgentList {
  const faults = (news.failed?.faults ?? []).map(viewOfFault);
  const agents = profiles.map((profile) => agentOf(profile, news, faults));
  const owned = new Set(agents.flatMap(({ file }) => file ?? []));
  const names = new Set(profiles.map(({ name }) => name));
  const before = new Set((news.before ?? []).flatMap(({ name }) => name ?? []));
  return {
    agents,
    faults: faults.filter(({ file }) => file === null || !owned.has(file)),
    readAt: iso(news.readMs),
    failedAt: news.failed ? iso(news.failed.atMs) : null,
    added: news.before ? [...names].filter((name) => !before.has(name)) : [],
    removed: [...before].filter((name) => !names.has(name)),
  };
}

function agentOf(profile: Profile, news: RosterNews, faults: readonly FaultView[]): AgentView {
  const { name, version, language, voice, model, direction, numbers, campaigns } = profile;
  const own = textOf(news.texts, name);
  const file = own?.file ?? null;
  return {
    ...{ name, version, file, language, voice: voice ?? null, model, direction },
    numbers: numbers === '*' ? '*' : [...numbers],
    campaigns: campaigns === '*' ? '*' : [...campaigns],
    instructions: profile.instructions,
    greeting: profile.greeting,
    tools: profile.tools.flatMap(toolsIn),
    destinations: profile.destinations.map((destination) => destination.name),
    handsOverTo: profile.handOverTo.map((agent) => agent.name),
    isRecorded: profile.recording !== false,
    faults: faults.filter((each) => file !== null && each.file === file),
    change: own ? changeOf(own, news) : null,
  };
}

/** What waits on disk tells more than what was taken before. */
function changeOf(own: ProfileText, { before, failed, readMs }: RosterNews): AgentView['change'] {
  const waiting = failed?.texts.find(({ file }) => file === own.file);
  if (failed && waiting && waiting.text !== own.text)
    return { kind: 'waiting', at: iso(failed.atMs), lines: [...lineDiff(own.text, waiting.text)] };
  const old = before?.find(({ file }) => file === own.file);
  if (!old || old.text === own.text) return null;
  return { kind: 'taken', at: iso(readMs), lines: [...lineDiff(old.text, own.text)] };
}

const textOf = (texts: readonly ProfileText[], name: string): ProfileText | undefined =>
  texts.find((text) => text.name === name);

function toolsIn(entry: Profile['tools'][number]): readonly string[] {
  if (entry.is === 'named') return [entry.name];
  if (entry.is === 'http') return entry.specs.map(({ name }) => name);
  return [entry.is === 'module' ? (entry.file.split('/').at(-1) ?? entry.file) : entry.server.name];
}

function viewOfFault(line: string): FaultView {
  const found = faultIn(line);
  return found ?? { file: null, line: null, column: null, words: line };
}
