// The tools that keys of a caller's telephone run by themselves: which of them can be run so, and what a profile's keys run and
// cannot. Runs nothing, and asks nobody.
import { z } from 'zod';
import { BUILT_INS } from '../tools/built-in/all.ts';
import type { ToolEntry } from '../tools/entries.ts';
import type { Tool } from '../tools/tool.ts';
import type { Profile } from './profile.ts';

/** What a tool has to be given. */
export interface ToolNeeds {
  readonly args: readonly string[];
  /** Of its caller. */
  readonly typing: boolean;
}

const requiring = z.object({ required: z.array(z.string()) });

export const needsOf = ({ declaration, secrets = [] }: Pick<Tool, 'declaration' | 'secrets'>): ToolNeeds => ({
  args: requiring.safeParse(declaration.parameters).data?.required ?? [],
  typing: secrets.length > 0,
});

/** Undefined: it can. A key gives no arguments, and nobody has asked its caller to type. */
export function whyNotByKey({ args, typing }: ToolNeeds): string | undefined {
  if (args.length > 0)
    return `it needs ${args.join(', ')}, which a key does not give; leave the tool to the agent`;
  return typing
    ? 'the caller types for it, which only the agent can ask for; leave the tool to the agent'
    : undefined;
}

const BUILT_IN: ReadonlyMap<string, ToolNeeds> = new Map(
  BUILT_INS.map((tool) => [tool.declaration.name, needsOf(tool)]),
);

/** Once its files of tools are read. What modules and servers offer is known only later, and less is found here. */
export function keyToolFaults({ keypad, tools }: Pick<Profile, 'keypad' | 'tools'>): {
  readonly path: readonly string[];
  readonly words: string;
}[] {
  const needs = listedIn(tools);
  const hasModules = tools.some(({ is }) => is === 'module');
  return Object.entries(keypad.shortcuts).flatMap(([key, action]) => {
    if (action.do !== 'tool') return [];
    const { name } = action;
    const path = ['keypad', 'shortcuts', key, 'tool'];
    // No module may give a tool of its own the name of a built-in one.
    const isStranger = !needs.has(name) && (!hasModules || BUILT_IN.has(name));
    const known = needs.get(name);
    const why = known && whyNotByKey(known);
    if (isStranger)
      return {
        path,
        words: `"${name}" is not among tools: ${[...needs.keys()].join(', ') || 'none'}; add it there, or this key does nothing`,
      };
    return why === undefined ? [] : { path, words: `a key cannot run "${name}": ${why}` };
  });
}

/** By name; undefined: it is there, and more is not known yet. */
function listedIn(tools: readonly ToolEntry[]): Map<string, ToolNeeds | undefined> {
  const listed = new Map<string, ToolNeeds | undefined>();
  for (const entry of tools) {
    if (entry.is === 'named' && !listed.has(entry.name)) listed.set(entry.name, BUILT_IN.get(entry.name));
    if (entry.is === 'mcp') for (const name of entry.server.tools) listed.set(name, undefined);
    if (entry.is === 'http')
      for (const { name, parameters, secrets } of entry.specs)
        listed.set(name, {
          args: Object.entries(parameters).flatMap(([arg, { required }]) => (required ? arg : [])),
          typing: Object.keys(secrets).length > 0,
        });
  }
  return listed;
}
