// What stands in for the outside in a rehearsal: a model, a telephone network with people to call, and customers. Nothing of
// it is there when accounts are configured.
import { fileURLToPath } from 'node:url';
import type { Clock } from './base/clock.ts';
import { LivelineError, messageOf } from './base/errors.ts';
import type { Log } from './base/log.ts';
import type { CallControl, Dialling } from './carrier/control.ts';
import { isOwnMachine, type Config } from './config.ts';
import { loadCustomers } from './crm/contacts-file.ts';
import { seedSamples, type SeedOptions } from './crm/sample.ts';
import { startModel } from './simulator/model/server.ts';
import { startNetwork, type PhoneNetwork } from './simulator/phone/network.ts';
import { populationOf } from './simulator/phone/population.ts';

const fixture = (path: string): string => fileURLToPath(new URL(`../fixtures/${path}`, import.meta.url));

/** Of nobody: Twilio's begin with AC too, but hold no such word. */
const ACCOUNT = { accountSid: `AC${'0'.repeat(32)}`, authToken: 'rehearsal' } as const;
/** The account's: fictional ones, as fixtures/campaigns shows them (NANPA, 555-0100 to 555-0199). */
export const STAND_IN_NUMBERS: readonly string[] = ['+12125550190', '+13125550190'];
/** As campaigns meet them, roughly: a third talk, and as many have a machine. */
const TOWN = {
  seed: 'rehearsal',
  weights: { human: 5, machine: 4, 'no-answer': 4, busy: 1, failed: 1 },
} as const;

interface StandInOptions {
  readonly clock: Clock;
  readonly log: Log;
}

/** Undefined: another one is configured. */
export const standInModel = async (
  { rehearsal, model }: Config,
  { clock, log }: StandInOptions,
): Promise<{ readonly url: string; close(): Promise<void> } | undefined> =>
  rehearsal && model.baseUrl === undefined
    ? startModel({ script: fixture('scripts/receptionist.yaml'), clock, log })
    : undefined;

/** People whom we can call without an account. Undefined: there is one. */
export const standInPhones = async (
  { rehearsal, carrier }: Config,
  { clock, log }: StandInOptions,
): Promise<PhoneNetwork | undefined> =>
  rehearsal && carrier.accountSid === undefined
    ? startNetwork({
        ...{ ...ACCOUNT, clock, log, population: populationOf(TOWN) },
        numbers: { own: STAND_IN_NUMBERS, verified: [] },
        callsPerSecond: carrier.callsPerSecond,
      })
    : undefined;

/** The configuration with which those phones are reached. */
export const withPhones = (config: Config, { url }: Pick<PhoneNetwork, 'url'>): Pick<Config, 'carrier'> => ({
  carrier: {
    ...config.carrier,
    ...{ accountSid: ACCOUNT.accountSid, authTokens: [ACCOUNT.authToken], apiBaseUrl: url },
    ...{ apiKey: undefined, apiSecret: undefined },
  },
});

/** Whom a simulated model would speak with is called only at a carrier on this machine; anywhere else the lines are real. */
export const mayCall = ({ rehearsal, carrier }: Pick<Config, 'rehearsal' | 'carrier'>): boolean =>
  !rehearsal || (carrier.apiBaseUrl !== undefined && isOwnMachine(carrier.apiBaseUrl));

/** `carrier`, which refuses to call anybody where this would be a rehearsal on real lines; whose calls are looked at all the same. */
export function rehearsed<Carrier extends Dialling & Pick<CallControl, 'place'>>(
  config: Pick<Config, 'rehearsal' | 'carrier'>,
  carrier: Carrier,
): Carrier {
  if (mayCall(config)) return carrier;
  const refuse = (): Promise<never> =>
    Promise.reject(
      new LivelineError(
        'CARRIER_REFUSED',
        'a rehearsal calls nobody on real lines: set GEMINI_API_KEY or GOOGLE_CLOUD_PROJECT for real calls; without TWILIO_ACCOUNT_SID, made-up people are called',
      ),
    );
  return { ...carrier, dial: refuse, place: refuse, ownNumbers: refuse };
}

/** The sample customers, as of now. Without them a rehearsal goes on, and knows nobody. */
export async function seedCustomers({
  log,
  ...options
}: Omit<SeedOptions, 'contacts'> & { readonly log: Log }): Promise<void> {
  try {
    await seedSamples({ ...options, contacts: await loadCustomers(fixture('contacts/customers.yaml')) });
  } catch (thrown) {
    log.error({ reason: messageOf(thrown) }, 'the sample customers could not be put into the database');
  }
}
