// The API under /api/v1: what happens in calls of this process, live, as server-sent events; and how bodies are read.
import { json, Router, type ErrorRequestHandler, type RequestHandler } from 'express';
import { z } from 'zod';
import { systemClock, type Clock } from '../base/clock.ts';
import { LivelineError } from '../base/errors.ts';
import type { Notices } from '../call/notices.ts';
import { requireOperator, type OperatorOptions } from './operator.ts';
import { whileKnown } from './still-known.ts';

/** Beyond this a listener is too slow for its calls and is let go; it may come again. */
const MAX_UNSENT_BYTES = 1_000_000;

const TEXT_WORDS = 'expected text of 1 to 4,000 characters';
export const note = z
  .strictObject(
    {
      text: z
        .string(TEXT_WORDS)
        .trim()
        .min(1, TEXT_WORDS)
        .max(4_000, TEXT_WORDS)
        .describe('What the model shall know; the caller does not hear it.'),
      answer: z
        .boolean('expected true or false')
        .default(false)
        .describe('Whether the agent shall speak to it at once; it stops what it is saying then.'),
    },
    // Its other names are not told: this stands in the log, and they are whatever was sent.
    'expected the fields text and answer (which may be left out), and no others',
  )
  .meta({ id: 'Note' });

/** 4,000 characters take at most 12,000 bytes, unless they are escaped. */
export const readJson = json({ limit: '16kb', strict: false });

export const requireJson: RequestHandler = (request, _response, next) => {
  if (!request.is('application/json'))
    throw new LivelineError('API_REQUEST_INVALID', 'send a JSON body, with content-type: application/json');
  next();
};

/** Why a body cannot be read, in our words: the parser's own may quote it. */
export const refuseBody: ErrorRequestHandler = (thrown: unknown, _request, _response, next) => {
  const type = thrown instanceof Error && 'type' in thrown ? thrown.type : undefined;
  if (type === 'entity.parse.failed') throw new LivelineError('API_REQUEST_INVALID', 'the body is not JSON');
  if (type === 'entity.too.large')
    throw new LivelineError('API_REQUEST_TOO_LARGE', 'the body has more than 16 kB');
  next(thrown);
};

export const faultsOf = ({ issues }: z.ZodError): string =>
  issues.map(({ path, message }) => `${['body', ...path].join('.')}: ${message}`).join('; ');

export function apiRoutes(
  notices: Notices,
  operator: OperatorOptions,
  clock: Pick<Clock, 'every'> = systemClock,
): Router {
  const router = Router();
  router.get('/api/v1/notices', requireOperator(operator), (request, response) => {
    const callId = request.query['callId'];
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write(': notices of calls, one JSON object each\n\n');
    const stop = notices.subscribe((notice) => {
      if (typeof callId === 'string' && notice.callId !== callId) return;
      response.write(`event: ${notice.type}\ndata: ${JSON.stringify(notice)}\n\n`);
      if (response.writableLength > MAX_UNSENT_BYTES) response.destroy();
    });
    const stopAsking = whileKnown(request, operator, clock, () => response.end());
    response.on('close', () => {
      stop();
      stopAsking();
    });
  });
  return router;
}
