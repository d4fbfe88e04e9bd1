// The part of the API's description that is about operators themselves: what they did.
import { auditPage, operatorAuditQuery } from '../console/audit-entry.ts';
import { json, queryParameters, ref, refusals } from './openapi-parts.ts';

/** Schemas of what is answered. */
export const sent = [auditPage] as const;

export const operatorPaths = (): object => ({
  '/api/v1/audit': {
    get: {
      operationId: 'findOperatorActs',
      summary: 'What operators did, newest first, a page at a time. Every parameter narrows.',
      parameters: queryParameters(operatorAuditQuery),
      responses: {
        200: { description: 'A page of acts.', content: json(ref('OperatorActPage')) },
        ...refusals('NOT_AUTHORISED', 'API_REQUEST_INVALID', 'DATABASE_REFUSED', 'DATABASE_UNAVAILABLE'),
      },
    },
  },
});
