// What was decided about one number, over HTTP: proof of why it was called or not, in campaigns and in none. Knows no rule.
import { Router } from 'express';
import { z } from 'zod';
import { canonicalNumber } from '../agents/canonical-number.ts';
import type { CampaignStore } from '../campaign/store.ts';
import { NUMBER_EXPECTED } from '../records/opt-out-entry.ts';
import { readParameters } from './campaign-requests.ts';
import { auditPageOf, auditQuery, auditReadingOf } from './campaign-schemas.ts';
import { requireOperator, type OperatorOptions } from './operator.ts';
import { answered, keepNoCopy, sayWhenToRetry } from './record-routes.ts';

/** The number stands in the query, as a path stands in the log. */
export const numberAuditQuery = auditQuery.extend({
  number: z
    .string(NUMBER_EXPECTED)
    .transform((text, context) => {
      const number = canonicalNumber(text);
      if (number === undefined) context.addIssue(NUMBER_EXPECTED);
      return number ?? z.NEVER;
    })
    .describe('With a plus and its country.'),
});

export interface DialAuditRoutesOptions {
  readonly store: Pick<CampaignStore, 'auditOfNumber'>;
  /** Resolves once the database is there. Throws DATABASE_UNAVAILABLE or DATABASE_REFUSED. */
  readonly ready: () => Promise<void>;
  readonly operator: OperatorOptions;
}

export function dialAuditRoutes({ store, ready, operator }: DialAuditRoutesOptions): Router {
  const router = Router();
  const path = '/api/v1/dial-audit';
  router.use(path, keepNoCopy);
  router.get(path, requireOperator(operator), async (request, response) => {
    const { number, limit, cursor = '', ...which } = readParameters(numberAuditQuery, request.query);
    await answered(ready());
    const lines = await answered(store.auditOfNumber(number, cursor, limit, auditReadingOf(which)));
    response.json(auditPageOf(lines, limit));
  });
  router.use(path, sayWhenToRetry);
  return router;
}
