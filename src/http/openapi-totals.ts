// What the API's description says of sums over calls.
import { totals } from '../records/totals.ts';
import { json, ref, refusals } from './openapi-parts.ts';

export const sent = [totals] as const;

export const totalsPaths = (): object => ({
  '/api/v1/totals': {
    get: {
      operationId: 'sumCalls',
      summary: 'What the calls since a time come to: how many by how they ended, and what the model cost.',
      parameters: [
        {
          name: 'since',
          in: 'query',
          required: true,
          description: 'Calls that began at this time or later.',
          schema: { type: 'string', format: 'date-time' },
        },
      ],
      responses: {
        200: { description: 'The sums.', content: json(ref('Totals')) },
        ...refusals('NOT_AUTHORISED', 'API_REQUEST_INVALID', 'DATABASE_REFUSED', 'DATABASE_UNAVAILABLE'),
      },
    },
  },
});
