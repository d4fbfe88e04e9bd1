// Which properties the records of the stand-in have, and what it refuses, as HubSpot's documentation of each object says.

/** Enumerations list their values; `date` takes ISO 8601 or milliseconds; `email` must look like one. */
type Kind = 'text' | 'date' | 'email' | readonly string[];

const common: Record<string, Kind> = { hs_object_id: 'text', hubspot_owner_id: 'text' };

export const PROPERTIES: Readonly<Record<string, Readonly<Record<string, Kind>>>> = {
  contacts: {
    ...common,
    firstname: 'text',
    lastname: 'text',
    email: 'email',
    phone: 'text',
    mobilephone: 'text',
    company: 'text',
    jobtitle: 'text',
    city: 'text',
    hs_searchable_calculated_phone_number: 'text',
    hs_searchable_calculated_mobile_number: 'text',
  },
  meetings: {
    ...common,
    hs_timestamp: 'date',
    hs_meeting_title: 'text',
    hs_meeting_body: 'text',
    hs_meeting_start_time: 'date',
    hs_meeting_end_time: 'date',
    hs_meeting_outcome: ['SCHEDULED', 'COMPLETED', 'RESCHEDULED', 'NO_SHOW', 'CANCELED'],
  },
  notes: { ...common, hs_timestamp: 'date', hs_note_body: 'text' },
  calls: {
    ...common,
    hs_timestamp: 'date',
    hs_call_title: 'text',
    hs_call_body: 'text',
    hs_call_direction: ['INBOUND', 'OUTBOUND'],
    hs_call_duration: 'text',
    hs_call_from_number: 'text',
    hs_call_to_number: 'text',
    hs_call_recording_url: 'text',
    hs_call_status: [
      'BUSY',
      'CALLING_CRM_USER',
      'CANCELED',
      'COMPLETED',
      'CONNECTING',
      'FAILED',
      'IN_PROGRESS',
      'NO_ANSWER',
      'QUEUED',
      'RINGING',
    ],
  },
  orders: {
    ...common,
    hs_order_name: 'text',
    hs_external_order_id: 'text',
    hs_external_order_status: 'text',
    hs_fulfillment_status: 'text',
    hs_total_price: 'text',
    hs_currency_code: 'text',
    hs_shipping_tracking_number: 'text',
    hs_pipeline: 'text',
    hs_pipeline_stage: 'text',
  },
  tickets: {
    ...common,
    subject: 'text',
    content: 'text',
    hs_pipeline: ['0'],
    hs_pipeline_stage: ['1', '2', '3', '4'],
  },
};

export const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  meetings: ['hs_timestamp'],
  notes: ['hs_timestamp'],
  calls: ['hs_timestamp'],
  orders: ['hs_order_name'],
  tickets: ['subject', 'hs_pipeline_stage'],
};

/** HubSpot computes these; nobody writes them. */
const READ_ONLY = new Set([
  'hs_object_id',
  'hs_searchable_calculated_phone_number',
  'hs_searchable_calculated_mobile_number',
]);

/** The first thing wrong with what somebody wants written, as HubSpot calls it. */
export function faultOf(
  known: Readonly<Record<string, Kind>>,
  properties: Readonly<Record<string, unknown>>,
): string | undefined {
  for (const [name, value] of Object.entries(properties)) {
    const kind = known[name];
    if (kind === undefined) return 'PROPERTY_DOESNT_EXIST';
    if (READ_ONLY.has(name)) return 'READ_ONLY_VALUE';
    if (typeof value !== 'string') return 'INVALID_STRING';
    if (value === '') continue;
    if (kind === 'email' && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value)) return 'INVALID_EMAIL';
    if (kind === 'date' && !/^\d+$/.test(value) && Number.isNaN(Date.parse(value))) return 'INVALID_DATE';
    if (typeof kind === 'object' && !kind.includes(value)) return 'INVALID_OPTION';
  }
  return undefined;
}
