// The agents as operators see them: made of the profiles in force and of the news of their files. Pure.
import { faultIn } from '../agents/load.ts';
import type { ProfileText } from '../agents/profile-texts.ts';
import type { Profile } from '../agents/profile.ts';
import type { RosterNews } from '../call/roster-keeper.ts';
import type { AgentList, AgentView, FaultView } from './agent-view.ts';
import { lineDiff } from './line-diff.ts';

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
  const { name, version, language, voice, model, direction, numbers } = profile;
  const own = textOf(news.texts, name);
  const file = own?.file ?? null;
  return {
    ...{ name, version, file, language, voice: voice ?? null, model, direction },
    numbers: numbers === '*' ? '*' : [...numbers],
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
