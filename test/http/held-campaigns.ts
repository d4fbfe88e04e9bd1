// One campaign, C1, and what belongs to it, behind the routes of calls that we place: always the same.
import { Readable } from 'node:stream';
import type { Router } from 'express';
import { LivelineError } from '../../src/base/errors.ts';
import { callId } from '../../src/base/ids.ts';
import { parsePhoneNumber } from '../../src/base/phone-number.ts';
import type { Campaigns } from '../../src/campaign/campaigns.ts';
import type { ContactsStore, ImportReport } from '../../src/campaign/contacts/contacts-store.ts';
import type { Campaign } from '../../src/campaign/store.ts';
import { callRoutes } from '../../src/http/call-routes.ts';
import { campaignRoutes } from '../../src/http/campaign-routes.ts';
import { dialAuditRoutes } from '../../src/http/dial-audit-routes.ts';
import { consentRoutes } from '../../src/http/consent-routes.ts';
import type { OperatorOptions } from '../../src/http/operator.ts';
import { suppressionRoutes } from '../../src/http/suppression-routes.ts';
import { ManualClock } from '../doubles/manual-clock.ts';

const AT_MS = Date.UTC(2026, 0, 1);
const ADA = parsePhoneNumber('+12125550100')!;
const LINE = parsePhoneNumber('+12125550190')!;

const campaign: Campaign = {
  ...{
    id: 'C1',
    name: 'Spring',
    profile: 'Reminder',
    settings: { purpose: 'informational' },
    state: 'running',
  },
  ...{
    pausedBy: undefined,
    createdAtMs: AT_MS,
    startsAtMs: undefined,
    startedAtMs: AT_MS,
    endedAtMs: undefined,
  },
  clonedFrom: undefined,
};
const report: ImportReport = {
  ...{
    id: 'I1',
    file: 'spring.csv',
    state: 'done',
    cause: undefined,
    rows: 1,
    kept: 1,
    merged: 0,
    faulty: 0,
  },
};

const held = (id: string): Promise<Campaign> =>
  id === 'C1'
    ? Promise.resolve(campaign)
    : Promise.reject(new LivelineError('CAMPAIGN_UNKNOWN', 'there is no campaign of this id'));

const campaigns: Campaigns = {
  create: (name) =>
    name === 'Faulty'
      ? Promise.reject(new LivelineError('CAMPAIGN_INVALID', 'windows: these never open'))
      : Promise.resolve(campaign),
  list: () => Promise.resolve([campaign]),
  ...{ get: held, start: held, pause: held, resume: held, stop: held, clone: held },
  async progress(id) {
    const counts = { contacts: { waiting: 2 }, outcomes: { busy: 1 }, attempts: { over: 1 } };
    const rest = {
      endedLately: 0,
      nextAtMs: AT_MS,
      lastAtMs: AT_MS,
      waits: { 'hours.law': 1 },
      remaining: 2,
      estimateMs: undefined,
    };
    return { campaign: await held(id), ...counts, ...rest };
  },
  results: () => Readable.from([]),
  faults: () => Promise.resolve([]),
};

const contacts: ContactsStore = {
  begin: () => Promise.resolve('I1'),
  put: () => Promise.resolve(),
  finish: () => Promise.resolve(report),
  fail: () => Promise.resolve(report),
  find: () => Promise.resolve([report]),
  faults: () => Readable.from([]),
  failLost: () => Promise.resolve(0),
};

export function heldCampaigns(operator: OperatorOptions): Router[] {
  const clock = new ManualClock();
  const switchboard = { isDraining: false };
  const line = {
    id: '1',
    atMs: AT_MS,
    to: ADA,
    decision: 'dial',
    rule: 'dial',
    facts: { from: LINE },
  } as const;
  const list = { name: 'a', asOfMs: AT_MS, importedAtMs: AT_MS, numbers: 1, version: 1 };
  const consent = {
    ...{ id: '1', number: ADA, kind: 'written', givenAtMs: AT_MS, expiresAtMs: undefined, addedAtMs: AT_MS },
    ...{ source: 'form', wording: '', seller: '' },
  };
  return [
    campaignRoutes({
      ...{
        campaigns,
        contacts,
        switchboard,
        clock,
        operator,
        store: { audit: () => Promise.resolve([line]) },
      },
      ready: () => Promise.resolve(),
    }),
    dialAuditRoutes({
      ...{ store: { auditOfNumber: () => Promise.resolve([line]) }, operator },
      ready: () => Promise.resolve(),
    }),
    consentRoutes({ add: () => Promise.resolve(1), of: () => Promise.resolve([consent]) }, operator),
    suppressionRoutes(
      {
        import: () => Promise.resolve(list),
        list: () => Promise.resolve([list]),
        remove: (name) => Promise.resolve(name === 'a'),
      },
      clock,
      operator,
    ),
    callRoutes({
      switchboard,
      attempts: {
        find: (id) =>
          Promise.resolve(
            id === 'a1'
              ? {
                  ...{ id, state: 'over', callId: callId('CA1'), status: 'busy' },
                  ...{ answeredBy: undefined, outcome: 'busy' },
                }
              : undefined,
          ),
      },
      calls: {
        place: ({ to }) =>
          to.endsWith('911')
            ? Promise.reject(new LivelineError('DIAL_REFUSED', 'this number is not called'))
            : Promise.resolve({ attempt: 'a1', call: callId('CA1') }),
      },
      profileNamed: (name) =>
        name === 'Reminder'
          ? { name, direction: 'outbound', numbers: [], onVoicemail: { do: 'hang-up' } }
          : undefined,
      ownNumbers: () => Promise.resolve([LINE]),
      operator,
    }),
  ];
}
