// What an operator does to a call in progress, over HTTP: hangs up, transfers, whispers to its model.
import { Router } from 'express';
import { z } from 'zod';
import { LivelineError } from '../base/errors.ts';
import { callId } from '../base/ids.ts';
import type { CallCommand, CommandAnswer } from '../console/call-commands.ts';
import { WHY_NOT, type Commands } from '../console/commands.ts';
import { faultsOf, note, readJson, refuseBody, requireJson } from './api-routes.ts';
import { requireOperator, type OperatorOptions } from './operator.ts';
import { keepNoCopy, sayWhenToRetry } from './record-routes.ts';

const NAME_WORDS = 'expected the name of a destination of the profile';
export const transferTo = z
  .strictObject(
    {
      destination: z
        .string(NAME_WORDS)
        .trim()
        .min(1, NAME_WORDS)
        .max(200, NAME_WORDS)
        .describe('By the name that the profile of the call gives it.'),
    },
    'expected the field destination, and no others',
  )
  .meta({ id: 'NewTransfer' });

export const actDone = z
  .object({ status: z.literal('done') })
  .meta({ id: 'ActDone', description: 'It was asked of the call, which does it at once.' });

export function actRoutes(commands: Commands, operator: OperatorOptions): Router {
  const router = Router();
  const all = '/api/v1/calls';
  const of = <Act extends string>(act: Act) => `${all}/:callId/${act}` as const;
  const withBody = [requireOperator(operator), requireJson, readJson, refuseBody];
  const answerTo = async (command: CallCommand): Promise<Extract<CommandAnswer, { ok: true }>> => {
    const answer = await commands.carryOut(command);
    if ('ok' in answer) return answer;
    const { fault } = answer;
    if (fault === 'no-such-call') throw new LivelineError('CALL_UNKNOWN', WHY_NOT[fault]);
    if (fault === 'out-of-reach') throw new LivelineError('DATABASE_UNAVAILABLE', WHY_NOT[fault]);
    if (fault === 'no-answer') throw new LivelineError('CALL_IN_DOUBT', WHY_NOT[fault]);
    if (fault === 'no-such-destination')
      throw new LivelineError('API_REQUEST_INVALID', `body.destination: ${WHY_NOT[fault]}`);
    throw new LivelineError('CALL_CONFLICT', WHY_NOT[fault]);
  };
  const carryOut = async (command: CallCommand): Promise<z.output<typeof actDone>> => {
    await answerTo(command);
    return { status: 'done' };
  };
  router.get(of('acts'), keepNoCopy, requireOperator(operator));
  router.get(of('acts'), async (request, response) => {
    const { now } = await answerTo({ callId: callId(request.params.callId), act: 'look' });
    response.json(now);
  });
  router.post(of('hang-up'), requireOperator(operator));
  router.post(of('hang-up'), async (request, response) => {
    const id = callId(request.params.callId);
    response.status(202).json(await carryOut({ callId: id, act: 'hang-up' }));
  });
  router.post(of('transfer'), ...withBody);
  router.post(of('transfer'), async (request, response) => {
    const id = callId(request.params.callId);
    const given = transferTo.safeParse(request.body);
    if (!given.success) throw new LivelineError('API_REQUEST_INVALID', faultsOf(given.error));
    response.status(202).json(await carryOut({ callId: id, act: 'transfer', ...given.data }));
  });
  const whisper = (id: string, body: unknown): Promise<z.output<typeof actDone>> => {
    const given = note.safeParse(body);
    if (!given.success) throw new LivelineError('API_REQUEST_INVALID', faultsOf(given.error));
    return carryOut({ callId: callId(id), act: 'whisper', ...given.data });
  };
  router.post([of('whisper'), of('notes')], ...withBody);
  router.post(of('whisper'), async (request, response) => {
    response.status(202).json(await whisper(request.params.callId, request.body));
  });
  router.post(of('notes'), async (request, response) => {
    await whisper(request.params.callId, request.body);
    response.status(202).json({ status: 'told' });
  });
  router.use(all, sayWhenToRetry);
  return router;
}
