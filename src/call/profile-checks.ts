// Whether profiles can be answered with: their tools are to be had, and their models take what they ask for.
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

/** Throws PROFILE_INVALID for every profile whose tools are not to be had, all of them together. */
export async function prepareTools(profiles: readonly Profile[], catalogue: Catalogue): Promise<void> {
  const faults: string[] = [];
  await Promise.all(
    profiles.map(({ name, tools }) =>
      catalogue.prepare(tools).catch((thrown: unknown) => {
        faults.push(`${name}: ${messageOf(thrown)}`);
      }),
    ),
  );
  if (faults.length > 0)
    throw new LivelineError('PROFILE_INVALID', ['profiles list tools with faults:', ...faults].join('\n  '));
}
