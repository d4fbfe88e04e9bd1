// What commands on campaigns work with: those of this installation, a terminal, a clock and the word to stop. They change the
// database alone; the dialler of the running server takes it up.
import { loadProfiles } from '../agents/load.ts';
import { systemClock, type Clock } from '../base/clock.ts';
import { LivelineError, messageOf, type ErrorCode } from '../base/errors.ts';
import { parsePhoneNumber, type PhoneNumber } from '../base/phone-number.ts';
import { openDesk, type CampaignDesk } from '../campaign/open-campaigns.ts';
import { loadRules } from '../campaign/rules/load.ts';
import type { Campaign } from '../campaign/store.ts';
import { environment, type Config } from '../config.ts';
import { rehearsed, STAND_IN_NUMBERS } from '../rehearsal.ts';
import { carrierOf } from '../vendors.ts';
import { openedDatabase } from './opened-database.ts';
import { visible } from './plain-text.ts';
import { configOrExit, EXIT_BAD_INPUT, EXIT_FAILED } from './serve.ts';
import { systemTerminal, type Terminal } from './terminal.ts';

export interface OpenOutbound extends CampaignDesk {
  /** Campaigns on the simulators are kept apart from real ones. */
  readonly rehearsal: boolean;
  close(): Promise<void>;
}

export interface OutboundDesk {
  /** `checks`: settings are held against profiles, rules and the numbers of the account. */
  readonly open: (checks: boolean) => Promise<OpenOutbound>;
  readonly terminal: Terminal;
  readonly clock: Clock;
  /** Somebody pressed Ctrl-C. */
  readonly told: AbortSignal;
}

/** Ctrl-C ends the process, as ever, unless the command has asked to be told of it. */
export function systemOutboundDesk(): OutboundDesk {
  let told: AbortController | undefined;
  const listen = (): AbortController => {
    const made = new AbortController();
    process.once('SIGINT', () => made.abort(new LivelineError('CONTACTS_INVALID', 'it was stopped')));
    return made;
  };
  return {
    open: (checks) => open(configOrExit(environment(), 'Nothing was done'), checks),
    terminal: systemTerminal(environment()),
    clock: systemClock,
    get told() {
      return (told ??= listen()).signal;
    },
  };
}

/** Throws DATABASE_UNAVAILABLE, DATABASE_REFUSED, and with `checks` PROFILE_INVALID and CALLING_RULES_INVALID. */
async function open(config: Config, checks: boolean): Promise<OpenOutbound> {
  const { agentsDir, callingRulesDir, model, dialCountries } = config;
  const profiles = checks
    ? await loadProfiles(agentsDir, { defaultModel: model.defaultModel, dialCountries })
    : [];
  const law = checks ? await loadRules(callingRulesDir) : new Map();
  const { database, log } = await openedDatabase(config);
  return {
    ...openDesk({
      ...{ database, law, rehearsal: config.rehearsal, clock: systemClock, log, node: 'command line' },
      account: config.carrier.accountSid ?? 'rehearsal',
      callsPerSecond: config.carrier.callsPerSecond,
      profileNamed: (name) => profiles.find((profile) => profile.name === name),
      ownNumbers: ownNumbersOf(config),
    }),
    rehearsal: config.rehearsal,
    close: () => database.close(),
  };
}

const ownNumbersOf = (config: Config): ((signal: AbortSignal) => Promise<readonly PhoneNumber[]>) =>
  config.rehearsal && config.carrier.accountSid === undefined
    ? () => Promise.resolve(STAND_IN_NUMBERS.flatMap((number) => parsePhoneNumber(number) ?? []))
    : (signal) =>
        rehearsed(
          config,
          carrierOf(config, () => config.http.publicBaseUrl ?? ''),
        ).ownNumbers(signal);

/** Those that the person at the keyboard can mend. */
const ASKED_WRONGLY: ReadonlySet<ErrorCode> = new Set([
  ...(['CAMPAIGN_INVALID', 'CONTACTS_INVALID', 'SUPPRESSION_LIST_INVALID', 'API_REQUEST_INVALID'] as const),
]);

/** Opens, and closes whatever `use` comes to; what is refused is said. Resolves to the exit code. */
export async function withOutbound(
  { open, terminal }: OutboundDesk,
  checks: boolean,
  use: (desk: OpenOutbound) => Promise<number>,
): Promise<number> {
  let desk: OpenOutbound | undefined;
  try {
    desk = await open(checks);
    return await use(desk);
  } catch (thrown) {
    if (!(thrown instanceof LivelineError)) throw thrown;
    for (const line of messageOf(thrown).split('\n')) terminal.say(visible(line));
    return ASKED_WRONGLY.has(thrown.code) ? EXIT_BAD_INPUT : EXIT_FAILED;
  } finally {
    await desk?.close();
  }
}

/** Of an id no more than its beginning needs to be typed. */
const LEAST_OF_ID = 4;

/** By its name, its id or the beginning of it. Throws CAMPAIGN_UNKNOWN. */
export async function campaignOf(
  { campaigns }: Pick<CampaignDesk, 'campaigns'>,
  typed: string,
): Promise<Campaign> {
  const all = await campaigns.list();
  const exact = all.find(({ id, name }) => name === typed || id === typed);
  if (exact) return exact;
  const begun = typed.length < LEAST_OF_ID ? [] : all.filter(({ id }) => id.startsWith(typed));
  if (begun.length === 1) return begun[0]!;
  throw new LivelineError(
    'CAMPAIGN_UNKNOWN',
    begun.length === 0
      ? `there is no campaign "${typed}"; liveline campaign list shows those that there are`
      : `more than one campaign begins with "${typed}"`,
  );
}
