// The rules that every CRM keeps, whatever stands behind it. Each adapter's test opens one with the world in it.
import { describe } from 'vitest';
import { appointmentRules, overlapRules } from './crm-agenda.contract.ts';
import { keyRules, signalRules } from './crm-keys.contract.ts';
import { callRules, objectRules } from './crm-objects.contract.ts';
import { contactRules, findingRules } from './crm-people.contract.ts';
import { rigOf, type CrmTraits, type OpenCrm } from './crm-rig.ts';

export type { CrmTraits, Lack, OpenCrm } from './crm-rig.ts';
export { APPOINTMENTS, CONTACTS, HOSTILE, NOW_MS, OBJECTS, WORLD } from './crm-world.ts';
export type { World, WorldObject } from './crm-world.ts';

export function crmContract(adapter: string, open: OpenCrm, traits: CrmTraits): void {
  describe(`${adapter} keeps the rules of a CRM`, () => {
    const rig = rigOf(open, traits);
    findingRules(rig);
    contactRules(rig);
    appointmentRules(rig);
    overlapRules(rig);
    objectRules(rig);
    callRules(rig);
    keyRules(rig);
    signalRules(rig);
  });
}
