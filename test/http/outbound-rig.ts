// Campaigns behind their routes, in a real database: the numbers, profiles and rules around them are fixed.
import type { TestContext } from 'vitest';
import { parsePhoneNumber } from '../../src/base/phone-number.ts';
import { campaigns } from '../../src/campaign/campaigns.ts';
import { createPostgresContacts } from '../../src/campaign/contacts/postgres.ts';
import { createPostgresConsents } from '../../src/campaign/consents-postgres.ts';
import { createPostgresSuppressionLists } from '../../src/campaign/do-not-call-postgres.ts';
import { createCampaignStore } from '../../src/campaign/postgres.ts';
import { dialAuditRoutes } from '../../src/http/dial-audit-routes.ts';
import { campaignRoutes } from '../../src/http/campaign-routes.ts';
import { consentRoutes } from '../../src/http/consent-routes.ts';
import { suppressionRoutes } from '../../src/http/suppression-routes.ts';
import { freshDatabase } from '../doubles/databases.ts';
import { ManualClock } from '../doubles/manual-clock.ts';
import { OPEN, served } from './served.ts';

export const LINE = '+12125550190';
export const ALL = '/api/v1/campaigns';

export const settings = (changes: object = {}): object => ({
  ...{ profile: 'Appointment reminder', purpose: 'informational', caller_ids: [LINE], country: 'US' },
  ...{ consent: { kind: 'express' }, ...changes },
});

export const CONTACTS =
  'phone,name,consent_kind,consent_at,consent_source\r\n+12125550100,Ada,express,2025-03-01,form\r\n';

export async function outbound(
  context: Pick<TestContext, 'onTestFinished'>,
  { operator = OPEN, canEverOpen = true, switchboard = { isDraining: false } } = {},
) {
  const database = await freshDatabase(context);
  const clock = new ManualClock();
  const store = createCampaignStore(database, { account: 'AC1', node: 'node-1', rehearsal: true });
  const contacts = createPostgresContacts(database);
  const firstWords = {
    identity: 'We are Harbour.',
    assistant: 'I am an AI.',
    callback: 'Call 1.',
    optOut: 'Press 9.',
  };
  const all = campaigns({
    ...{ store, clock },
    facts: (asked) =>
      Promise.resolve({
        ownNumbers: [parsePhoneNumber(LINE)!],
        profile:
          asked.profile === 'Appointment reminder'
            ? {
                ...{
                  direction: 'outbound',
                  announcesRecording: false,
                  onVoicemail: 'leave-message',
                  withoutOptOut: [],
                },
                firstWords: { ...firstWords, recording: undefined },
              }
            : undefined,
        canEverOpen,
      }),
  });
  const lists = createPostgresSuppressionLists(database, false);
  const { url, get, log } = await served(
    context,
    campaignRoutes({
      ...{ campaigns: all, contacts, switchboard, store, clock, operator },
      ready: () => database.ready(),
    }),
    dialAuditRoutes({ store, ready: () => database.ready(), operator }),
    consentRoutes(createPostgresConsents(database, false, clock), operator),
    suppressionRoutes(lists, clock, operator),
  );
  const send = (method: string, path: string, body?: unknown): Promise<Response> =>
    fetch(`${url}${path}`, {
      method,
      ...(body !== undefined && {
        headers: { 'content-type': 'application/json' },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    });
  const upload = (
    path: string,
    body: string | Uint8Array<ArrayBuffer>,
    type = 'text/csv',
  ): Promise<Response> =>
    fetch(`${url}${path}`, {
      ...{ method: 'POST', headers: { 'content-type': type }, body },
    });
  /** The id of a new one. */
  const made = async (name = 'Spring'): Promise<string> => {
    const response = await send('POST', ALL, { name, settings: settings() });
    return ((await response.json()) as { id: string }).id;
  };
  return { url, get, send, upload, log, made, database, clock, store, contacts, campaigns: all };
}

/** Status, and what was said. */
export const said = async (response: Response): Promise<[number, string, string]> => {
  const { error = '', message = '' } = (await response.json()) as { error?: string; message?: string };
  return [response.status, error, message];
};
