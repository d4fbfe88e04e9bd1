// What the console's phone posts: that it calls, and what is next for its caller. Answers as a carrier is answered, in JSON.
import { Router } from 'express';
import { z } from 'zod';
import { LivelineError } from '../base/errors.ts';
import type { ConsolePhone } from '../console/phone.ts';
import { faultsOf, readJson, refuseBody, requireJson } from './api-routes.ts';
import { requireOperator, tellAudit, type OperatorOptions } from './operator.ts';

const text = z.string().max(100);
const call = z.strictObject({ callId: text, from: text, to: text, profile: text });
const begins = z.strictObject({ profile: text, from: text });
const asks = z.strictObject({
  call,
  step: z.int().nonnegative().optional(),
  by: z.enum(['dial', 'refer', 'conference', 'queue', 'record', 'menu']).optional(),
  key: z.union([z.literal(''), z.string().regex(/^[0-9*#]$/)]).optional(),
  isOver: z.boolean().optional(),
});

export interface PhoneRoutesOptions {
  readonly phone: Pick<ConsolePhone, 'profiles' | 'call' | 'next'>;
  readonly operator: OperatorOptions;
}

export function phoneRoutes({ phone, operator }: PhoneRoutesOptions): Router {
  const router = Router();
  const guard = requireOperator(operator);
  router.get('/console/phone/profiles', guard, (_request, response) => {
    response.set('cache-control', 'no-store').json({ profiles: phone.profiles });
  });
  const read = [guard, requireJson, readJson, refuseBody];
  router.post('/console/phone/calls', ...read);
  router.post('/console/phone/calls', async (request, response) => {
    const begun = await phone.call(bodyOf(begins, request.body));
    const { callId, profile } = begun.call;
    tellAudit(response, { callId, profile });
    response.set('cache-control', 'no-store').json(begun);
  });
  router.post('/console/phone/next', ...read);
  router.post('/console/phone/next', async (request, response) => {
    response.set('cache-control', 'no-store').json(await phone.next(bodyOf(asks, request.body)));
  });
  return router;
}

function bodyOf<T>(schema: z.ZodType<T>, body: unknown): T {
  const given = schema.safeParse(body);
  if (!given.success) throw new LivelineError('API_REQUEST_INVALID', faultsOf(given.error));
  return given.data;
}
