// The description of a CRM that is any REST service: its schema, its file, and the variables of each request. Plain data
// comes out; it knows nothing of asking.
import { readFile } from 'node:fs/promises';
import { isSupportedCountry } from 'libphonenumber-js';
import { z } from 'zod';
import { LivelineError, messageOf } from '../../base/errors.ts';
import { describedField, describedRequest, type DescribedRequest } from '../../web/described.ts';
import { readDescribed } from '../../web/described-file.ts';
import { headersFaults, requestFaults, type Variables } from '../../web/described-faults.ts';
import { jsonPath } from '../../web/json-path.ts';
import { variablesIn } from '../../web/template.ts';
import { trimmedBase } from '../../web/wire-request.ts';

const facts = z.union(
  [jsonPath, z.record(z.string(), describedField)],
  'expected names, each with a JSONPath, or the JSONPath of an object that holds them',
);
const some = describedField.optional();
const list = jsonPath.optional();

const contactAnswer = z.strictObject({
  list,
  fields: z.strictObject({ id: describedField, name: describedField, phone: some, email: some }),
  facts: facts.optional(),
});
const appointmentAnswer = z.strictObject({
  list,
  fields: z
    .strictObject({
      id: describedField,
      contact_id: some,
      starts_at: describedField,
      ends_at: some,
      minutes: some,
      about: some,
      status: some,
    })
    .refine(
      ({ ends_at, minutes }) => (ends_at === undefined) !== (minutes === undefined),
      'expected ends_at or minutes, one of them',
    ),
});
const objectAnswer = z.strictObject({
  list,
  fields: z.strictObject({
    id: describedField,
    number: describedField,
    contact_id: some,
    title: some,
    status: some,
  }),
  facts: facts.optional(),
});

const forContacts = describedRequest.extend({ response: contactAnswer });
const forAppointments = describedRequest.extend({ response: appointmentAnswer });
const forObjects = describedRequest.extend({ response: objectAnswer }).optional();

export type ContactAnswer = z.output<typeof contactAnswer>;
export type AppointmentAnswer = z.output<typeof appointmentAnswer>;
export type ObjectAnswer = z.output<typeof objectAnswer>;

const contact = ['phone', 'email', 'facts'];
const VARIABLES = {
  find_by_phone: { always: ['phone'], sometimes: [] },
  find_by_email: { always: ['email'], sometimes: [] },
  find_by_id: { always: ['id'], sometimes: [] },
  find_by_name: { always: ['name', 'limit'], sometimes: [] },
  create_contact: { always: ['name', 'key'], sometimes: contact },
  update_contact: { always: ['id'], sometimes: ['name', ...contact] },
  appointments_of: { always: ['contact_id', 'from'], sometimes: [] },
  book_appointment: {
    always: ['contact_id', 'starts_at', 'ends_at', 'minutes', 'about', 'key'],
    sometimes: [],
  },
  find_appointment: { always: ['id'], sometimes: [] },
  cancel_appointment: { always: ['id'], sometimes: [] },
  objects_of: { always: ['contact_id', 'kind', 'limit'], sometimes: [] },
  find_object: { always: ['kind', 'number', 'bare_number'], sometimes: [] },
  create_object: { always: ['kind', 'title', 'text', 'from', 'key'], sometimes: ['contact_id'] },
  log_call: {
    always: 'call_id from to direction started_at ended_at duration_seconds outcome summary'.split(' '),
    sometimes: ['contact_id', 'recording_url'],
  },
  check: { always: [], sometimes: [] },
} as const satisfies Record<string, Variables>;
type Method = keyof typeof VARIABLES;

/** Requests that make something, and the variable by which a service knows that it was asked before. */
const KEYED = [
  ['create_contact', 'key'],
  ['book_appointment', 'key'],
  ['create_object', 'key'],
  ['log_call', 'call_id'],
] as const;

const httpCrm = z
  .strictObject({
    name: z.string().trim().min(1, 'expected a name'),
    base_url: z
      .string()
      .trim()
      .refine(
        (url) => trimmedBase(url) !== undefined && !url.includes('{{'),
        'expected an address such as "https://crm.example.com/api", without user, query and variables',
      ),
    headers: describedRequest.shape.headers,
    allow_private: z.boolean().default(false),
    timeout_ms: z.int().min(100).max(30_000).default(5_000),
    /** Whose numbers are written without a country code: `US`. */
    default_country: z
      .string()
      .refine(isSupportedCountry, 'expected a country of two capital letters, such as "US"')
      .optional(),
    /** The service itself does once what comes twice under one key. */
    keeps_keys: z.boolean().default(false),
    find_by_phone: forContacts,
    find_by_email: forContacts.optional(),
    find_by_id: forContacts.optional(),
    find_by_name: forContacts.optional(),
    create_contact: forContacts.optional(),
    update_contact: describedRequest.extend({ response: contactAnswer.optional() }).optional(),
    appointments_of: forAppointments.optional(),
    book_appointment: forAppointments.optional(),
    find_appointment: forAppointments.optional(),
    cancel_appointment: describedRequest.extend({ response: appointmentAnswer.optional() }).optional(),
    objects_of: z.strictObject({ order: forObjects, ticket: forObjects, message: forObjects }).default({}),
    find_object: z.strictObject({ order: forObjects, ticket: forObjects, message: forObjects }).default({}),
    create_object: z.strictObject({ ticket: forObjects, message: forObjects }).default({}),
    log_call: describedRequest.optional(),
    check: describedRequest.optional(),
  })
  .superRefine((description, context) => {
    const add = (path: (string | number)[], message: string): void =>
      context.addIssue({ code: 'custom', path, message });
    for (const { method, path, request } of requestsIn(description))
      for (const fault of requestFaults(request, VARIABLES[method], 'behind a base'))
        add([...path, ...fault.path], fault.words);
    for (const { path, words } of headersFaults(description.headers, VARIABLES.check)) add([...path], words);
    if (description.update_contact && !description.update_contact.response && !description.find_by_id)
      add(['update_contact'], 'expected response:, or find_by_id to read the contact with');
    for (const { path, words } of mistakenFaults(description)) add(path, words);
    const { cancel_appointment: cancel, find_appointment: before } = description;
    if (cancel && !cancel.response && !before)
      add(['cancel_appointment'], 'expected response:, or find_appointment to read it with before');
    if (!description.keeps_keys) return;
    for (const [keyed, variable] of KEYED)
      for (const { method, path, request } of requestsIn(description))
        if (method === keyed && !hasAny(request, [variable]))
          add(path, `keeps_keys: true, but {{${variable}}} is nowhere in this request`);
  });

/** Without one of them a request asks of everybody, and the first of the list would be whoever was asked for. */
const ASKED_BY = [
  ['find_by_phone', ['phone']],
  ['find_by_email', ['email']],
  ['find_by_id', ['id']],
  ['find_by_name', ['name']],
  ['update_contact', ['id']],
  ['appointments_of', ['contact_id']],
  ['book_appointment', ['contact_id']],
  ['find_appointment', ['id']],
  ['cancel_appointment', ['id']],
  ['objects_of', ['contact_id']],
  ['find_object', ['number', 'bare_number']],
] as const satisfies readonly (readonly [Method, readonly string[]])[];

/** In requests that would take anybody for whoever was asked for. */
function mistakenFaults(description: HttpCrmDescription): { path: string[]; words: string }[] {
  const { find_by_phone: byPhone, find_by_email: byEmail } = description;
  const unnamed = ASKED_BY.flatMap(([asked, variables]) =>
    requestsIn(description)
      .filter(({ method, request }) => method === asked && !hasAny(request, variables))
      .map(({ path }) => ({
        path,
        words: `${variables.map((name) => `{{${name}}}`).join(' or ')} is nowhere in this request: it would be the same for everybody`,
      })),
  );
  const unchecked = [
    { method: 'find_by_phone', field: 'phone', response: byPhone.response },
    { method: 'find_by_email', field: 'email', response: byEmail?.response },
  ] as const;
  return [
    ...unnamed,
    ...unchecked
      .filter(({ field, response }) => response?.list !== undefined && response.fields[field] === undefined)
      .map(({ method, field }) => ({
        path: [method, 'response', 'fields'],
        words: `expected ${field} beside list: the one of the list who has it is taken`,
      })),
  ];
}

/** One REST service as a CRM: plain data. */
export type HttpCrmDescription = z.output<typeof httpCrm>;

interface Placed {
  readonly method: Method;
  readonly path: string[];
  readonly request: DescribedRequest;
}

/** Every request of a description, with its place in the file. */
export function requestsIn(description: HttpCrmDescription): Placed[] {
  return (Object.keys(VARIABLES) as Method[]).flatMap((method): Placed[] => {
    if (method === 'objects_of' || method === 'find_object' || method === 'create_object')
      return Object.entries(description[method]).flatMap(([kind, request]) =>
        request === undefined ? [] : [{ method, path: [method, kind], request }],
      );
    const request = description[method];
    return request === undefined ? [] : [{ method, path: [method], request }];
  });
}

const textsOf = ({ url, headers, query, body, form }: DescribedRequest): string[] => [
  url,
  ...Object.values(headers),
  ...Object.values(query),
  ...Object.values(form ?? {}),
  ...(body === undefined ? [] : [JSON.stringify(body)]),
];
const hasAny = (request: DescribedRequest, variables: readonly string[]): boolean =>
  textsOf(request).some((text) => variablesIn(text).some(({ name }) => variables.includes(name)));

/** Throws CRM_INVALID, a line for each fault: `file:line:column  field: words`. */
export const readHttpCrm = (file: string, text: string): HttpCrmDescription =>
  readDescribed({ file, text, code: 'CRM_INVALID' }, httpCrm);

/** Throws CRM_INVALID. */
export async function loadHttpCrm(path: string): Promise<HttpCrmDescription> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new LivelineError('CRM_INVALID', `the description of a CRM: ${messageOf(cause)}`, { cause });
  });
  return readHttpCrm(path, text);
}
