// The API's description for people and generators: OpenAPI 3.1, made of the schemas that the routes go by.
import { Router } from 'express';
import { z } from 'zod';
import { LivelineError, type ErrorCode } from '../base/errors.ts';
import { callPage, callQuery, callRecord } from '../records/record.ts';
import { voicemailPage, voicemailQuery } from '../records/voicemail/entry.ts';
import { note } from './api-routes.ts';
import { noticeSchema } from './notice-schema.ts';
import { RETRY_AFTER_S } from './record-routes.ts';

const FAULTS = {
  NOT_AUTHORISED: 'The operator token is missing or wrong.',
  API_REQUEST_INVALID: 'The request is not as described; the message names each fault.',
  API_REQUEST_TOO_LARGE: 'The body is too large.',
  CALL_UNKNOWN: 'No call of this id is in progress.',
  RECORD_UNKNOWN: 'There is no record of this call, or no sound of this voicemail.',
  DATABASE_REFUSED: 'The database does not let the server in; its operator has to act.',
  DATABASE_UNAVAILABLE: 'The database is away: try again later.',
} as const satisfies Partial<Record<ErrorCode, string>>;
type Fault = keyof typeof FAULTS;

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
  const received = z.toJSONSchema(z.tuple([note]), { io: 'input' });
  const sent = z.toJSONSchema(
    z.tuple([callPage, callRecord, voicemailPage, noticeSchema, errorSchema, toldSchema]),
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

/** As they are once they were read: a client sends no text where a number is meant. */
function queryParameters(query: z.ZodType): readonly object[] {
  const { properties = {} } = z.toJSONSchema(query, { io: 'output' });
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

const ref = (name: string): object => ({ $ref: `#/components/schemas/${name}` });
const json = (schema: object): object => ({ 'application/json': { schema } });
const callIdIn = (description: string): object => ({
  name: 'callId',
  in: 'path',
  required: true,
  description,
  schema: { type: 'string' },
});

/** By the catalogue's statuses; several codes may share one. */
function refusals(...faults: readonly Fault[]): object {
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
  '/api/v1/calls': {
    get: {
      operationId: 'findCalls',
      summary: 'The calls that there were, newest first, a page at a time. Every parameter narrows.',
      parameters: queryParameters(callQuery),
      responses: {
        200: { description: 'A page of calls.', content: json(ref('CallPage')) },
        ...refusals('NOT_AUTHORISED', 'API_REQUEST_INVALID', 'DATABASE_REFUSED', 'DATABASE_UNAVAILABLE'),
      },
    },
  },
  '/api/v1/calls/{callId}': {
    get: {
      operationId: 'getCall',
      summary: 'All that is known of a call: turns as heard, tools, events, tokens and cost.',
      parameters: [callIdIn("The call, by the carrier's id; `last`: the one that started last.")],
      responses: {
        200: { description: 'The record.', content: json(ref('CallRecord')) },
        ...refusals('NOT_AUTHORISED', 'RECORD_UNKNOWN', 'DATABASE_REFUSED', 'DATABASE_UNAVAILABLE'),
      },
    },
  },
  '/api/v1/calls/{callId}/notes': {
    post: {
      operationId: 'tellModel',
      summary: 'Tells the model of a call in progress something that the caller does not hear.',
      parameters: [callIdIn("The call, by the carrier's id.")],
      requestBody: { required: true, content: json(ref('Note')) },
      responses: {
        202: { description: 'It is on its way to the model.', content: json(ref('NoteTold')) },
        ...refusals('NOT_AUTHORISED', 'API_REQUEST_INVALID', 'API_REQUEST_TOO_LARGE', 'CALL_UNKNOWN'),
      },
    },
  },
  '/api/v1/voicemails': {
    get: {
      operationId: 'findVoicemails',
      summary: 'The messages that callers left, newest first, a page at a time. Every parameter narrows.',
      parameters: queryParameters(voicemailQuery),
      responses: {
        200: { description: 'A page of voicemails.', content: json(ref('VoicemailPage')) },
        ...refusals('NOT_AUTHORISED', 'API_REQUEST_INVALID', 'DATABASE_REFUSED', 'DATABASE_UNAVAILABLE'),
      },
    },
  },
  '/api/v1/voicemails/{voicemailId}/sound': {
    get: {
      operationId: 'getVoicemailSound',
      summary: 'What a caller said after the beep.',
      parameters: [
        {
          name: 'voicemailId',
          in: 'path',
          required: true,
          description: "The recording, by the carrier's id.",
          schema: { type: 'string' },
        },
      ],
      responses: {
        200: {
          description: 'A WAV file.',
          content: { 'audio/wav': { schema: { type: 'string', contentMediaType: 'audio/wav' } } },
        },
        ...refusals('NOT_AUTHORISED', 'RECORD_UNKNOWN', 'DATABASE_REFUSED', 'DATABASE_UNAVAILABLE'),
      },
    },
  },
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
  security: [{ operatorToken: [] }],
  paths: paths(),
  components: {
    securitySchemes: {
      operatorToken: {
        type: 'http',
        scheme: 'bearer',
        description: 'OPERATOR_TOKEN. Where none is set, this machine alone is served, and without a token.',
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
