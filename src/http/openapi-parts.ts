// What the API's description is put together from: parameters, references, and the refusals that routes share. Knows no route.
import { z } from 'zod';
import { LivelineError, type ErrorCode } from '../base/errors.ts';
import { RETRY_AFTER_S } from './record-routes.ts';

export const FAULTS = {
  NOT_AUTHORISED: 'The operator token is missing or wrong.',
  NOT_ALLOWED: 'A viewer asks for what changes something, or a page of another origin does.',
  API_REQUEST_INVALID: 'The request is not as described; the message names each fault.',
  API_REQUEST_TOO_LARGE: 'The body is too large.',
  CALL_UNKNOWN: 'No call of this id is in progress.',
  CALL_CONFLICT: 'The call is not in a state for that; the message says why.',
  CALL_IN_DOUBT: 'The server that has the call did not answer: it may or may not have been done.',
  NODE_UNKNOWN: 'No process of this id takes calls behind this address.',
  RECORD_UNKNOWN:
    'There is no record of this call, no sound of this voicemail or call, or no such number, list, import or attempt.',
  RECORDING_UNAVAILABLE: 'The storage of recordings does not answer: try again later.',
  CAMPAIGN_INVALID: 'The settings have faults, or what they need is not there; the message names each field.',
  CAMPAIGN_UNKNOWN: 'There is no campaign of this id.',
  CAMPAIGN_CONFLICT: 'It is not in a state for that, has nobody to call, or its name is taken.',
  CONTACTS_INVALID: 'The file cannot be read to its end; nothing of it was taken.',
  SUPPRESSION_LIST_INVALID: 'The list cannot be taken as it is; the one before holds.',
  DIAL_REFUSED: 'This number is not called: by a rule, or because they asked for it.',
  CARRIER_REFUSED: 'The carrier will not place the call, or there is no account.',
  CARRIER_UNREACHABLE: 'The carrier does not answer; nobody was called.',
  CARRIER_BUSY: 'The account places as many calls as it may; nobody was called.',
  CLOCK_APART: 'The clock of this server is not that of its database; it calls nobody until it is.',
  SERVER_STOPPING: 'This server stops and calls nobody any more: ask the one that comes after it.',
  DATABASE_REFUSED: 'The database does not let the server in; its operator has to act.',
  DATABASE_UNAVAILABLE: 'The database is away: try again later.',
} as const satisfies Partial<Record<ErrorCode, string>>;
export type Fault = keyof typeof FAULTS;

/** As they are once they were read: a client sends no text where a number is meant. */
export function queryParameters(query: z.ZodType, io: 'input' | 'output' = 'output'): readonly object[] {
  const { properties = {} } = z.toJSONSchema(query, { io });
  return Object.entries(properties).map(([name, schema]) => {
    const { description, ...rest } = schema as { description?: string };
    return {
      name,
      in: 'query',
      required: false,
      ...(description === undefined ? {} : { description }),
      schema: rest,
    };
  });
}

export const ref = (name: string): object => ({ $ref: `#/components/schemas/${name}` });
export const json = (schema: object): object => ({ 'application/json': { schema } });
export const callIdIn = (description: string): object => ({
  name: 'callId',
  in: 'path',
  required: true,
  description,
  schema: { type: 'string' },
});

/** By the catalogue's statuses; several codes may share one. */
export function refusals(...named: readonly Fault[]): object {
  // Who may be unknown may also be known, and have no right to it.
  const faults: readonly Fault[] = named.includes('NOT_AUTHORISED') ? [...named, 'NOT_ALLOWED'] : named;
  const content = json(ref('Error'));
  const byStatus = Map.groupBy(faults, (code) => new LivelineError(code, '').status);
  const answers = [...byStatus].map(([status, codes]): [number, object] => [
    status,
    {
      description: codes.map((code) => `${code}: ${FAULTS[code]}`).join(' '),
      ...(status === 503 && {
        headers: {
          'Retry-After': { description: 'Seconds.', schema: { type: 'integer', const: RETRY_AFTER_S } },
        },
      }),
      content,
    },
  ]);
  return { ...Object.fromEntries(answers), default: { description: 'Anything else.', content } };
}
