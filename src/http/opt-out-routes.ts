// The numbers that are not to be called again, over HTTP: which there are, one more, one less. Where they are kept is the
// store's affair.
import { Router } from 'express';
import { LivelineError } from '../base/errors.ts';
import { newOptOut, NUMBER_EXPECTED, optOutQuery, type OptOutQuery } from '../records/opt-out-entry.ts';
import type { OptOuts } from '../records/opt-outs.ts';
import { faultsOf, readJson, refuseBody, requireJson } from './api-routes.ts';
import { requireOperator, type OperatorOptions } from './operator.ts';
import { answered, keepNoCopy, NEVER_KEPT, sayWhenToRetry } from './record-routes.ts';

/** What is said of a parameter that is wrong: never what was sent, as it may be somebody's number and stands in the log. */
const EXPECTED: Readonly<Record<keyof OptOutQuery, string>> = {
  number: NUMBER_EXPECTED,
  limit: 'expected a whole number from 1 to 200',
  cursor: 'expected `next` of the page before',
};
const NAMES = Object.keys(EXPECTED) as (keyof OptOutQuery)[];

/** Throws API_REQUEST_INVALID, with all that is wrong at once. */
function readQuery(sent: Readonly<Record<string, unknown>>): OptOutQuery {
  const { number } = sent;
  // A plus that was not escaped arrives as a space, and is what a number begins with.
  const asked = typeof number === 'string' ? { ...sent, number: number.replace(/^ (?=\d)/, '+') } : sent;
  const read = optOutQuery.safeParse(asked);
  const wrong = new Set((read.error?.issues ?? []).map(({ path }) => path[0]));
  const faults = NAMES.filter((name) => {
    const value = sent[name];
    return wrong.has(name) || (typeof value === 'string' && NEVER_KEPT.test(value));
  }).map((name) => `${name}: ${EXPECTED[name]}${Array.isArray(sent[name]) ? ', once' : ''}`);
  if (wrong.has(undefined)) faults.push(`query: expected no other parameters than ${NAMES.join(', ')}`);
  if (faults.length > 0 || !read.success) throw new LivelineError('API_REQUEST_INVALID', faults.join('; '));
  return read.data;
}

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
