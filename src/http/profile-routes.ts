// The agents over HTTP: as they are loaded, and what stands against their files.
import { Router } from 'express';
import type { AgentList } from '../console/agent-view.ts';
import { requireOperator, type OperatorOptions } from './operator.ts';
import { keepNoCopy } from './record-routes.ts';

export function profileRoutes(agents: () => AgentList, operator: OperatorOptions): Router {
  const router = Router();
  router.get('/api/v1/profiles', keepNoCopy, requireOperator(operator), (_request, response) => {
    response.json(agents());
  });
  return router;
}
