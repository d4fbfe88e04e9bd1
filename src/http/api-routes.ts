// The API under /api/v1: what happens in calls, live, as server-sent events; and a word to the model of one of them.
import { json, Router } from 'express';
import { z } from 'zod';
import { LivelineError } from '../base/errors.ts';
import { callId } from '../base/ids.ts';
import type { Notices } from '../call/notices.ts';
import type { Switchboard } from '../call/switchboard.ts';
import { requireOperator, type OperatorOptions } from './operator.ts';

/** Beyond this a listener is too slow for its calls and is let go; it may come again. */
const MAX_UNSENT_BYTES = 1_000_000;

const note = z.strictObject({
  text: z
    .string()
    .trim()
    .min(1)
    .max(4_000)
    .describe('What the model shall know; the caller does not hear it.'),
  answer: z
    .boolean()
    .default(false)
    .describe('Whether the agent shall speak to it at once; it stops what it is saying then.'),
});

export function apiRoutes(
  notices: Notices,
  switchboard: Pick<Switchboard, 'tell'>,
  operator: OperatorOptions,
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
    response.on('close', stop);
  });
  router.post(
    '/api/v1/calls/:callId/notes',
    requireOperator(operator),
    json({ limit: '16kb' }),
    (request, response) => {
      const id = callId(request.params['callId'] as string);
      const given = note.safeParse(request.body);
      if (!given.success) throw new LivelineError('API_REQUEST_INVALID', z.prettifyError(given.error));
      if (!switchboard.tell(id, given.data.text, given.data.answer))
        throw new LivelineError('CALL_UNKNOWN', 'no call of this id is in progress');
      response.status(202).json({ status: 'told' });
    },
  );
  return router;
}
