// What the carrier posts, and the verb it gets. Every request is verified before anything of it is believed.
import express, { Router, type Request, type Response } from 'express';
import { callId, type CallId } from '../base/ids.ts';
import type { Lobby } from '../call/lobby.ts';
import type { CarrierNews } from '../campaign/placed.ts';
import type { Switchboard } from '../call/switchboard.ts';
import type { CarrierRequest, CarrierWebhooks, Errand, RecordingReady, Verb } from '../carrier/webhooks.ts';
import { ANYBODY } from '../ivr/anybody.ts';
import type { Routes } from '../ivr/routes.ts';
import type { Answered } from './handing-on.ts';
import type { AskedOf, OtherNodes } from './other-nodes.ts';

type Form = CarrierRequest['form'];
type Asked = Omit<AskedOf, 'id'>;

/** Whoever is asked first reads what others have decided, for a second at most; a node that is gone is told much sooner. */
const OTHERS_WITHIN_MS = 2_000;
/** Whoever answers a call asks first who calls (call/lobby.ts). */
const ANSWERS_WITHIN_MS = 3_000;

export interface CarrierRoutesOptions {
  readonly webhooks: CarrierWebhooks;
  readonly lobby: Pick<Lobby, 'answer' | 'carrierStatus'>;
  readonly switchboard: Pick<Switchboard, 'afterStream' | 'answeredBy' | 'carrierStatus' | 'streamStatus'> & {
    readonly routes: Pick<
      Routes,
      'recall' | 'needsAgent' | 'again' | 'waits' | 'personAsks' | 'personStatus'
    >;
  };
  /** Is told what becomes of calls that we place; left out: nobody is. */
  readonly placed?: CarrierNews | undefined;
  /** A recording is ready, or will not be. */
  readonly onRecording: (ready: RecordingReady) => Promise<void>;
  /** Left out: every call is here. */
  readonly others?: Pick<OtherNodes, 'ofOwner' | 'takeUp' | 'instead' | 'written' | 'isFull'> | undefined;
  /** WAV files that the carrier plays, by name. */
  readonly sounds: () => ReadonlyMap<string, Uint8Array>;
}

export function carrierRoutes({
  webhooks,
  lobby,
  switchboard,
  placed,
  onRecording,
  others,
  sounds,
}: CarrierRoutesOptions): Router {
  const router = Router();
  const { routes } = switchboard;
  const callOf = ({ is, of }: Errand): CallId | undefined => (is === 'transfer' ? callId(of) : undefined);
  const recallFor = (errand: Errand): Promise<void> | undefined => {
    const id = callOf(errand);
    return id === undefined ? undefined : routes.recall(id);
  };
  const bodies = new WeakMap<object, Buffer>();
  const form = express.urlencoded({
    ...{ extended: false, limit: '64kb' },
    verify: (request, _response, body) => void bodies.set(request, body),
  });
  const answer = (response: Response, verb: Verb): void => {
    const { contentType, body } = webhooks.render(verb);
    response.type(contentType).send(body);
  };
  const post = (
    path: string,
    then: (
      form: Form,
      response: Response,
      request: CarrierRequest & { asked: Asked },
    ) => Promise<void> | void,
  ): void => {
    router.post(path, form, async (request, response) => {
      const received = carrierRequest(request);
      webhooks.verifyPost(received);
      const asked: Asked = {
        post: {
          ...{ target: received.target, signature: received.signature },
          contentType: request.get('content-type'),
          body: bodies.get(request) ?? Buffer.alloc(0),
        },
        named: webhooks.nodeOf(received.target),
        withinMs: path === '/twilio/voice' ? ANSWERS_WITHIN_MS : OTHERS_WITHIN_MS,
      };
      await then(received.form, response, { ...received, asked });
    });
  };
  /** True: another node has answered. */
  const isElsewhere = async (id: CallId | undefined, asked: Asked, response: Response): Promise<boolean> =>
    passOn(await others?.ofOwner({ ...asked, id }), response);

  post('/twilio/voice', async (call, response, { target, asked }) => {
    const incoming = webhooks.readCall(call, target);
    const { id, attempt } = incoming;
    if (await isElsewhere(id, { ...asked, isAnswer: true }, response)) return;
    // Who has answered a call of ours is not sent around.
    const isNew = attempt === undefined && routes.again(id) === undefined;
    if (isNew && others?.isFull && passOn(await others.instead({ ...asked, id }), response)) return;
    answer(response, await lobby.answer(incoming));
  });
  post('/twilio/after-stream', async (_form, response, { asked, ...request }) => {
    const question = webhooks.readQuestion(request);
    const { id } = question.call;
    if (await isElsewhere(id, asked, response)) return;
    await routes.recall(id);
    if (routes.needsAgent(id) && passOn(await others?.takeUp({ ...asked, id }), response)) return;
    answer(response, switchboard.afterStream(question));
  });
  post('/twilio/wait', async (_form, response, { asked, ...request }) => {
    const waiting = webhooks.readWaiting(request);
    if (await isElsewhere(waiting.callId, asked, response)) return;
    await routes.recall(waiting.callId);
    answer(response, (await routes.waits(waiting)) ?? ANYBODY.waits(waiting));
  });
  post('/twilio/person', async (_form, response, { asked, ...request }) => {
    const question = webhooks.readPersonQuestion(request);
    if (await isElsewhere(callOf(question.errand), asked, response)) return;
    await recallFor(question.errand);
    answer(response, (await routes.personAsks(question)) ?? ANYBODY.asks());
  });
  post('/twilio/person-status', async (_form, response, { asked, ...request }) => {
    const status = webhooks.readPersonStatus(request);
    if (await isElsewhere(callOf(status.errand), asked, response)) return;
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
  post('/twilio/amd', async (_form, response, { asked, ...request }) => {
    const answered = webhooks.readAnsweredBy(request);
    if (await isElsewhere(answered.callId, asked, response)) return;
    switchboard.answeredBy(answered.callId, answered);
    placed?.answered(answered);
    response.status(204).end();
  });
  post('/twilio/status', async (call, response, { target, asked }) => {
    const known = webhooks.readCall(call, target);
    if (await isElsewhere(known.id, asked, response)) return;
    const { attempt } = known;
    if (attempt !== undefined) placed?.status({ ...known, attempt });
    lobby.carrierStatus(known);
    await others?.written(known.id);
    await routes.recall(known.id);
    switchboard.carrierStatus(known);
    response.status(204).end();
  });
  post('/twilio/stream-status', (status, response) => {
    switchboard.streamStatus(webhooks.readStreamStatus(status));
    response.status(204).end();
  });
  return router;
}

function passOn(answered: Answered | undefined, response: Response): boolean {
  if (!answered) return false;
  response.status(answered.status);
  if (answered.contentType !== undefined) response.set('content-type', answered.contentType);
  response.send(answered.body);
  return true;
}

function carrierRequest(request: Request): CarrierRequest {
  return {
    target: request.originalUrl,
    signature: request.get('x-twilio-signature'),
    form: (request.body as Form | undefined) ?? {},
    remoteAddress: request.socket.remoteAddress ?? '',
  };
}
