// The part of the API's description that is about operators themselves: what they did, whom they have answering, what they take away.
import { auditPage, operatorAuditQuery } from '../console/audit-entry.ts';
import { agentList } from '../console/agent-view.ts';
import { callIdIn, json, queryParameters, ref, refusals } from './openapi-parts.ts';

/** Schemas of what is answered. */
export const sent = [auditPage, agentList] as const;

export const operatorPaths = (): object => ({
  '/api/v1/profiles': {
    get: {
      operationId: 'getAgents',
      summary: 'The profiles as they are loaded, with the faults of their files and what changed last.',
      responses: {
        200: { description: 'All of them.', content: json(ref('AgentList')) },
        ...refusals('NOT_AUTHORISED'),
      },
    },
  },
  '/api/v1/calls/{callId}/bundle': {
    get: {
      operationId: 'getCallBundle',
      summary: 'All that is kept of a call, to be sent on: its record and its sound.',
      parameters: [callIdIn("The call, by the carrier's id; `last`: the one that started last.")],
      responses: {
        200: {
          description:
            'A tar archive of one folder: `record.json` as CallRecord, and `recording.wav`, or `no-recording.txt`, which says why.',
          content: {
            'application/x-tar': { schema: { type: 'string', contentMediaType: 'application/x-tar' } },
          },
        },
        ...refusals('NOT_AUTHORISED', 'RECORD_UNKNOWN', 'DATABASE_REFUSED', 'DATABASE_UNAVAILABLE'),
      },
    },
  },
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
