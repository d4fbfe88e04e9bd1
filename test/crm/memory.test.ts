import { createMemoryCrm } from '../../src/crm/memory.ts';
import { crmContract } from '../contracts/crm.contract.ts';

crmContract(
  'the CRM in memory',
  ({ objects, ...world }) => {
    const byAge = [...objects].sort((a, b) => a.createdAtMs - b.createdAtMs);
    return Promise.resolve(createMemoryCrm({ ...world, objects: byAge }));
  },
  { keepsKeys: true },
);
