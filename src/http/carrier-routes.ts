// What the carrier posts, and the verb it gets. Every request is verified before anything of it is believed.
import express, { Router, type Request, type Response } from 'express';
import { callId } from '../base/ids.ts';
import type { Lobby } from '../call/lobby.ts';
import type { CarrierNews } from '../campaign/placed.ts';
import type { Switchboard } from '../call/switchboard.ts';
import type { CarrierRequest, CarrierWebhooks, Errand, RecordingReady, Verb } from '../carrier/webhooks.ts';
import { ANYBODY } from '../ivr/anybody.ts';
import type { Routes } from '../ivr/routes.ts';

type Form = CarrierRequest['form'];

export interface CarrierRoutesOptions {
  readonly webhooks: CarrierWebhooks;
  readonly lobby: Pick<Lobby, 'answer' | 'carrierStatus'>;
  readonly switchboard: Pick<Switchboard, 'afterStream' | 'answeredBy' | 'carrierStatus' | 'streamStatus'> & {
    readonly routes: Pick<Routes, 'recall' | 'waits' | 'personAsks' | 'personStatus'>;
  };
  /** Is told what becomes of calls that we place; left out: nobody is. */
  readonly placed?: CarrierNews | undefined;
  /** A recording is ready, or will not be. */
  readonly onRecording: (ready: RecordingReady) => Promise<void>;
  /** WAV files that the carrier plays, by name. */
  readonly sounds: () => ReadonlyMap<string, Uint8Array>;
}

export function carrierRoutes({
  webhooks,
  lobby,
  switchboard,
  placed,
  onRecording,
  sounds,
}: CarrierRoutesOptions): Router {
  const router = Router();
  const { routes } = switchboard;
  const recallFor = ({ is, of }: Errand): Promise<void> | undefined =>
    is === 'transfer' ? routes.recall(callId(of)) : undefined;
  const form = express.urlencoded({ extended: false, limit: '64kb' });
  const answer = (response: Response, verb: Verb): void => {
    const { contentType, body } = webhooks.render(verb);
    response.type(contentType).send(body);
  };
  const post = (
    path: string,
    then: (form: Form, response: Response, request: CarrierRequest) => Promise<void> | void,
  ): void => {
    router.post(path, form, async (request, response) => {
      const received = carrierRequest(request);
      webhooks.verifyPost(received);
      await then(received.form, response, received);
    });
  };

  post('/twilio/voice', async (call, response, { target }) =>
    answer(response, await lobby.answer(webhooks.readCall(call, target))),
  );
  post('/twilio/after-stream', async (_form, response, request) => {
    const question = webhooks.readQuestion(request);
    await routes.recall(question.call.id);
    answer(response, switchboard.afterStream(question));
  });
  post('/twilio/wait', async (_form, response, request) => {
    const waiting = webhooks.readWaiting(request);
    await routes.recall(waiting.callId);
    answer(response, (await routes.waits(waiting)) ?? ANYBODY.waits(waiting));
  });
  post('/twilio/person', async (_form, response, request) => {
    const question = webhooks.readPersonQuestion(request);
    await recallFor(question.errand);
    answer(response, (await routes.personAsks(question)) ?? ANYBODY.asks());
  });
  post('/twilio/person-status', async (_form, response, request) => {
    const status = webhooks.readPersonStatus(request);
    await recallFor(status.errand);
    routes.personStatus(status);
    response.status(204).end();
  });
  post('/twilio/recording', async (form, response) => {
    const ready = webhooks.readRecording(form);
    await routes.recall(ready.callId);
    await onRecording(ready);
    response.status(204).end();
  });
  router.get('/twilio/sounds/:name', (request, response, next) => {
    const sound = sounds().get(request.params.name.replace(/\.wav$/, ''));
    if (!sound) {
      next();
      return;
    }
    response.type('audio/wav').set('cache-control', 'public, max-age=3600').send(Buffer.from(sound));
  });
  post('/twilio/amd', (_form, response, request) => {
    const answered = webhooks.readAnsweredBy(request);
    switchboard.answeredBy(answered.callId, answered);
    placed?.answered(answered);
    response.status(204).end();
  });
  post('/twilio/status', async (call, response, { target }) => {
    const known = webhooks.readCall(call, target);
    const { attempt } = known;
    if (attempt !== undefined) placed?.status({ ...known, attempt });
    await routes.recall(known.id);
    lobby.carrierStatus(known);
    switchboard.carrierStatus(known);
    response.status(204).end();
  });
  post('/twilio/stream-status', (status, response) => {
    switchboard.streamStatus(webhooks.readStreamStatus(status));
    response.status(204).end();
  });
  return router;
}

function carrierRequest(request: Request): CarrierRequest {
  return {
    target: request.originalUrl,
    signature: request.get('x-twilio-signature'),
    form: (request.body as Form | undefined) ?? {},
    remoteAddress: request.socket.remoteAddress ?? '',
  };
}
