// `liveline campaign list` and `status`: which campaigns there are, and how far one is, also while it goes on.
import type { CampaignProgress } from '../campaign/campaigns.ts';
import type { Campaign } from '../campaign/store.ts';
import { entryOf, progressOf } from '../http/campaign-schemas.ts';
import { sleep } from '../tools/run/aborted.ts';
import { timeText, zonedTimeText, zoneOf } from './calls-table.ts';
import { campaignOf, withOutbound, type OutboundDesk } from './campaign-desk.ts';
import { barOf, grouped, LiveLines, percentOf } from './campaign-live-lines.ts';
import { jsonText, visible } from './plain-text.ts';
import { columnOf, tableLines } from './table.ts';

export interface StatusOptions {
  readonly watch?: boolean | undefined;
  readonly json?: boolean | undefined;
  readonly utc?: boolean | undefined;
}

const WATCH_EVERY_MS = 2_000;
const BAR_COLUMNS = 30;
/** Of an id, in a list. */
const SHORT_ID = 8;

/** Resolves to the exit code, as all commands here do; throws what the database throws. */
export const listCampaigns = (options: Omit<StatusOptions, 'watch'>, desk: OutboundDesk): Promise<number> =>
  withOutbound(desk, false, async ({ campaigns, rehearsal }) => {
    const { terminal } = desk;
    const all = await campaigns.list();
    if (options.json === true) {
      terminal.print(jsonText({ campaigns: all.map(entryOf) }, 2));
      return 0;
    }
    if (all.length === 0) {
      terminal.print(
        `No campaigns${rehearsal ? ' for rehearsals' : ''} yet: liveline campaign create FILE.yaml --contacts FILE.csv`,
      );
      return 0;
    }
    const progress = await Promise.all(all.map(({ id }) => campaigns.progress(id)));
    const time = (epochMs: number | undefined): string =>
      epochMs === undefined ? '-' : timeText(new Date(epochMs).toISOString(), zoneOf(options)).slice(0, 16);
    const column = (title: string, least: number, cell: (of: CampaignProgress) => string, end = false) =>
      columnOf(progress, { title, least, end }, cell);
    const columns = [
      column('id', SHORT_ID, ({ campaign }) => campaign.id.slice(0, SHORT_ID)),
      column('name', 8, ({ campaign }) => campaign.name),
      column('state', 9, ({ campaign }) => stateOf(campaign)),
      column('contacts', 8, (of) => grouped(totalOf(of)), true),
      column('left', 4, ({ remaining }) => grouped(remaining), true),
      column('profile', 7, ({ campaign }) => campaign.profile),
      column('started', 16, ({ campaign }) => time(campaign.startedAtMs)),
    ];
    for (const line of tableLines(columns, terminal.columns)) terminal.print(line);
    return 0;
  });

export const campaignStatus = (typed: string, options: StatusOptions, desk: OutboundDesk): Promise<number> =>
  withOutbound(desk, false, async (open) => {
    const { terminal, clock } = desk;
    const { id } = await campaignOf(open, typed);
    const zone = zoneOf(options);
    if (options.watch !== true) {
      const progress = await open.campaigns.progress(id);
      if (options.json === true) terminal.print(jsonText(progressOf(progress), 2));
      else for (const line of statusLines(progress, clock.epochMs(), zone)) terminal.print(visible(line));
      return 0;
    }
    const { told } = desk;
    const live = new LiveLines(terminal, clock);
    let last = '';
    while (!told.aborted) {
      const progress = await open.campaigns.progress(id);
      const line = jsonText(progressOf(progress));
      if (options.json === true && line !== last) terminal.print((last = line));
      if (options.json !== true)
        live.show(statusLines(progress, clock.epochMs(), zone), plainStatus(progress));
      if (isOver(progress.campaign) && progress.remaining === 0) break;
      await sleep(clock, WATCH_EVERY_MS, told).catch(() => undefined);
    }
    return 0;
  });

const isOver = ({ state }: Campaign): boolean => state === 'done' || state === 'stopped';

const totalOf = ({ contacts }: CampaignProgress): number =>
  Object.values(contacts).reduce((sum, count) => sum + count, 0);

const stateOf = ({ state, pausedBy }: Campaign): string =>
  state === 'paused' && pausedBy !== undefined ? 'paused!' : state;

/** One for the bar, one for each kind of count, and what a person has to know beside them. */
export function statusLines(
  progress: CampaignProgress,
  nowMs: number,
  timeZone: string | undefined,
): string[] {
  const { campaign, remaining, contacts, outcomes, attempts, waits, nextAtMs } = progress;
  const total = totalOf(progress);
  const time = (epochMs: number): string => zonedTimeText(new Date(epochMs).toISOString(), timeZone);
  const { startsAtMs, pausedBy, state } = campaign;
  return [
    `${campaign.name}: ${state}, ${campaign.profile} speaks`,
    `${barOf((total - remaining) / total, BAR_COLUMNS)}  ${percentOf(total - remaining, total)} %  ${grouped(total - remaining)} of ${grouped(total)} over${estimateWords(progress)}`,
    ...counts('contacts', contacts),
    ...counts('outcomes', outcomes),
    ...counts('attempts', attempts),
    ...counts('waits for', waits),
    ...(state === 'scheduled' && startsAtMs !== undefined ? [`starts     ${time(startsAtMs)}`] : []),
    ...(state === 'running' && remaining > 0 && nextAtMs !== undefined && nextAtMs > nowMs
      ? [`next       nobody is due before ${time(nextAtMs)}`]
      : []),
    ...(pausedBy === undefined ? [] : [`paused     by itself: ${pausedBy}`]),
  ];
}

const plainStatus = (progress: CampaignProgress): string => {
  const total = totalOf(progress);
  const ended = total - progress.remaining;
  const outcomes = Object.entries(progress.outcomes).map(([name, count]) => `${name} ${grouped(count)}`);
  return `${progress.campaign.state}: ${percentOf(ended, total)} %, ${grouped(ended)} of ${grouped(total)} over${estimateWords(progress)}${outcomes.length === 0 ? '' : `; ${outcomes.join(', ')}`}`;
};

/** The most frequent first. */
function counts(label: string, of: Readonly<Record<string, number>>): string[] {
  const sorted = Object.entries(of).sort(
    ([one, many], [other, more]) => more - many || one.localeCompare(other),
  );
  if (sorted.length === 0) return [];
  return [`${label.padEnd(10)} ${sorted.map(([name, count]) => `${name} ${grouped(count)}`).join('  ')}`];
}

function estimateWords({ campaign, remaining, estimateMs }: CampaignProgress): string {
  if (campaign.state !== 'running' || remaining === 0) return '';
  return estimateMs === undefined
    ? ', nobody can say yet how long it takes'
    : `, at least ${durationWords(estimateMs)} left`;
}

export function durationWords(ms: number): string {
  const minutes = Math.max(1, Math.round(ms / 60_000));
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return `${Math.round(minutes / (24 * 60))} days`;
}
