// How far a campaign is, in words for people. Pure.
import type { Tone } from '../parts/tone.ts';
import type { AuditEntry, CampaignEntry, CampaignProgress } from './campaign-api.ts';

export const toneOf = ({ state, pausedBy }: CampaignEntry): Tone =>
  ({
    ...{ draft: 'neutral', scheduled: 'info', running: 'good', stopped: 'neutral', done: 'info' },
    paused: pausedBy === null ? 'warn' : 'bad',
  })[state] as Tone;

export const totalOf = ({ contacts }: CampaignProgress): number =>
  Object.values(contacts).reduce((sum, count) => sum + count, 0);

export const endedOf = (progress: CampaignProgress): number => totalOf(progress) - progress.remaining;

/** It changes by itself. */
export const isMoving = ({ campaign, contacts }: CampaignProgress): boolean =>
  campaign.state === 'running' || campaign.state === 'scheduled' || (contacts['dialling'] ?? 0) > 0;

export const isOver = ({ state }: CampaignEntry): boolean => state === 'done' || state === 'stopped';

const LATELY_MINUTES = 10;

/** Contacts that come to their end, of the last ten minutes, or since the start where that is later. `nowMs`: since 1970. */
export function paceWords({ endedLately, campaign }: CampaignProgress, nowMs: number): string {
  const startedMs = campaign.startedAt === null ? 0 : Date.parse(campaign.startedAt);
  const minutes = Math.min(LATELY_MINUTES, Math.max(1, (nowMs - startedMs) / 60_000));
  const perMinute = endedLately / minutes;
  return `${perMinute >= 10 ? Math.round(perMinute) : Number(perMinute.toFixed(1))} a minute`;
}

export function estimateWords({ campaign, remaining, estimateMs }: CampaignProgress): string {
  if (isOver(campaign)) return 'over';
  if (campaign.state !== 'running') return campaign.state === 'paused' ? 'paused' : 'not started';
  if (remaining === 0) return 'about to be done';
  return estimateMs === null ? 'not known yet' : `about ${spanWords(estimateMs)}`;
}

export function spanWords(ms: number): string {
  const minutes = Math.max(1, Math.round(ms / 60_000));
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return `${Math.round(minutes / (24 * 60))} days`;
}

/** What came of somebody: a rule has a dot in its name, and kept them from being called. */
export function outcomeTone(outcome: string): Tone {
  if (outcome === 'human' || outcome === 'message-left') return 'good';
  if (outcome === 'machine') return 'info';
  if (['busy', 'no-answer', 'canceled', 'stopped', 'not-placed'].includes(outcome)) return 'neutral';
  if (['failed', 'blocked', 'abandoned', 'wrong-number', 'fax'].includes(outcome)) return 'bad';
  return 'warn';
}

/** The most frequent first. */
export const sortedCounts = (
  counts: Readonly<Record<string, number>>,
): readonly (readonly [string, number])[] =>
  Object.entries(counts).sort(([one, many], [other, more]) => more - many || one.localeCompare(other));

/** Why, as the line itself says it; empty: the rule says all there is. */
export function whyOf({ decision, facts }: AuditEntry): string {
  const text = (name: string): string => (typeof facts[name] === 'string' ? facts[name] : '');
  const parts =
    decision === 'settle'
      ? [text('why'), text('cause'), text('then') === 'retry' ? `again from ${text('at')}` : text('then')]
      : decision === 'dial'
        ? [text('from') && `shown ${text('from')}`]
        : [text('words') || text('why'), text('until') && `until ${text('until')}`];
  return parts.filter((part) => part !== '').join('; ');
}
