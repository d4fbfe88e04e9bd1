// What a rehearsal calls with: the sample campaign of fixtures/campaigns/reminders.yaml as it is typed into the form, and a file of
// contacts to begin with. Pure.
import type { Typed } from './settings-fields.ts';

export const SAMPLE_NAME = 'Reminders';

export const SAMPLE: Typed = {
  profile: 'Appointment reminder',
  purpose: 'informational',
  'consent.kind': 'express',
  caller_ids: '+12125550190\n+13125550190',
  country: 'US',
  'pace.concurrency': '5',
  'pace.ramp_minutes': '5',
  machines: 'leave-message',
};

/** All columns that mean something, and one variable. */
export const CONTACTS_TEMPLATE = [
  'phone,name,country,time_zone,region,consent_kind,consent_at,consent_source',
  '+12125550123,Ada Moreno,US,America/New_York,NY,express,2026-03-01,registration form',
  '',
].join('\r\n');
