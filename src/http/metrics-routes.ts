// Figures for Prometheus, behind the operator's token: they tell how much business there is. Knows no metric.
import { Router } from 'express';
import { requireOperator, type OperatorOptions } from './operator.ts';

export interface Metrics {
  /** All of them, in the format that `contentType` names. */
  text(): Promise<string>;
  readonly contentType: string;
}

/** A scraper sends the token: `authorization: { credentials: … }` in its configuration. */
export function metricsRoutes(metrics: Metrics, operator: OperatorOptions): Router {
  const router = Router();
  router.get('/metrics', requireOperator(operator), async (_request, response) => {
    const text = await metrics.text();
    // Not by `send`: it rewrites the type, and scrapers choose their parser by it.
    response.setHeader('content-type', metrics.contentType).setHeader('cache-control', 'no-store').end(text);
  });
  return router;
}
