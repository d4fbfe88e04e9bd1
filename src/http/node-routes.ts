// The nodes over HTTP: which there are, and that one of them is to drain.
import { Router } from 'express';
import type { z } from 'zod';
import { LivelineError } from '../base/errors.ts';
import { otherEntry, ownEntry, type drainAsked, type nodeList } from '../console/node-entry.ts';
import type { NodeRegistry } from '../store/nodes/registry.ts';
import { requireOperator, type OperatorOptions } from './operator.ts';
import { answered, keepNoCopy, sayWhenToRetry } from './record-routes.ts';

export type NodeDesk = Pick<NodeRegistry, 'own' | 'others' | 'askToDrain'>;

export function nodeRoutes(nodes: NodeDesk, operator: OperatorOptions): Router {
  const router = Router();
  router.get('/api/v1/nodes', keepNoCopy, requireOperator(operator), (_request, response) => {
    const list: z.output<typeof nodeList> = { nodes: [ownEntry(nodes.own), ...nodes.others.map(otherEntry)] };
    response.json(list);
  });
  router.post('/api/v1/nodes/:nodeId/drain', requireOperator(operator));
  router.post('/api/v1/nodes/:nodeId/drain', async (request, response) => {
    const { nodeId } = request.params;
    if (!(await answered(nodes.askToDrain(nodeId))))
      throw new LivelineError(
        'NODE_UNKNOWN',
        `no node has the id ${nodeId}: /api/v1/nodes lists those that there are`,
      );
    const asked: z.output<typeof drainAsked> = { status: 'asked' };
    response.status(202).json(asked);
  });
  router.use('/api/v1/nodes', sayWhenToRetry);
  return router;
}
