import { createMemoryCrm } from '../../src/crm/memory.ts';
import { crmContract } from '../contracts/crm.contract.ts';

crmContract('the CRM in memory', (contacts) => Promise.resolve(createMemoryCrm({ contacts })));
