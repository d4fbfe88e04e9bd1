// Voicemails over HTTP: which messages callers left, and how they sound. Where they are kept is the store's affair.
import { Router } from 'express';
import { voicemailQuery } from '../records/voicemail/entry.ts';
import type { VoicemailStore } from '../records/voicemail/voicemail.ts';
import { listQuery } from './list-query.ts';
import { requireOperator, type OperatorOptions } from './operator.ts';
import { answered, keepNoCopy, sayWhenToRetry } from './record-routes.ts';

const readQuery = listQuery(voicemailQuery, {
  number: 'expected a phone number, such as +15550100123',
  profile: 'expected the name of a profile',
  call: 'expected the id of a call',
  limit: 'expected a whole number from 1 to 200',
  cursor: 'expected `next` of the page before',
});

export function voicemailRoutes(store: VoicemailStore, operator: OperatorOptions): Router {
  const router = Router();
  const all = '/api/v1/voicemails';
  const sound = '/api/v1/voicemails/:voicemailId/sound';
  router.get([all, sound], keepNoCopy, requireOperator(operator));
  router.get(all, async (request, response) => {
    response.json(await answered(store.find(readQuery(request.query))));
  });
  router.get(sound, async (request, response) => {
    const wav = await answered(store.sound(request.params.voicemailId));
    // The name is the id, which was found to be one.
    response.type('audio/wav').attachment(`${request.params.voicemailId}.wav`).send(Buffer.from(wav));
  });
  router.use(all, sayWhenToRetry);
  return router;
}
