// What a dialler does for campaigns each time it looks: those whose time has come are started, those that must not go on are
// paused, and of the running ones each gets its turn to claim who is due. Knows neither sweeps nor the database's absence.
import type { Clock } from '../base/clock.ts';
import { LivelineError, messageOf } from '../base/errors.ts';
import { isDatabaseAway } from '../store/away.ts';
import type { Capacity, DialRules, RulesOf } from './dial-rules.ts';
import { place, type PlacingOptions } from './placing.ts';
import type { Campaign, CampaignStore, Claim } from './store.ts';

export interface TurnsOptions extends PlacingOptions {
  readonly store: PlacingOptions['store'] & CampaignStore;
  readonly rulesOf: RulesOf;
  /** What this profile's calls and the model can take now. */
  readonly capacity: (profile: string) => Capacity;
  /** That the account at the carrier may begin. */
  readonly callsPerSecond: number;
  /** Why a campaign that was scheduled must not start now, in words; empty when it may. */
  readonly faults: (campaign: Campaign) => Promise<readonly string[]>;
}

const BREAKER_MS = 5_000;
/** Counting a million attempts takes a second: it is given no more than this part of the time. */
const BREAKER_SHARE = 1 / 20;
const FEWEST_CONTACTS = 8;
const MOST_CONTACTS = 256;
/** Of one campaign before the others have their turn. */
const ROUNDS = 8;

export class Turns {
  readonly #options: TurnsOptions;
  readonly #clock: Clock;
  readonly #closed: AbortSignal;
  readonly #fly: (work: Promise<unknown>) => void;
  readonly #rules = new Map<string, DialRules>();
  /** When it is counted again. */
  readonly #breakerAtMs = new Map<string, number>();
  #turn = 0;

  /** `fly`: takes what goes on by itself. */
  constructor(options: TurnsOptions, closed: AbortSignal, fly: (work: Promise<unknown>) => void) {
    this.#options = options;
    this.#clock = options.clock;
    this.#closed = closed;
    this.#fly = fly;
  }

  /** How many campaigns there are to look at. Rejects when the database is away, or the clocks are apart. */
  async take(): Promise<number> {
    const campaigns = await this.#options.store.list(['scheduled', 'running']);
    this.#turn += 1;
    for (let at = 0; at < campaigns.length; at += 1) {
      if (this.#closed.aborted) break;
      const campaign = campaigns[(at + this.#turn) % campaigns.length]!;
      try {
        await (campaign.state === 'scheduled' ? this.#startIfDue(campaign) : this.#goOn(campaign));
      } catch (thrown) {
        if (concernsAll(thrown)) throw thrown;
        // The others are not to wait for what is wrong with this one, which would be wrong at each look.
        await this.#pause(campaign, 'campaign.faulty', `it cannot go on: ${messageOf(thrown)}`);
      }
    }
    return campaigns.length;
  }

  async #startIfDue(campaign: Campaign): Promise<void> {
    const { store, log, faults } = this.#options;
    const nowMs = this.#clock.epochMs();
    if (campaign.startsAtMs === undefined || campaign.startsAtMs > nowMs) return;
    const found = await faults(campaign).catch((thrown: unknown) => [messageOf(thrown)]);
    if (found.length > 0) return this.#pause(campaign, 'campaign.faults', found.join('; '));
    if (
      await store.move(campaign.id, {
        from: ['scheduled'],
        to: 'running',
        rule: 'campaign.started-as-scheduled',
        nowMs,
      })
    )
      log.info({ campaign: campaign.id }, 'a campaign has started as it was scheduled');
  }

  async #goOn(campaign: Campaign): Promise<void> {
    const { store, log } = this.#options;
    let rules: DialRules;
    try {
      rules = this.rulesOf(campaign);
    } catch (thrown) {
      return this.#pause(campaign, 'campaign.unreadable', messageOf(thrown));
    }
    const nowMs = this.#clock.epochMs();
    const { endsAtMs } = rules.settings;
    if (endsAtMs !== undefined && nowMs >= endsAtMs) {
      if (
        await store.move(campaign.id, { from: ['running'], to: 'stopped', rule: 'campaign.ends-at', nowMs })
      )
        log.info({ campaign: campaign.id }, 'a campaign has come to the end that its settings name');
      return;
    }
    if (await this.#trips(campaign, rules)) return;
    let contacts = FEWEST_CONTACTS;
    for (let round = 0; round < ROUNDS && !this.#closed.aborted; round += 1) {
      const claimed = await this.#claim(campaign, rules, contacts);
      if (claimed.is === 'over')
        log.info({ campaign: campaign.id }, 'a campaign is done: nobody is left to be called');
      if (claimed.is !== 'claimed') return;
      contacts = Math.min(MOST_CONTACTS, contacts * 2);
    }
  }

  async #claim(campaign: Campaign, rules: DialRules, contacts: number): Promise<Claim> {
    const { store, capacity, callsPerSecond } = this.#options;
    const claimedMs = this.#clock.nowMs();
    const nowMs = this.#clock.epochMs();
    const claimed = await store.claim({
      ...{ campaignId: campaign.id, rules, contacts, nowMs },
      capacity: capacity(rules.settings.profile),
      accountCallsPerSecond: callsPerSecond,
    });
    if (claimed.is === 'claimed')
      for (const dial of claimed.dials) {
        const placing = place(this.#options, dial, rules.settings, claimedMs, this.#closed);
        this.#fly(
          placing.then((placed) =>
            placed.is === 'refused' && placed.stops ? this.#stopAsking(campaign, placed.words) : undefined,
          ),
        );
      }
    return claimed;
  }

  /** The carrier would refuse all the others too. */
  #stopAsking(campaign: Campaign, words: string): Promise<void> {
    return this.#pause(campaign, 'carrier.refused', `the carrier refuses our calls: ${words}`).catch(
      () => undefined,
    );
  }

  async #trips(campaign: Campaign, rules: DialRules): Promise<boolean> {
    const nowMs = this.#clock.nowMs();
    if (nowMs < (this.#breakerAtMs.get(campaign.id) ?? -Infinity)) return false;
    const { breakerOver } = rules.settings;
    const counts = await this.#options.store.breakerCounts(campaign.id, breakerOver, this.#clock.epochMs());
    const tookMs = this.#clock.nowMs() - nowMs;
    this.#breakerAtMs.set(campaign.id, nowMs + Math.max(BREAKER_MS, tookMs / BREAKER_SHARE));
    const tripped = rules.breaker(counts);
    if (tripped === undefined) return false;
    await this.#pause(campaign, tripped.rule, tripped.words);
    return true;
  }

  async #pause(campaign: Campaign, rule: string, words: string): Promise<void> {
    const { store, log } = this.#options;
    const nowMs = this.#clock.epochMs();
    const move = { from: ['scheduled', 'running'], to: 'paused', rule, nowMs, pausedBy: words } as const;
    if (await store.move(campaign.id, move))
      log.error({ campaign: campaign.id, rule }, `a campaign was paused: ${words}`);
  }

  /** Settings of a campaign never change: a clone has others. Throws what `rulesOf` of the options throws. */
  rulesOf(campaign: Campaign): DialRules {
    const known = this.#rules.get(campaign.id);
    if (known) return known;
    const rules = this.#options.rulesOf(campaign.settings);
    this.#rules.set(campaign.id, rules);
    return rules;
  }
}

/** Neither the database nor the clock is any campaign's fault. */
const concernsAll = (thrown: unknown): boolean =>
  thrown instanceof LivelineError
    ? thrown.code === 'CLOCK_APART' || thrown.retryable
    : isDatabaseAway(thrown);
