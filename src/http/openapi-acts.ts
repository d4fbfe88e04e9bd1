// What the API's description says of acts on calls in progress.
import { actsNow } from '../console/call-commands.ts';
import { actDone, transferTo } from './act-routes.ts';
import { callIdIn, json, ref, refusals } from './openapi-parts.ts';

export const received = [transferTo] as const;
export const sent = [actDone, actsNow] as const;

const done = { 202: { description: 'The call does it at once.', content: json(ref('ActDone')) } };
/** The call may be another process's. */
const ALWAYS = ['NOT_AUTHORISED', 'CALL_UNKNOWN', 'CALL_IN_DOUBT', 'DATABASE_UNAVAILABLE'] as const;
const parameters = [callIdIn("The call, by the carrier's id.")];

export const actPaths = (): object => ({
  '/api/v1/calls/{callId}/acts': {
    get: {
      operationId: 'findActs',
      summary: 'What an operator may do to a call in progress just now, and what stands against it.',
      parameters,
      responses: {
        200: { description: 'As it is now.', content: json(ref('ActsNow')) },
        ...refusals(...ALWAYS),
      },
    },
  },
  '/api/v1/calls/{callId}/hang-up': {
    post: {
      operationId: 'hangUp',
      summary: 'Ends a call in progress: the caller is hung up on, without a goodbye.',
      parameters,
      responses: { ...done, ...refusals(...ALWAYS, 'CALL_CONFLICT') },
    },
  },
  '/api/v1/calls/{callId}/transfer': {
    post: {
      operationId: 'transferCall',
      summary: 'Sends the caller of a call in progress to a destination of its profile, at once.',
      parameters,
      requestBody: { required: true, content: json(ref('NewTransfer')) },
      responses: {
        ...done,
        ...refusals(...ALWAYS, 'API_REQUEST_INVALID', 'API_REQUEST_TOO_LARGE', 'CALL_CONFLICT'),
      },
    },
  },
  '/api/v1/calls/{callId}/whisper': {
    post: {
      operationId: 'whisperToModel',
      summary: 'Tells the model of a call in progress something that the caller does not hear.',
      parameters,
      requestBody: { required: true, content: json(ref('Note')) },
      responses: {
        ...done,
        ...refusals(...ALWAYS, 'API_REQUEST_INVALID', 'API_REQUEST_TOO_LARGE', 'CALL_CONFLICT'),
      },
    },
  },
  '/api/v1/calls/{callId}/notes': {
    post: {
      operationId: 'tellModel',
      summary: 'Tells the model of a call in progress something that the caller does not hear.',
      parameters,
      requestBody: { required: true, content: json(ref('Note')) },
      responses: {
        202: { description: 'It is on its way to the model.', content: json(ref('NoteTold')) },
        ...refusals(...ALWAYS, 'API_REQUEST_INVALID', 'API_REQUEST_TOO_LARGE', 'CALL_CONFLICT'),
      },
    },
  },
});
