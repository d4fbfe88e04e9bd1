// Whether profiles can be answered with: their tools are to be had, and their models take what they ask for.
import { needsOf, whyNotByKey } from '../agents/key-tools.ts';
import type { KeypadMenu, Leads } from '../agents/keypad-menu.ts';
import type { Profile } from '../agents/profile.ts';
import { systemClock } from '../base/clock.ts';
import { LivelineError, messageOf } from '../base/errors.ts';
import { callId } from '../base/ids.ts';
import type { CarrierCall } from '../carrier/webhooks.ts';
import type { Live, SessionSetup } from '../live/session.ts';
import type { Catalogue } from '../tools/catalogue.ts';
import type { Tool } from '../tools/tool.ts';
import { openingOf } from './opening.ts';
import { toolsFor } from './profile-tools.ts';

const PRETENDED: CarrierCall = {
  id: callId('pretended'),
  from: '+15550100199',
  to: '+15550100100',
  direction: 'inbound',
  status: 'ringing',
};

/** What this profile would open the model with, were it called now by a stranger. */
export const setupOf = (profile: Profile, tools: readonly Tool[]): SessionSetup =>
  openingOf(profile, PRETENDED, toolsFor(profile, tools), systemClock.epochMs()).setup;

/** Throws PROFILE_INVALID for every profile that asks for what its model lacks, all of them together. */
export function checkSetups(
  profiles: readonly Profile[],
  live: Live,
  toolsOf: (profile: Profile) => readonly Tool[],
): void {
  const faults = profiles.flatMap((profile) => {
    try {
      live.check(setupOf(profile, toolsOf(profile)));
      return [];
    } catch (thrown) {
      return [`${profile.name}: ${messageOf(thrown)}`];
    }
  });
  if (faults.length > 0)
    throw new LivelineError(
      'PROFILE_INVALID',
      ['profiles ask for what their models do not take:', ...faults].join('\n  '),
    );
}

/**
 * Throws PROFILE_INVALID for every profile whose tools are not to be had, or whose keys lead to tools that it has not or that no
 * key can run, all of them together.
 */
export async function prepareTools(
  profiles: readonly Profile[],
  catalogue: Pick<Catalogue, 'prepare' | 'toolsOf'>,
): Promise<void> {
  const faults: string[] = [];
  await Promise.all(
    profiles.map(async (profile) => {
      const { name, tools } = profile;
      try {
        await catalogue.prepare(tools);
        for (const words of keyFaults(profile, catalogue.toolsOf(tools))) faults.push(`${name}: ${words}`);
      } catch (thrown) {
        faults.push(`${name}: ${messageOf(thrown)}`);
      }
    }),
  );
  if (faults.length > 0)
    throw new LivelineError('PROFILE_INVALID', ['profiles list tools with faults:', ...faults].join('\n  '));
}

/** What a server offers that is away is known only by its name; it is judged when it is run. */
function* keyFaults({ keypad, menu, tools }: Profile, listed: readonly Tool[]): Generator<string> {
  const found = new Map(listed.map((tool) => [tool.declaration.name, tool]));
  const names = new Set([
    ...found.keys(),
    ...tools.flatMap((entry) => (entry.is === 'mcp' ? entry.server.tools : [])),
  ]);
  const missing = (name: string): string =>
    `the tool "${name}", which this profile does not list; add it to tools`;
  for (const [key, action] of Object.entries(keypad.shortcuts)) {
    if (action.do !== 'tool') continue;
    const at = `keypad.shortcuts.${key}`;
    const tool = found.get(action.name);
    const why = tool && whyNotByKey(needsOf(tool));
    if (!names.has(action.name)) yield `${at} runs ${missing(action.name)}`;
    else if (why !== undefined) yield `${at} cannot run the tool "${action.name}": ${why}`;
  }
  if (!menu?.menu) return;
  for (const [where, name] of toolsOfMenu(menu.menu))
    if (!names.has(name)) yield `${menu.file}: ${where} leads to ${missing(name)}`;
}

function toolsOfMenu({ menus }: KeypadMenu): (readonly [where: string, name: string])[] {
  return menus.flatMap(({ name: page, options, otherwise }) => [
    ...options.flatMap(({ key, leads }) =>
      toolsIn(leads).map((name) => [`key ${key} of ${page}`, name] as const),
    ),
    ...(otherwise ? toolsIn(otherwise) : []).map((name) => [`otherwise of ${page}`, name] as const),
  ]);
}

function toolsIn(leads: Leads): string[] {
  if (leads.to === 'tool') return [leads.name];
  return leads.to === 'say' && leads.then !== undefined ? toolsIn(leads.then) : [];
}
