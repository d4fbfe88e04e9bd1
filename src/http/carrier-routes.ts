// What the carrier posts, and the verb it gets. Every request is verified before anything of it is believed.
import express, { Router, type Request, type Response } from 'express';
import type { Lobby } from '../call/lobby.ts';
import type { Switchboard } from '../call/switchboard.ts';
import type { CarrierRequest, CarrierWebhooks, Verb } from '../carrier/webhooks.ts';

type Form = CarrierRequest['form'];

export function carrierRoutes(webhooks: CarrierWebhooks, lobby: Lobby, switchboard: Switchboard): Router {
  const router = Router();
  const form = express.urlencoded({ extended: false, limit: '64kb' });
  const answer = (response: Response, verb: Verb): void => {
    const { contentType, body } = webhooks.render(verb);
    response.type(contentType).send(body);
  };
  const post = (path: string, then: (form: Form, response: Response) => Promise<void> | void): void => {
    router.post(path, form, async (request, response) => {
      const received = carrierRequest(request);
      webhooks.verifyPost(received);
      await then(received.form, response);
    });
  };

  post('/twilio/voice', async (call, response) =>
    answer(response, await lobby.answer(webhooks.readCall(call))),
  );
  post('/twilio/after-stream', (call, response) =>
    answer(response, switchboard.afterStream(webhooks.readCall(call))),
  );
  post('/twilio/status', (call, response) => {
    const known = webhooks.readCall(call);
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
