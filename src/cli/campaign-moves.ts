// `liveline campaign start`, `pause`, `resume`, `stop` and `clone`: the running server takes each of them up within seconds.
import type { Campaign } from '../campaign/store.ts';
import { timeOf } from './call-filters.ts';
import { zonedTimeText } from './calls-table.ts';
import { campaignOf, withOutbound, type OpenOutbound, type OutboundDesk } from './campaign-desk.ts';
import { visible } from './plain-text.ts';
import { EXIT_BAD_INPUT } from './serve.ts';

/** Resolves to the exit code, as all commands here do; throws what the database throws. */
export async function startCampaign(
  typed: string,
  { at }: { readonly at?: string | undefined },
  desk: OutboundDesk,
): Promise<number> {
  const { terminal, clock } = desk;
  const iso = at !== undefined && /^\d{4}-/.test(at) ? timeOf(at, clock.epochMs(), false) : undefined;
  if (at !== undefined && iso === undefined) {
    terminal.say(
      `--at takes a date or a time, such as 2026-12-01T09:00 or 2026-12-01T09:00-05:00, not "${visible(at)}"`,
    );
    return EXIT_BAD_INPUT;
  }
  return moved(typed, desk, true, async ({ campaigns }, id) => {
    const started = await campaigns.start(id, iso === undefined ? undefined : Date.parse(iso));
    const watch = `liveline campaign status ${JSON.stringify(started.name)} --watch`;
    return scheduledWords(started) ?? `runs: the server calls as soon as it may; ${watch} shows it`;
  });
}

export const pauseCampaign = (typed: string, desk: OutboundDesk): Promise<number> =>
  moved(typed, desk, false, async ({ campaigns }, id) => {
    await campaigns.pause(id);
    return 'is paused: nobody more is called, and calls that were placed go on';
  });

export const resumeCampaign = (typed: string, desk: OutboundDesk): Promise<number> =>
  moved(typed, desk, true, async ({ campaigns }, id) => {
    return scheduledWords(await campaigns.resume(id)) ?? 'goes on';
  });

/** Undefined: it runs. */
const scheduledWords = ({ state, startsAtMs }: Campaign): string | undefined =>
  state === 'scheduled' && startsAtMs !== undefined
    ? `starts at ${zonedTimeText(new Date(startsAtMs).toISOString(), undefined)}, if a server runs then`
    : undefined;

export const stopCampaign = (typed: string, desk: OutboundDesk): Promise<number> =>
  moved(typed, desk, false, async ({ campaigns }, id) => {
    await campaigns.stop(id);
    return 'is stopped for good: calls that ring are canceled, those that are talked on go on';
  });

export async function cloneCampaign(
  typed: string,
  name: string,
  { outcomes }: { readonly outcomes: string },
  desk: OutboundDesk,
): Promise<number> {
  const wanted = outcomes.split(',').map((outcome) => outcome.trim());
  if (name.trim() === '' || wanted.includes('')) {
    desk.terminal.say('clone takes a new name, and --outcomes such as busy,no-answer');
    return EXIT_BAD_INPUT;
  }
  return moved(typed, desk, false, async ({ campaigns }, id) => {
    const made = await campaigns.clone(id, name, wanted);
    const { remaining } = await campaigns.progress(made.id);
    return `is made again as ${JSON.stringify(made.name)}, a draft with ${remaining} ${remaining === 1 ? 'contact' : 'contacts'}`;
  });
}

/** Says what came of it. */
const moved = (
  typed: string,
  desk: OutboundDesk,
  checks: boolean,
  move: (open: OpenOutbound, id: Campaign['id']) => Promise<string>,
): Promise<number> =>
  withOutbound(desk, checks, async (open) => {
    const { id, name } = await campaignOf(open, typed);
    desk.terminal.print(visible(`${JSON.stringify(name)} ${await move(open, id)}.`));
    return 0;
  });
