// A Salesforce stand-in with the world of the CRM's rules in it, and the adapter that asks it.
import type { TestContext } from 'vitest';
import { systemClock, type Clock } from '../../../src/base/clock.ts';
import type { Crm } from '../../../src/crm/crm.ts';
import { createSalesforceCrm, type SalesforceCrmOptions } from '../../../src/crm/salesforce/salesforce.ts';
import { WORLD, type World } from '../../contracts/crm-world.ts';
import { CLIENT_ID, CLIENT_SECRET } from '../../doubles/salesforce/login.ts';
import { SalesforceStandIn } from '../../doubles/salesforce/salesforce.ts';
import { seedWorld } from '../../doubles/salesforce/world.ts';

export const KEY_FIELD = 'Liveline_Key__c';

interface RigOptions extends Partial<SalesforceCrmOptions> {
  readonly clock?: Clock;
  readonly world?: World;
  readonly pageSize?: number;
}

export interface SalesforceRig {
  readonly crm: Crm;
  readonly standIn: SalesforceStandIn;
  readonly ids: ReadonlyMap<string, string>;
  readonly id: (ofWorld: string) => string;
}

export async function salesforce(
  { onTestFinished }: Pick<TestContext, 'onTestFinished'>,
  { world = WORLD, clock = systemClock, pageSize, ...options }: RigOptions = {},
): Promise<SalesforceRig> {
  const { keyField } = options;
  const standIn = await SalesforceStandIn.start({
    clock,
    ...(keyField === undefined ? {} : { keyField }),
    ...(pageSize === undefined ? {} : { pageSize }),
  });
  onTestFinished(() => standIn.close());
  const ids = seedWorld(standIn, world);
  const crm = createSalesforceCrm({
    loginUrl: standIn.url,
    clientId: CLIENT_ID,
    by: { clientSecret: CLIENT_SECRET },
    // In the world of the rules people type their numbers without a country.
    country: 'US',
    clock,
    ...options,
  });
  return { crm, standIn, ids, id: (ofWorld) => ids.get(ofWorld)! };
}
