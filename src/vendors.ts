// The vendors as configured: the model, the carrier, the CRM. Beside app.ts the only place that enters their folders.
import { systemClock, type Clock } from './base/clock.ts';
import { LivelineError } from './base/errors.ts';
import type { CallControl, CallWatch, CarrierAccount, Dialling, Recordings } from './carrier/control.ts';
import type { TextSender } from './carrier/texts.ts';
import { createTwilioControl } from './carrier/twilio/control.ts';
import { createTwilioDialling } from './carrier/twilio/dialling.ts';
import { createTwilioRecordings } from './carrier/twilio/recordings.ts';
import { createTwilioTexts } from './carrier/twilio/texts.ts';
import { GOOGLE_BASE_URL, type Config } from './config.ts';
import type { Crm } from './crm/crm.ts';
import { createHttpCrm, loadHttpCrm } from './crm/http/http.ts';
import { createHubSpotCrm } from './crm/hubspot/hubspot.ts';
import { createPostgresCrm } from './crm/postgres.ts';
import { createSalesforceCrm } from './crm/salesforce/salesforce.ts';
import { apiKeyAccess, type Access } from './live/gemini/access.ts';
import { googleCloudAccess } from './live/gemini/google-cloud.ts';
import { googleToken } from './live/gemini/google-token.ts';
import { createGeminiLive } from './live/gemini/session.ts';
import type { Live } from './live/session.ts';
import type { Way } from './live/ways.ts';
import type { Database } from './store/database.ts';

/** The model as configured; `standIn` where the configuration names no server. Throws CONFIG_INVALID. */
export const liveOf = (
  { model }: Config,
  { standIn, clock = systemClock }: { standIn?: string | undefined; clock?: Clock } = {},
): Live => createGeminiLive({ ways: accessesOf(model, standIn), clock });

/** The ways in, the preferred one first; in rehearsal the one to the model that stands in. Throws CONFIG_INVALID. */
export function accessesOf(
  { ways, baseUrl }: Pick<Config['model'], 'ways' | 'baseUrl'>,
  standIn = GOOGLE_BASE_URL,
): readonly Access[] {
  if (ways.length === 0)
    return [apiKeyAccess({ apiKey: 'rehearsal', baseUrl: baseUrl ?? standIn, name: 'the simulated model' })];
  return ways.map((way, at) => accessOf(way, at === 0 ? '' : ', fallback'));
}

function accessOf(way: Way, role: string): Access {
  switch (way.by) {
    case 'key': {
      const { apiKey, baseUrl = GOOGLE_BASE_URL } = way;
      return apiKeyAccess({ apiKey, baseUrl, name: `Gemini API${role}` });
    }
    case 'cloud':
      return googleCloudAccess({
        ...way,
        token: googleToken(way.project),
        name: `Google Cloud (${way.location})${role}`,
      });
  }
}

/** Without credentials there is nobody to ask: the call is over when the carrier next asks us, and texts are not sent. */
export function carrierOf(
  { carrier }: Pick<Config, 'carrier'>,
  publicBaseUrl: () => string,
  node?: string,
): CallControl & CallWatch & CarrierAccount & Dialling & TextSender & Recordings {
  const { accountSid, authTokens, apiKey, apiSecret, apiBaseUrl } = carrier;
  const [authToken] = authTokens;
  const as =
    apiKey !== undefined && apiSecret !== undefined
      ? { apiKey, apiSecret }
      : authToken === undefined
        ? undefined
        : { authToken };
  if (accountSid !== undefined && as !== undefined) {
    const options = { accountSid, apiBaseUrl, ...as };
    return {
      ...createTwilioControl({ ...options, publicBaseUrl, node }),
      ...createTwilioDialling({ ...options, publicBaseUrl, node }),
      ...createTwilioTexts(options),
      ...createTwilioRecordings(options),
    };
  }
  const refuse = (what: string): Promise<never> =>
    Promise.reject(new LivelineError('CARRIER_REFUSED', `no Twilio credentials are set, so ${what}`));
  return {
    hangUp: (id) => refuse(`call ${id} cannot be ended by REST`),
    takeBack: (id) => refuse(`call ${id} cannot be taken back by REST`),
    place: () => refuse('nobody can be called'),
    dial: () => refuse('nobody can be called'),
    cancel: (id) => refuse(`call ${id} cannot be canceled`),
    callsTo: () => refuse('nobody can say which calls were placed'),
    look: (id) => refuse(`nobody can say what became of call ${id}`),
    ownNumbers: () => refuse('no number is ours'),
    isOn: (id) => refuse(`nobody can say whether call ${id} goes on`),
    fetch: () => refuse('no recording can be fetched'),
    remove: () => refuse('no recording can be removed'),
    // Without an account nothing was ever left in one.
    list: () => Promise.resolve([]),
    check: () => refuse('there is no account to ask for'),
    send: () => refuse('no text can be sent'),
  };
}

/** Throws CRM_INVALID for a description with faults. */
export async function crmOf(
  { crm, rehearsal, secrets }: Pick<Config, 'crm' | 'rehearsal' | 'secrets'>,
  { database, clock }: { database: () => Database; clock: Clock },
): Promise<Crm> {
  switch (crm.is) {
    case 'postgres':
      return createPostgresCrm({ database: database(), rehearsal, clock });
    case 'hubspot':
      return createHubSpotCrm({ ...crm, clock });
    case 'salesforce':
      return createSalesforceCrm({ ...crm, clock });
    case 'http':
      return createHttpCrm({ description: await loadHttpCrm(crm.file), secrets, clock });
  }
}
