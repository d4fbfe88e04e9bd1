// What the API's description says of nodes.
import { drainAsked, nodeList } from '../console/node-entry.ts';
import { json, ref, refusals } from './openapi-parts.ts';

export const sent = [nodeList, drainAsked] as const;

export const nodePaths = (): object => ({
  '/api/v1/nodes': {
    get: {
      operationId: 'findNodes',
      summary: 'The processes that take calls behind this address, and how they are.',
      responses: {
        200: {
          description: 'This one, and the others as they were when the database last answered.',
          content: json(ref('NodeList')),
        },
        ...refusals('NOT_AUTHORISED'),
      },
    },
  },
  '/api/v1/nodes/{nodeId}/drain': {
    post: {
      operationId: 'drainNode',
      summary: 'A node takes no new calls, lets other nodes have those that it has, and ends.',
      parameters: [
        {
          name: 'nodeId',
          in: 'path',
          required: true,
          description: 'By the id that the list of nodes gives it.',
          schema: { type: 'string' },
        },
      ],
      responses: {
        202: { description: 'It was asked to.', content: json(ref('DrainAsked')) },
        ...refusals('NOT_AUTHORISED', 'NODE_UNKNOWN', 'DATABASE_REFUSED', 'DATABASE_UNAVAILABLE'),
      },
    },
  },
});
