// What the calls since a time come to, over HTTP.
import { Router } from 'express';
import { z } from 'zod';
import { LivelineError } from '../base/errors.ts';
import type { TotalsStore } from '../records/totals.ts';
import { NEVER_KEPT } from './list-query.ts';
import { requireOperator, type OperatorOptions } from './operator.ts';
import { answered, keepNoCopy, sayWhenToRetry } from './record-routes.ts';

export const totalsQuery = z.strictObject({
  since: z.iso.datetime().describe('Calls that began at this time or later.'),
});

export function totalsRoutes(store: TotalsStore, operator: OperatorOptions): Router {
  const router = Router();
  const path = '/api/v1/totals';
  router.get(path, keepNoCopy, requireOperator(operator));
  router.get(path, async (request, response) => {
    const read = totalsQuery.safeParse(request.query);
    if (!read.success || NEVER_KEPT.test(read.data.since))
      throw new LivelineError(
        'API_REQUEST_INVALID',
        'expected `since` alone, once: a time in UTC, such as 2026-01-31T08:00:00Z',
      );
    response.json(await answered(store.since(new Date(read.data.since))));
  });
  router.use(path, sayWhenToRetry);
  return router;
}
