// Records over HTTP: which calls there were, and all that is known of one. Where they are kept is the store's affair.
import { Router, type ErrorRequestHandler, type RequestHandler } from 'express';
import { LivelineError } from '../base/errors.ts';
import { callId } from '../base/ids.ts';
import { callQuery, type CallRecord } from '../records/record.ts';
import type { RecordStore } from '../records/store.ts';
import { mayPass } from '../store/database-error.ts';
import { listQuery, NEVER_KEPT } from './list-query.ts';
import { requireOperator, type OperatorOptions } from './operator.ts';

/** A database that was restarted is back within seconds. */
export const RETRY_AFTER_S = 5;

const TIME = 'expected a time in UTC, such as 2026-01-31T08:00:00Z';
const readQuery = listQuery(callQuery, {
  number: 'expected a phone number, such as +15550100123',
  profile: 'expected the name of a profile',
  outcome: 'expected why a call ended, such as caller-hung-up, or in-progress',
  tool: 'expected the name of a tool',
  watchdog: 'expected what the watchdog saw, such as stalled',
  after: TIME,
  before: TIME,
  limit: 'expected a whole number from 1 to 200',
  cursor: 'expected `next` of the page before',
});

/** Caller data: no browser and no proxy keeps a copy, which retention would not reach. */
export const keepNoCopy: RequestHandler = (_request, response, next) => {
  response.set('cache-control', 'no-store');
  next();
};

export const sayWhenToRetry: ErrorRequestHandler = (thrown: unknown, _request, response, next) => {
  if (thrown instanceof LivelineError && thrown.code === 'DATABASE_UNAVAILABLE')
    response.set('retry-after', String(RETRY_AFTER_S));
  next(thrown);
};

/** Throws DATABASE_UNAVAILABLE where the store was cut off from its database in the middle of the question. */
export async function answered<Answer>(question: Promise<Answer>): Promise<Answer> {
  try {
    return await question;
  } catch (cause) {
    if (cause instanceof LivelineError || !mayPass(cause)) throw cause;
    throw new LivelineError(
      'DATABASE_UNAVAILABLE',
      'the database does not answer: calls go on, and can be looked up once it is back',
      { cause },
    );
  }
}

export function recordRoutes(
  store: Pick<RecordStore, 'find' | 'get' | 'last'>,
  operator: OperatorOptions,
): Router {
  const router = Router();
  const all = '/api/v1/calls';
  const one = '/api/v1/calls/:callId';
  router.get([all, one], keepNoCopy, requireOperator(operator));
  router.get(all, async (request, response) => {
    response.json(await answered(store.find(readQuery(request.query))));
  });
  router.get(one, async (request, response) => {
    response.json(await answered(recordOf(store, request.params.callId)));
  });
  router.use(all, sayWhenToRetry);
  return router;
}

/** Throws RECORD_UNKNOWN. */
export async function recordOf(store: Pick<RecordStore, 'get' | 'last'>, id: string): Promise<CallRecord> {
  const isLast = id === 'last';
  const record = isLast ? await store.last() : NEVER_KEPT.test(id) ? undefined : await store.get(callId(id));
  if (record !== undefined) return record;
  throw new LivelineError(
    'RECORD_UNKNOWN',
    isLast
      ? 'there is no record of any call yet'
      : 'there is no record of this call: it never was, is not kept, or was deleted',
  );
}
