// Health: is the process alive, and may a load balancer send it calls?
import { Router } from 'express';
import type { Switchboard } from '../call/switchboard.ts';

export function healthRoutes(switchboard: Switchboard): Router {
  const router = Router();
  router.get('/healthz', (_request, response) => {
    response.json({ status: 'alive', calls: switchboard.callCount });
  });
  router.get('/readyz', (_request, response) => {
    if (switchboard.isDraining)
      response.status(503).json({ status: 'draining', calls: switchboard.callCount });
    else response.json({ status: 'ready' });
  });
  return router;
}
