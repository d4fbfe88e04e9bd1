// The CRMs of others, each by its own adapter over real sockets to its stand-in, near or far away. Measures nothing.
import { systemClock as clock } from '../../src/base/clock.ts';
import type { Contact, Crm } from '../../src/crm/crm.ts';
import { loadHttpCrm } from '../../src/crm/http/description.ts';
import { createHttpCrm } from '../../src/crm/http/http.ts';
import { createHubSpotCrm } from '../../src/crm/hubspot/hubspot.ts';
import { createSalesforceCrm } from '../../src/crm/salesforce/salesforce.ts';
import { openHubSpot, TOKEN as HUBSPOT_TOKEN } from '../../test/doubles/hubspot/stand-in.ts';
import { openRestCrm, TOKEN as REST_TOKEN } from '../../test/doubles/rest-crm/server.ts';
import { CLIENT_ID, CLIENT_SECRET } from '../../test/doubles/salesforce/login.ts';
import { SalesforceStandIn } from '../../test/doubles/salesforce/salesforce.ts';
import { seedWorld } from '../../test/doubles/salesforce/world.ts';
import { fixture } from '../rehearsal/rehearsal.ts';
import { farAway, type FarAway } from './far.ts';

export interface Vendor {
  readonly name: string;
  /** As after a start of the server: no connection, no token. */
  openCrm(): Promise<Crm>;
  /** That have reached it. */
  readonly requests: number;
  /** Cuts the connections to it. */
  forget(): void;
  close(): Promise<void>;
}

/** As many as the demo knows. More would measure the stand-ins, which look through all of them. */
const CONTACTS = 25;
export const KNOWN: readonly Contact[] = Array.from({ length: CONTACTS }, (_, n) => ({
  id: String(n + 1),
  name: `Caller Number${n + 1}`,
  phone: `+1555010${1_000 + n}`,
  facts: { 'last order': 'a night guard' },
}));
const WORLD = { contacts: KNOWN, appointments: [], objects: [] };

/** `roundTripMs` 0: straight over loopback. */
export function openVendors(roundTripMs: number): Promise<readonly Vendor[]> {
  return Promise.all([hubSpot(roundTripMs), salesforce(roundTripMs), restService(roundTripMs)]);
}

class Ways {
  readonly #roundTripMs: number;
  readonly #open: FarAway[] = [];

  constructor(roundTripMs: number) {
    this.#roundTripMs = roundTripMs;
  }

  async to(url: string): Promise<string> {
    if (this.#roundTripMs === 0) return url;
    const way = await farAway(url, this.#roundTripMs);
    this.#open.push(way);
    return way.url;
  }

  forget(): void {
    for (const way of this.#open) way.forget();
  }

  async close(): Promise<void> {
    await Promise.all(this.#open.map((way) => way.close()));
  }
}

async function hubSpot(roundTripMs: number): Promise<Vendor> {
  const standIn = await openHubSpot(clock.epochMs());
  for (const { id, name, phone } of KNOWN) {
    const [firstname = '', lastname = ''] = name.split(' ');
    standIn.store.add('contacts', { firstname, lastname, phone: phone! }, clock.epochMs(), [], id);
  }
  const ways = new Ways(roundTripMs);
  const baseUrl = await ways.to(standIn.baseUrl);
  return {
    name: 'HubSpot',
    openCrm: () =>
      Promise.resolve(
        createHubSpotCrm({
          accessToken: HUBSPOT_TOKEN,
          baseUrl,
          country: 'US',
          searchesPerSecond: 1_000,
          clock,
        }),
      ),
    get requests() {
      return standIn.asked.length;
    },
    forget: () => ways.forget(),
    close: () => ways.close().then(() => standIn.close()),
  };
}

async function salesforce(roundTripMs: number): Promise<Vendor> {
  const standIn = await SalesforceStandIn.start({ clock });
  seedWorld(standIn, WORLD);
  const ways = new Ways(roundTripMs);
  // Login and data are two hosts of Salesforce's, and so two connections.
  const loginUrl = await ways.to(standIn.url);
  standIn.instanceUrl = await ways.to(standIn.url);
  const by = { clientSecret: CLIENT_SECRET };
  return {
    name: 'Salesforce',
    openCrm: () =>
      Promise.resolve(createSalesforceCrm({ loginUrl, clientId: CLIENT_ID, by, country: 'US', clock })),
    get requests() {
      return standIn.asked.length;
    },
    forget: () => ways.forget(),
    close: () => ways.close().then(() => standIn.close()),
  };
}

async function restService(roundTripMs: number): Promise<Vendor> {
  const standIn = await openRestCrm(WORLD);
  const ways = new Ways(roundTripMs);
  const baseUrl = await ways.to(standIn.baseUrl);
  const description = {
    ...(await loadHttpCrm(fixture('crm/example.yaml'))),
    ...{ base_url: baseUrl, allow_private: true },
  };
  const secrets = new Map([['crm_token', REST_TOKEN]]);
  return {
    name: 'REST service',
    openCrm: () => Promise.resolve(createHttpCrm({ description, secrets, clock })),
    get requests() {
      return standIn.asked.length;
    },
    forget: () => ways.forget(),
    close: () => ways.close().then(() => standIn.close()),
  };
}
