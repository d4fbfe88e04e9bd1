// What the API's description says of records of calls, and of their sound.
import { callQuery } from '../records/record.ts';
import { voicemailQuery } from '../records/voicemail/entry.ts';
import { placeCall } from './openapi-campaigns.ts';
import { callIdIn, json, queryParameters, ref, refusals } from './openapi-parts.ts';

const WAV = { 'audio/wav': { schema: { type: 'string', contentMediaType: 'audio/wav' } } };

export const recordPaths = (): object => ({
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
    post: placeCall(),
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
  '/api/v1/calls/{callId}/recording': {
    get: {
      operationId: 'getCallRecording',
      summary:
        'The sound of a call: the caller on the left, the agent, as the caller heard it, on the right.',
      parameters: [callIdIn("The call, by the carrier's id.")],
      responses: {
        200: { description: 'A WAV file: µ-law, 8 kHz, stereo.', content: WAV },
        206: { description: 'The part of it that the header `range` asks for.', content: WAV },
        416: { description: 'The file is shorter than that.' },
        ...refusals(
          'NOT_AUTHORISED',
          'RECORD_UNKNOWN',
          'RECORDING_UNAVAILABLE',
          'DATABASE_REFUSED',
          'DATABASE_UNAVAILABLE',
        ),
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
          content: WAV,
        },
        ...refusals('NOT_AUTHORISED', 'RECORD_UNKNOWN', 'DATABASE_REFUSED', 'DATABASE_UNAVAILABLE'),
      },
    },
  },
});
