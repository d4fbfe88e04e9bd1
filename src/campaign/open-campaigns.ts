// All of campaigns in one process: what is kept, who dials, and what the rest of the server asks and tells. Decides nothing.
import type { Profile } from '../agents/profile.ts';
import { mayDial } from '../agents/dial-guard.ts';
import type { Clock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import type { PhoneNumber } from '../base/phone-number.ts';
import type { Database } from '../store/database.ts';
import { CLOCKS_MAY_DIFFER_MS } from './attempt-times.ts';
import { createPostgresAttempts, type Attempts } from './attempts-postgres.ts';
import { canEverOpen } from './calling-hours.ts';
import { campaignRules } from './campaign-rules.ts';
import { campaigns, type Campaigns } from './campaigns.ts';
import { createPostgresConsents, type Consents } from './consents-postgres.ts';
import type { ContactsStore } from './contacts/contacts-store.ts';
import { createPostgresContacts } from './contacts/postgres.ts';
import type { Capacity } from './dial-rules.ts';
import { startDialler, type Dialler } from './dialler.ts';
import { createPostgresSuppressionLists, type SuppressionLists } from './do-not-call-postgres.ts';
import { placedCalls, type Placed } from './placed.ts';
import type { PlacingOptions } from './placing.ts';
import { createCampaignStore } from './postgres.ts';
import { profileFacts } from './profile-facts.ts';
import { recordingFault } from './recording-fault.ts';
import { asksOf, type RuleData } from './rules/rule-data.ts';
import type { CampaignSettings } from './settings.ts';
import type { SettingsFacts } from './settings-faults.ts';
import { singleCalls, type SingleCalls } from './single-calls.ts';
import type { AttemptStore, CampaignStore } from './store.ts';
import { unwrittenAttempts } from './unwritten.ts';
import { whereIs } from './zones/where.ts';

/** What can be done with campaigns where nobody dials, as on the command line. */
export interface CampaignDesk {
  readonly campaigns: Campaigns;
  readonly store: AttemptStore & CampaignStore;
  readonly attempts: Attempts;
  readonly contacts: ContactsStore;
  readonly consents: Consents;
  readonly lists: SuppressionLists;
}

export interface DeskOptions {
  readonly database: Pick<Database, 'sql' | 'ready'>;
  /** Campaigns on the simulators are kept apart from real ones. */
  readonly rehearsal: boolean;
  /** At the carrier: its pace is that of all processes together. */
  readonly account: string;
  /** This process, as audits name it. */
  readonly node: string;
  readonly law: RuleData;
  readonly profileNamed: (name: string) => Profile | undefined;
  /** The carrier, asked which numbers are ours. */
  readonly ownNumbers: (signal: AbortSignal) => Promise<readonly PhoneNumber[]>;
  /** That the account may begin. */
  readonly callsPerSecond: number;
  readonly clock: Clock;
  readonly log: Log;
}

export interface CampaignsOptions extends DeskOptions {
  readonly carrier: PlacingOptions['carrier'];
  /** ISO 3166; undefined: any. */
  readonly countries: ReadonlySet<string> | undefined;
  /** The carrier has it: the agent may get ready. */
  readonly expect: PlacingOptions['expect'];
  readonly capacity: (profile: string) => Capacity;
}

export interface OpenCampaigns extends CampaignDesk {
  /** What the switchboard and the carrier's routes ask and tell. */
  readonly placed: Placed;
  readonly single: SingleCalls;
  /** Dials who is due from now on. */
  start(): void;
  /**
   * Dials nobody any more; what is under way has so long. A second time it writes down what was told meanwhile. Never rejects.
   */
  close(withinMs: number): Promise<void>;
}

const OWN_NUMBERS_WITHIN_MS = 5_000;
const SWEEP_EVERY_MS = 60_000;

export function openDesk(options: DeskOptions): CampaignDesk {
  const { database, account, node, rehearsal, clock } = options;
  const store = createCampaignStore(database, {
    ...{ account, node, rehearsal },
    clock: { epochMs: () => clock.epochMs(), mayDifferMs: CLOCKS_MAY_DIFFER_MS },
  });
  const lists = createPostgresSuppressionLists(database, rehearsal);
  return {
    store,
    campaigns: campaigns({ store, facts: (settings) => factsOf(settings, lists, options), clock }),
    attempts: createPostgresAttempts(database, rehearsal),
    contacts: createPostgresContacts(database),
    consents: createPostgresConsents(database, rehearsal, clock),
    lists,
  };
}

export function openCampaigns(options: CampaignsOptions): OpenCampaigns {
  const { database, law, countries, clock, log, carrier, expect, capacity, callsPerSecond } = options;
  const desk = openDesk(options);
  const profileOf = (name: string) => profileFacts(name, options.profileNamed);
  const guard = (to: PhoneNumber): string | undefined => mayDial(to, { countries, mustExist: true })?.words;
  const guardSingle = (to: PhoneNumber, _from: PhoneNumber | undefined, name: string): string | undefined => {
    const profile = options.profileNamed(name);
    return guard(to) ?? (profile && recordingFault(to, profile, law, clock.epochMs()));
  };
  const placing = { store: desk.store, carrier, expect, unwritten: unwrittenAttempts(log), clock, log };
  const closed = new AbortController();
  let dialler: Dialler | undefined;
  let stopSweep: (() => void) | undefined;
  return {
    ...desk,
    placed: placedCalls(placing),
    single: singleCalls({ ...placing, guard: guardSingle, callsPerSecond, closed: closed.signal }),
    start() {
      dialler ??= startDialler({
        ...{ ...placing, capacity, callsPerSecond, store: desk.store, ready: () => database.ready() },
        rulesOf: campaignRules({ law, guard, profileOf }),
        faults: (campaign) => desk.campaigns.faults(campaign),
      });
      stopSweep ??= clock.every(
        SWEEP_EVERY_MS,
        () => void desk.contacts.failLost(clock.epochMs()).catch(() => 0),
      );
    },
    async close(withinMs) {
      closed.abort();
      stopSweep?.();
      await dialler?.close(withinMs);
    },
  };
}

async function factsOf(
  settings: CampaignSettings,
  lists: Pick<SuppressionLists, 'list'>,
  { profileNamed, ownNumbers, law, clock, callsPerSecond, log }: DeskOptions,
): Promise<Omit<SettingsFacts, 'nowMs'>> {
  const { profile: name, callerIds, country, windows, suppressionLists } = settings;
  // Of a list that names no country of its own the numbers are most likely where ours are.
  const countries =
    country === undefined ? callerIds.flatMap(({ number }) => whereIs(number).countries) : [country];
  let numbersUnknown: string | undefined;
  const own = await ownNumbers(AbortSignal.timeout(OWN_NUMBERS_WITHIN_MS)).catch((thrown: unknown) => {
    numbersUnknown = messageOf(thrown);
    log.warn({ reason: numbersUnknown }, 'the carrier does not say which numbers are ours');
    return undefined;
  });
  return {
    ...{ ownNumbers: own, numbersUnknown },
    profile: profileFacts(name, profileNamed),
    law: asksOf(countries, law),
    lists: suppressionLists.length === 0 ? [] : await lists.list(),
    canEverOpen: countries.some((each) => canEverOpen(each, windows, law, clock.epochMs(), settings)),
    callsPerSecond,
  };
}
