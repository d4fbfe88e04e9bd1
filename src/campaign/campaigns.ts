// Power over campaigns: made, started, paused, stopped, made again of those who were not reached. Each change is one transaction
// with its line in the audit; the dialler of any process sees it before it calls the next one.
import type { Clock } from '../base/clock.ts';
import { LivelineError } from '../base/errors.ts';
import type { AttemptOutcome } from './attempt.ts';
import { breakerOf } from './breakers.ts';
import { estimateMs, remaining } from './progress.ts';
import { resultsCsv } from './results.ts';
import { faultsOf, readSettings, type SettingFault, type SettingsFacts } from './settings-faults.ts';
import type { CampaignSettings } from './settings.ts';
import type { AttemptStore, Campaign, CampaignState, CampaignStore, Move, Progress } from './store.ts';

export interface CampaignsOptions {
  readonly store: CampaignStore & Pick<AttemptStore, 'breakerCounts'>;
  /** What there is: numbers, profile, rules. */
  readonly facts: (settings: CampaignSettings) => Promise<Omit<SettingsFacts, 'nowMs'>>;
  readonly clock: Clock;
}

export interface CampaignProgress extends Progress {
  readonly campaign: Campaign;
  readonly remaining: number;
  /** Until it is done, in ms, at least; undefined: nobody can say. */
  readonly estimateMs: number | undefined;
}

/** An id that there is none of throws CAMPAIGN_UNKNOWN; a state in which it cannot be done, CAMPAIGN_CONFLICT. */
export interface Campaigns {
  /** `settings`: as JSON or YAML has them. Throws CAMPAIGN_INVALID with every field that is wrong. */
  create(name: string, settings: unknown): Promise<Campaign>;
  get(id: string): Promise<Campaign>;
  list(): Promise<readonly Campaign[]>;
  /** Also one that was done and has new contacts. Now, or when its settings say; `atMs`: then instead, epoch ms. Throws CAMPAIGN_INVALID when something is missing. */
  start(id: string, atMs?: number): Promise<Campaign>;
  /** Nobody is called any more; calls that are placed go on. */
  pause(id: string): Promise<Campaign>;
  resume(id: string): Promise<Campaign>;
  /** For good: calls that wait or ring at the carrier are canceled, those that are talked on go on. */
  stop(id: string): Promise<Campaign>;
  /** A draft with the same settings, of those contacts whose last outcome is one of these. Throws CAMPAIGN_INVALID when one is none, and CAMPAIGN_CONFLICT when there are no such contacts. */
  clone(id: string, name: string, outcomes: readonly string[]): Promise<Campaign>;
  progress(id: string): Promise<CampaignProgress>;
  /** Lines of CSV. */
  results(id: string): AsyncIterable<string>;
  /** Why a campaign must not run as things are; empty when it may. */
  faults(campaign: Campaign): Promise<readonly string[]>;
}

const LONGEST_NAME = 200;

export function campaigns({ store, facts, clock }: CampaignsOptions): Campaigns {
  async function known(id: string): Promise<Campaign> {
    const campaign = await store.get(id);
    if (campaign) return campaign;
    throw new LivelineError('CAMPAIGN_UNKNOWN', 'there is no campaign of this id');
  }

  async function faultsIn(settings: CampaignSettings): Promise<readonly SettingFault[]> {
    return faultsOf(settings, { ...(await facts(settings)), nowMs: clock.epochMs() });
  }

  async function faultsOfKept({ settings }: Campaign): Promise<readonly SettingFault[]> {
    const read = readSettings(settings);
    return 'faults' in read ? read.faults : faultsIn(read.settings);
  }

  async function move(id: string, what: string, to: Omit<Move, 'nowMs'>): Promise<Campaign> {
    const moved = await store.move(id, { ...to, nowMs: clock.epochMs() });
    if (moved) return moved;
    const { state } = await known(id);
    throw new LivelineError(
      'CAMPAIGN_CONFLICT',
      state === 'paused' && (what === 'started' || what === 'scheduled')
        ? 'a campaign that is paused goes on by resume, not by start'
        : `a campaign that is ${state} cannot be ${what}: it must be ${to.from.join(' or ')}`,
    );
  }

  /** What only time can mend would pause it again at once. What else is counted begins anew with its start. */
  async function refuseIfTripped({ id, settings }: Campaign): Promise<void> {
    const read = readSettings(settings);
    if ('faults' in read) return;
    const { breakers } = read.settings;
    const { month } = await store.breakerCounts(id, breakers.over, clock.epochMs());
    const tripped = breakerOf({ breakers, month, recent: [], withoutFirstWords: 0 });
    if (tripped) throw new LivelineError('CAMPAIGN_CONFLICT', `it must not go on: ${tripped.words}`);
  }

  async function begin(
    id: string,
    from: readonly CampaignState[],
    rule: string,
    atMs?: number,
  ): Promise<Campaign> {
    const campaign = await known(id);
    const faults = await faultsOfKept(campaign);
    if (faults.length > 0) throw invalid(faults);
    if (remaining(await store.progress(id, clock.epochMs())) === 0)
      throw new LivelineError('CAMPAIGN_CONFLICT', 'there is nobody to call: it has no contacts that wait');
    await refuseIfTripped(campaign);
    const startsAtMs = atMs ?? campaign.startsAtMs;
    return startsAtMs !== undefined && startsAtMs > clock.epochMs()
      ? move(id, 'scheduled', { from, to: 'scheduled', rule: 'campaign.scheduled', startsAtMs })
      : move(id, 'started', { from, to: 'running', rule });
  }

  return {
    async create(name, written) {
      const faults: SettingFault[] = [];
      const called = name.trim();
      if (called === '' || called.length > LONGEST_NAME)
        faults.push({ field: 'name', words: `expected a name of at most ${LONGEST_NAME} characters` });
      const read = readSettings(written);
      if ('faults' in read) throw invalid([...faults, ...read.faults]);
      const { profile, startsAtMs } = read.settings;
      faults.push(...(await faultsIn(read.settings)));
      if (faults.length > 0) throw invalid(faults);
      return store.create({ name: called, profile, settings: written, startsAtMs, nowMs: clock.epochMs() });
    },
    get: known,
    list: () => store.list(),
    start: (id, atMs) => begin(id, ['draft', 'scheduled', 'done'], 'campaign.started', atMs),
    pause: (id) =>
      move(id, 'paused', { from: ['running', 'scheduled'], to: 'paused', rule: 'campaign.paused' }),
    resume: (id) => begin(id, ['paused'], 'campaign.resumed'),
    async stop(id) {
      const from = ['draft', 'scheduled', 'running', 'paused'] as const;
      const stopped = await move(id, 'stopped', { from, to: 'stopped', rule: 'campaign.stopped' });
      while ((await store.stopContacts(clock.epochMs())) > 0);
      return stopped;
    },
    async clone(id, name, outcomes) {
      await known(id);
      const { outcomes: there } = await store.progress(id, clock.epochMs());
      if (outcomes.some((outcome) => !Object.hasOwn(OUTCOMES, outcome) && !Object.hasOwn(there, outcome)))
        throw invalid([{ field: 'outcomes', words: `there are no such outcomes; ${thoseOf(there)}` }]);
      const made = await store.clone(id, name.trim(), outcomes, clock.epochMs());
      return made ?? known(id);
    },
    async progress(id) {
      const campaign = await known(id);
      const nowMs = clock.epochMs();
      const counted = await store.progress(id, nowMs);
      const estimate =
        campaign.state === 'running' && campaign.startedAtMs !== undefined
          ? estimateMs(counted, nowMs, nowMs - campaign.startedAtMs)
          : undefined;
      return { ...counted, campaign, remaining: remaining(counted), estimateMs: estimate };
    },
    results: (id) => resultsCsv(store, id),
    faults: async (campaign) => (await faultsOfKept(campaign)).map(inWords),
  };
}

/** Those that any campaign may have; rules that kept somebody from being called are outcomes too. */
const OUTCOMES: Readonly<Record<AttemptOutcome | 'stopped', true>> = {
  ...{ human: true, machine: true, 'message-left': true, fax: true, busy: true, 'no-answer': true },
  ...{
    failed: true,
    blocked: true,
    canceled: true,
    abandoned: true,
    'opted-out': true,
    'wrong-number': true,
  },
  ...{ 'not-placed': true, stopped: true },
};

const thoseOf = (there: Readonly<Record<string, number>>): string =>
  Object.keys(there).length === 0
    ? 'nothing has come of anybody yet'
    : `this campaign has ${Object.entries(there)
        .map(([outcome, contacts]) => `${outcome} (${contacts})`)
        .join(', ')}`;

const inWords = ({ field, words }: SettingFault): string => (field === '' ? words : `${field}: ${words}`);

const invalid = (faults: readonly SettingFault[]): LivelineError =>
  new LivelineError('CAMPAIGN_INVALID', faults.map(inWords).join('; '));
