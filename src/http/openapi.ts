// The API's description for people and generators: OpenAPI 3.1, made of the schemas that the routes go by.
import { Router } from 'express';
import { z } from 'zod';
import { newOptOut, optOutEntry, optOutPage, optOutQuery } from '../records/opt-out-entry.ts';
import { callPage, callRecord } from '../records/record.ts';
import { voicemailPage } from '../records/voicemail/entry.ts';
import { note } from './api-routes.ts';
import { noticeSchema } from './notice-schema.ts';
import { actPaths, received as toCalls, sent as ofCalls } from './openapi-acts.ts';
import { outboundPaths, received as asked, sent as told } from './openapi-campaigns.ts';
import { operatorPaths, sent as ofOperators } from './openapi-console.ts';
import { recordPaths } from './openapi-records.ts';
import { nodePaths, sent as ofNodes } from './openapi-nodes.ts';
import { sent as sums, totalsPaths } from './openapi-totals.ts';
import { FAULTS, json, queryParameters, ref, refusals, type Fault } from './openapi-parts.ts';

const errorSchema = z
  .object({
    error: z
      .enum([...(Object.keys(FAULTS) as Fault[]), 'NOT_FOUND', 'REQUEST_FAILED'])
      .describe(
        'What programs go by. NOT_FOUND: no such route. REQUEST_FAILED: the log of the server says why.',
      ),
    message: z.string().optional().describe('For people: what was wrong, and what to do.'),
  })
  .meta({ id: 'Error', description: 'Why a request was refused.' });

const toldSchema = z.object({ status: z.literal('told') }).meta({ id: 'NoteTold' });

/** JSON Schema's own place for what is shared, and OpenAPI's. */
const moved = (schema: object): object =>
  JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/')) as object;

/** By the name that each schema gives itself. */
function components(): Readonly<Record<string, unknown>> {
  const received = z.toJSONSchema(z.tuple([note, newOptOut, ...toCalls, ...asked]), { io: 'input' });
  const sent = z.toJSONSchema(
    z.tuple([
      callPage,
      callRecord,
      voicemailPage,
      optOutPage,
      optOutEntry,
      ...ofOperators,
      ...ofCalls,
      ...ofNodes,
      ...sums,
      noticeSchema,
      errorSchema,
      toldSchema,
      ...told,
    ]),
    {
      io: 'output',
      // Answers may grow: a client that refuses what it does not know would break.
      override: ({ jsonSchema }) => {
        if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
      },
    },
  );
  return { ...moved(received.$defs ?? {}), ...moved(sent.$defs ?? {}) };
}

const paths = (): object => ({
  '/api/v1/notices': {
    get: {
      operationId: 'followNotices',
      summary: 'What happens in calls, while it happens, as server-sent events.',
      parameters: [
        {
          name: 'callId',
          in: 'query',
          required: false,
          description: 'Only of this call.',
          schema: { type: 'string' },
        },
      ],
      responses: {
        200: {
          description:
            'A stream that does not end; the schema is that of one event. Who reads too slowly is let go.',
          content: {
            'text/event-stream': {
              schema: {
                type: 'object',
                required: ['event', 'data'],
                properties: {
                  event: { type: 'string', description: '`type` of the notice.' },
                  data: {
                    type: 'string',
                    contentMediaType: 'application/json',
                    contentSchema: ref('Notice'),
                  },
                },
              },
            },
          },
        },
        ...refusals('NOT_AUTHORISED'),
      },
    },
  },
  ...recordPaths(),
  '/api/v1/opt-outs': {
    get: {
      operationId: 'findOptOuts',
      summary: 'The numbers that are not to be called again, newest first, a page at a time.',
      parameters: queryParameters(optOutQuery),
      responses: {
        200: { description: 'A page of numbers.', content: json(ref('OptOutPage')) },
        ...refusals('NOT_AUTHORISED', 'API_REQUEST_INVALID', 'DATABASE_REFUSED', 'DATABASE_UNAVAILABLE'),
      },
    },
    post: {
      operationId: 'addOptOut',
      summary: 'Puts a number on the list. Of one that is on it already nothing changes.',
      requestBody: { required: true, content: json(ref('NewOptOut')) },
      responses: {
        200: { description: 'It is on the list, as answered.', content: json(ref('OptOut')) },
        ...refusals(
          ...(['NOT_AUTHORISED', 'API_REQUEST_INVALID', 'API_REQUEST_TOO_LARGE'] as const),
          ...(['RECORD_UNKNOWN', 'DATABASE_REFUSED', 'DATABASE_UNAVAILABLE'] as const),
        ),
      },
    },
    delete: {
      operationId: 'removeOptOut',
      summary: 'Takes a number off the list: it may be called again.',
      parameters: [
        {
          ...{ name: 'number', in: 'query', required: true, schema: { type: 'string' } },
          description: 'With a plus and its country.',
        },
      ],
      responses: {
        204: { description: 'It is not on the list any more.' },
        ...refusals(
          ...(['NOT_AUTHORISED', 'API_REQUEST_INVALID', 'RECORD_UNKNOWN'] as const),
          ...(['DATABASE_REFUSED', 'DATABASE_UNAVAILABLE'] as const),
        ),
      },
    },
  },
  ...nodePaths(),
  ...actPaths(),
  ...totalsPaths(),
  ...outboundPaths(),
  ...operatorPaths(),
  '/api/v1/openapi.json': {
    get: {
      operationId: 'getDescription',
      summary: 'This document.',
      security: [],
      responses: {
        200: { description: 'OpenAPI 3.1.', content: json({ type: 'object' }) },
      },
    },
  },
});

/** An OpenAPI 3.1 document. `version`: of the server. */
export const openApi = (version: string): object => ({
  openapi: '3.1.0',
  info: {
    title: 'Liveline',
    version,
    description:
      'Phone calls answered by a model: what happens in them, and what is known of them afterwards.',
    license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
  },
  servers: [{ url: '/' }],
  security: [{ operatorToken: [] }, { consoleSession: [] }],
  paths: paths(),
  components: {
    securitySchemes: {
      operatorToken: {
        type: 'http',
        scheme: 'bearer',
        description:
          'OPERATOR_TOKEN; for reading also VIEWER_TOKEN. Where none is set, this machine alone is served, and without a token.',
      },
      consoleSession: {
        ...{ type: 'apiKey', in: 'cookie', name: '__Host-liveline' },
        description:
          'Of the console, once somebody has signed in; `liveline` where PUBLIC_BASE_URL is not https. What changes something must come from a page of this server.',
      },
    },
    schemas: components(),
  },
});

/** For everyone: it holds no data. */
export function openApiRoutes(version: string): Router {
  const router = Router();
  const document = openApi(version);
  router.get('/api/v1/openapi.json', (_request, response) => {
    response.json(document);
  });
  return router;
}
