// The audit of operators over HTTP: who did what to which call, when. It is read, and never changed.
import { Router } from 'express';
import { operatorAuditQuery } from '../console/audit-entry.ts';
import type { Audit } from '../console/audit.ts';
import { readParameters } from './campaign-requests.ts';
import { requireOperator, type OperatorOptions } from './operator.ts';
import { answered, keepNoCopy, sayWhenToRetry } from './record-routes.ts';

export function auditRoutes(audit: Pick<Audit, 'find'>, operator: OperatorOptions): Router {
  const router = Router();
  const path = '/api/v1/audit';
  router.get(path, keepNoCopy, requireOperator(operator), async (request, response) => {
    response.json(await answered(audit.find(readParameters(operatorAuditQuery, request.query))));
  });
  router.use(path, sayWhenToRetry);
  return router;
}
