import { crmContract, NOW_MS } from '../contracts/crm.contract.ts';
import { crmOf, fill, openHubSpot } from './hubspot-rig.ts';

crmContract(
  'HubSpot',
  async (world, { onTestFinished }) => {
    const hubspot = await openHubSpot(NOW_MS);
    onTestFinished(() => hubspot.close());
    fill(hubspot, world);
    return crmOf(hubspot).crm;
  },
  { keepsKeys: false },
);
