// A HubSpot with the world of the contract in it, and the CRM that speaks to it.
import type { Crm } from '../../src/crm/crm.ts';
import { createHubSpotCrm, type HubSpotOptions } from '../../src/crm/hubspot/hubspot.ts';
import { NOW_MS, type World } from '../contracts/crm.contract.ts';
import { openHubSpot, TOKEN, type HubSpotStandIn } from '../doubles/hubspot/stand-in.ts';
import { ManualClock } from '../doubles/manual-clock.ts';

const FACTS = {
  last_order: 'last order',
  next_appointment: 'next appointment',
  preference: 'preference',
  likes: 'likes',
  allergy: 'allergy',
  note: 'note',
};
const ORDER_FACTS = { expected: 'expected' };
const propertyOf = (fact: string): string => fact.replaceAll(' ', '_');

export function fill({ store }: HubSpotStandIn, world: World): void {
  for (const name of [...Object.keys(FACTS), ...Object.keys(ORDER_FACTS)]) store.customProperties.add(name);
  for (const { id, name, phone, email, facts } of world.contacts) {
    const cut = name.lastIndexOf(' ');
    const custom = Object.entries(facts).map(([fact, value]) => [propertyOf(fact), value]);
    const given = { firstname: name.slice(0, cut), lastname: name.slice(cut + 1), phone, email };
    const said = Object.entries(given).filter((one): one is [string, string] => one[1] !== undefined);
    store.add('contacts', Object.fromEntries([...said, ...custom]) as Record<string, string>, NOW_MS, [], id);
  }
  for (const { id, contactId, startsAtMs, minutes, about, status } of world.appointments)
    store.add(
      'meetings',
      {
        hs_meeting_title: about,
        hs_meeting_start_time: new Date(startsAtMs).toISOString(),
        hs_meeting_end_time: new Date(startsAtMs + minutes * 60_000).toISOString(),
        hs_meeting_outcome: status === 'booked' ? 'SCHEDULED' : 'CANCELED',
      },
      NOW_MS,
      [contactId],
      id,
    );
  for (const { id, kind, number, contactId, title, status, facts, createdAtMs } of world.objects) {
    const links = contactId === undefined ? [] : [contactId];
    if (kind === 'order')
      store.add(
        'orders',
        { hs_order_name: title, hs_external_order_id: number, hs_external_order_status: status, ...facts },
        createdAtMs,
        links,
        id,
      );
    else if (kind === 'ticket')
      store.add('tickets', { subject: title, hs_pipeline_stage: '1' }, createdAtMs, links, id);
    else store.add('notes', { hs_note_body: `<p>${title}</p>` }, createdAtMs, links, id);
  }
}

export const crmOf = (
  hubspot: HubSpotStandIn,
  options: Partial<HubSpotOptions> = {},
): { crm: Crm; clock: ManualClock } => {
  const clock = new ManualClock();
  const crm = createHubSpotCrm({
    accessToken: TOKEN,
    baseUrl: hubspot.baseUrl,
    factProperties: FACTS,
    orderFactProperties: ORDER_FACTS,
    // The clock stands still where no test moves it, and nobody's turn would come.
    searchesPerSecond: 1_000,
    clock,
    ...options,
  });
  return { crm, clock };
};

export { openHubSpot, TOKEN };
