// What the carrier posts, and the verb it gets. Every request is verified before anything of it is believed.
import express, { Router, type Request, type Response } from 'express';
import type { Switchboard } from '../call/switchboard.ts';
import type { CarrierRequest, CarrierWebhooks, Verb } from '../carrier/webhooks.ts';

type Form = CarrierRequest['form'];

export function carrierRoutes(webhooks: CarrierWebhooks, switchboard: Switchboard): Router {
  const router = Router();
  const form = express.urlencoded({ extended: false, limit: '64kb' });
  const answer = (response: Response, verb: Verb): void => {
    const { contentType, body } = webhooks.render(verb);
    response.type(contentType).send(body);
  };
  const post = (path: string, then: (form: Form, response: Response) => void): void => {
    router.post(path, form, (request, response) => {
      const received = carrierRequest(request);
      webhooks.verifyPost(received);
      then(received.form, response);
    });
  };

  post('/twilio/voice', (call, response) => answer(response, switchboard.answer(webhooks.readCall(call))));
  post('/twilio/after-stream', (call, response) =>
    answer(response, switchboard.afterStream(webhooks.readCall(call))),
  );
  post('/twilio/status', (call, response) => {
    switchboard.carrierStatus(webhooks.readCall(call));
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
