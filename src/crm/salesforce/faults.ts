// What Salesforce's error codes mean to us. Its messages quote caller data, and so only codes and field names are kept.
// developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm
import { z } from 'zod';
import { LivelineError, type ErrorCode } from '../../base/errors.ts';

/** An answer to an error is an array of these. */
const faults = z.array(
  z.object({
    errorCode: z.string().regex(/^\w{1,80}$/),
    fields: z
      .array(z.string().regex(/^\w{1,80}$/))
      .optional()
      .catch(undefined),
  }),
);

export const FAULTS = {
  /** Those that explain themselves in the body. */
  statuses: [300, 400, 403, 404, 405, 409, 410, 412],
  /** An id of another make in a query. */
  idInvalid: new Set(['INVALID_QUERY_FILTER_OPERATOR', 'MALFORMED_ID']),
} as const;

/** Nothing was done; it passes. */
const PASSING = new Set([
  'REQUEST_LIMIT_EXCEEDED',
  'SERVER_UNAVAILABLE',
  'UNABLE_TO_LOCK_ROW',
  'QUERY_TIMEOUT',
  'API_CURRENTLY_DISABLED',
]);
const MISSING = new Set(['NOT_FOUND', 'ENTITY_IS_DELETED', 'INVALID_CROSS_REFERENCE_KEY', 'MALFORMED_ID']);
const HINTS: Readonly<Record<string, string>> = {
  REQUEST_LIMIT_EXCEEDED: "the organisation's API calls are used up for now",
  INVALID_FIELD: 'a field is missing there, or not shown to the user of the connected app',
  INVALID_TYPE: 'the user of the connected app may not see this kind of record',
  DUPLICATES_DETECTED: 'a duplicate rule of the organisation is against it',
  API_DISABLED_FOR_ORG: 'this edition of Salesforce has no API, or it is switched off',
  INSUFFICIENT_ACCESS: 'the user of the connected app may not do this',
  INSUFFICIENT_ACCESS_OR_READONLY: 'the user of the connected app may not do this',
};

export const codesOf = (body: unknown): readonly string[] =>
  faults.safeParse(body).data?.map(({ errorCode }) => errorCode) ?? [];

/** `missing`: what it is when there is no such record. */
export function refusalOf(status: number, body: unknown, label: string, missing: ErrorCode): LivelineError {
  const said = faults.safeParse(body).data ?? [];
  const codes = said.map(({ errorCode }) => errorCode);
  const words = said.map(({ errorCode, fields = [] }) =>
    [errorCode, ...(fields.length === 0 ? [] : [`(${fields.join(', ')})`]), HINTS[errorCode]]
      .filter((part) => part !== undefined)
      .join(' '),
  );
  const what = `Salesforce: ${label}: status ${status}${words.length === 0 ? '' : `: ${words.slice(0, 5).join('; ')}`}`;
  if (codes.some((code) => PASSING.has(code))) return new LivelineError('CRM_UNAVAILABLE', what);
  if (codes.some((code) => MISSING.has(code))) return new LivelineError(missing, what);
  return new LivelineError('CRM_REFUSED', what);
}
