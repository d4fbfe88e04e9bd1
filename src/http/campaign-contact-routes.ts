// The contacts of a campaign over HTTP: a file of them comes in as it is read, and what was wrong with it, what came of each and
// why anybody was called or not goes out the same way.
import { isSupportedCountry, type CountryCode } from 'libphonenumber-js';
import type { Response, Router } from 'express';
import { z } from 'zod';
import type { Clock } from '../base/clock.ts';
import { LivelineError } from '../base/errors.ts';
import type { Campaigns } from '../campaign/campaigns.ts';
import type { ContactsStore, ImportReport } from '../campaign/contacts/contacts-store.ts';
import { checkContacts, importContacts } from '../campaign/contacts/import.ts';
import { csvLine } from '../campaign/csv-line.ts';
import { readSettings } from '../campaign/settings-faults.ts';
import type { Campaign, CampaignStore } from '../campaign/store.ts';
import { CAMPAIGN, readParameters, requireCsv, sendCsv, withUpload } from './campaign-requests.ts';
import { auditPageOf, auditQuery, auditReadingOf, checkOf, importOf } from './campaign-schemas.ts';
import { answered } from './record-routes.ts';

export interface ContactRoutesOptions {
  readonly campaigns: Pick<Campaigns, 'get' | 'results'>;
  readonly contacts: ContactsStore;
  readonly store: Pick<CampaignStore, 'audit'>;
  readonly clock: Pick<Clock, 'nowMs' | 'epochMs'>;
}

const COUNTRY = 'expected a country by ISO 3166, such as US';
const MAPPING =
  'expected JSON: by the name of a column, what it is, such as {"Handy":"phone"}; "" for nothing';
const FILE = 'expected the name of the file, of at most 200 characters';

export const uploadQuery = z.strictObject({
  file: z
    .string(FILE)
    .trim()
    .min(1, FILE)
    .max(200, FILE)
    .default('contacts.csv')
    .describe('What people call it.'),
  country: z
    .string(COUNTRY)
    .refine((code): code is CountryCode => isSupportedCountry(code), COUNTRY)
    .optional()
    .describe("Of numbers that are written without one; left out: the campaign's."),
  mapping: z
    .string(MAPPING)
    .transform((text, context) => {
      const read = z.record(z.string(), z.string()).safeParse(parsed(text));
      if (read.success) return read.data;
      context.addIssue(MAPPING);
      return z.NEVER;
    })
    .optional()
    .describe('JSON: by the name of a column, what it is; "" for nothing.'),
});

/** To a router that has let the operator alone in. */
export function addContactRoutes(
  router: Router,
  { campaigns, contacts, store, clock }: ContactRoutesOptions,
): void {
  const imports = `${CAMPAIGN}/imports` as const;
  const faults = `${imports}/:importId/faults` as const;

  const check = `${CAMPAIGN}/contacts/check` as const;

  router.post([`${CAMPAIGN}/contacts`, check], requireCsv);
  router.post(check, async (request, response) => {
    const { mapping, ...asked } = readParameters(uploadQuery, request.query);
    const campaign = await answered(campaigns.get(request.params.campaignId));
    const country = asked.country ?? countryOf(campaign);
    const read = withUpload(request, (source, signal) =>
      checkContacts({ source, country, mapping, clock, signal }),
    );
    await saidOf(response, 200, read.then(checkOf));
  });
  router.post(`${CAMPAIGN}/contacts`, async (request, response) => {
    const { file, mapping, ...asked } = readParameters(uploadQuery, request.query);
    const campaign = await answered(campaigns.get(request.params.campaignId));
    const country = asked.country ?? countryOf(campaign);
    const read = withUpload(request, (source, signal) =>
      answered(
        importContacts({
          ...{ source, file, campaignId: campaign.id, country, mapping, store: contacts, clock, signal },
        }),
      ),
    );
    await saidOf(response, 201, read.then(importOf));
  });
  router.get(imports, async (request, response) => {
    const { id } = await answered(campaigns.get(request.params.campaignId));
    response.json({ imports: (await answered(contacts.find(id))).map(importOf) });
  });
  router.get(faults, async (request, response) => {
    const { campaignId, importId } = request.params;
    const { id } = await answered(campaigns.get(campaignId));
    const found = (await answered(contacts.find(id))).find((each) => each.id === importId);
    if (!found) throw new LivelineError('RECORD_UNKNOWN', 'this campaign has no import of this id');
    await answered(sendCsv(response, 'faults.csv', faultsCsv(contacts, found)));
  });
  router.get(`${CAMPAIGN}/results`, async (request, response) => {
    const { id } = await answered(campaigns.get(request.params.campaignId));
    await answered(sendCsv(response, 'results.csv', campaigns.results(id)));
  });
  router.get(`${CAMPAIGN}/audit`, async (request, response) => {
    const { limit, cursor = '', ...which } = readParameters(auditQuery, request.query);
    const { id } = await answered(campaigns.get(request.params.campaignId));
    const lines = await answered(store.audit(id, cursor, limit, auditReadingOf(which)));
    response.json(auditPageOf(lines, limit));
  });
}

async function saidOf(response: Response, status: number, read: Promise<object>): Promise<void> {
  try {
    response.status(status).json(await read);
  } catch (thrown) {
    if (!(thrown instanceof LivelineError && thrown.code === 'CONTACTS_INVALID')) throw thrown;
    // Not by way of the log: a file without a first line of names has somebody's number in its place.
    response.status(thrown.status).json({ error: thrown.code, message: thrown.message });
  }
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** As its settings say; those of an older version may not be read any more. */
export function countryOf({ settings }: Campaign): CountryCode | undefined {
  const read = readSettings(settings);
  const country = 'settings' in read ? read.settings.country : undefined;
  return country !== undefined && isSupportedCountry(country) ? country : undefined;
}

/** Lines with their ends; the first one names the columns. */
export async function* faultsCsv(
  contacts: Pick<ContactsStore, 'faults'>,
  { id }: Pick<ImportReport, 'id'>,
): AsyncGenerator<string> {
  yield csvLine(['line', 'field', 'words']);
  for await (const { line, field, words } of contacts.faults(id)) yield csvLine([String(line), field, words]);
}
