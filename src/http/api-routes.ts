// The API under /api/v1: for now, what happens in calls, live, as server-sent events.
import { Router } from 'express';
import type { Notices } from '../call/notices.ts';
import { requireOperator, type OperatorOptions } from './operator.ts';

/** Beyond this a listener is too slow for its calls and is let go; it may come again. */
const MAX_UNSENT_BYTES = 1_000_000;

export function apiRoutes(notices: Notices, operator: OperatorOptions): Router {
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
  return router;
}
