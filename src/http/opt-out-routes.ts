// The numbers that are not to be called again, over HTTP: which there are, one more, one less. Where they are kept is the
// store's affair.
import { Router } from 'express';
import { LivelineError } from '../base/errors.ts';
import { newOptOut, NUMBER_EXPECTED, optOutQuery } from '../records/opt-out-entry.ts';
import type { OptOuts } from '../records/opt-outs.ts';
import { faultsOf, readJson, refuseBody, requireJson } from './api-routes.ts';
import { listQuery } from './list-query.ts';
import { requireOperator, type OperatorOptions } from './operator.ts';
import { answered, keepNoCopy, sayWhenToRetry } from './record-routes.ts';

const readQuery = listQuery(optOutQuery, {
  number: NUMBER_EXPECTED,
  limit: 'expected a whole number from 1 to 200',
  cursor: 'expected `next` of the page before',
});

export function optOutRoutes(optOuts: OptOuts, operator: OperatorOptions): Router {
  const router = Router();
  const all = '/api/v1/opt-outs';
  router.use(all, keepNoCopy);
  router.get(all, requireOperator(operator), async (request, response) => {
    response.json(await answered(optOuts.find(readQuery(request.query))));
  });
  router.post(all, requireOperator(operator), requireJson, readJson, refuseBody);
  router.post(all, async (request, response) => {
    const given = newOptOut.safeParse(request.body);
    if (!given.success) throw new LivelineError('API_REQUEST_INVALID', faultsOf(given.error));
    const { number, reason } = given.data;
    await answered(optOuts.add({ number, callId: '', reason }));
    const { optOuts: found } = await answered(optOuts.find({ number, limit: 1 }));
    response.json(found[0] ?? gone());
  });
  // In the query: a path stands in the log.
  router.delete(all, requireOperator(operator), async (request, response) => {
    const { number } = readQuery(request.query);
    if (number === undefined) throw new LivelineError('API_REQUEST_INVALID', `number: ${NUMBER_EXPECTED}`);
    if (!(await answered(optOuts.remove(number)))) gone();
    response.status(204).end();
  });
  router.use(all, sayWhenToRetry);
  return router;
}

function gone(): never {
  throw new LivelineError('RECORD_UNKNOWN', 'this number is not on the list of those that are not called');
}
