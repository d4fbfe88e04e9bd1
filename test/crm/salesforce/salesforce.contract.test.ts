import { crmContract } from '../../contracts/crm.contract.ts';
import { KEY_FIELD, salesforce } from './rig.ts';

crmContract(
  'Salesforce with a key field',
  async (world, context) => (await salesforce(context, { world, keyField: KEY_FIELD })).crm,
  { keepsKeys: true, lacks: ['messages'] },
);

crmContract(
  'Salesforce without a key field, in small pages',
  async (world, context) => (await salesforce(context, { world, pageSize: 2 })).crm,
  { keepsKeys: false, lacks: ['messages'] },
);
