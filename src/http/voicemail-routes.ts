// Voicemails over HTTP: which messages callers left, and how they sound. Where they are kept is the store's affair.
import { Router } from 'express';
import { LivelineError } from '../base/errors.ts';
import { voicemailQuery, type VoicemailQuery } from '../records/voicemail/entry.ts';
import type { VoicemailStore } from '../records/voicemail/voicemail.ts';
import { requireOperator, type OperatorOptions } from './operator.ts';
import { answered, keepNoCopy, NEVER_KEPT, sayWhenToRetry } from './record-routes.ts';

/** What is said of a parameter that is wrong: never what was sent, as it may be a caller's number and stands in the log. */
const EXPECTED: Readonly<Record<keyof VoicemailQuery, string>> = {
  number: 'expected a phone number, such as +15550100123',
  profile: 'expected the name of a profile',
  call: 'expected the id of a call',
  limit: 'expected a whole number from 1 to 200',
  cursor: 'expected `next` of the page before',
};
const NAMES = Object.keys(EXPECTED) as (keyof VoicemailQuery)[];

/** Throws API_REQUEST_INVALID, with all that is wrong at once. */
function readQuery(sent: Readonly<Record<string, unknown>>): VoicemailQuery {
  const { number } = sent;
  // A plus that was not escaped arrives as a space, and is what a number begins with.
  const asked = typeof number === 'string' ? { ...sent, number: number.replace(/^ (?=\d)/, '+') } : sent;
  const read = voicemailQuery.safeParse(asked);
  const wrong = new Set((read.error?.issues ?? []).map(({ path }) => path[0]));
  const faults = NAMES.filter((name) => {
    const value = sent[name];
    return wrong.has(name) || (typeof value === 'string' && NEVER_KEPT.test(value));
  }).map((name) => `${name}: ${EXPECTED[name]}${Array.isArray(sent[name]) ? ', once' : ''}`);
  if (wrong.has(undefined)) faults.push(`query: expected no other parameters than ${NAMES.join(', ')}`);
  if (faults.length > 0 || !read.success) throw new LivelineError('API_REQUEST_INVALID', faults.join('; '));
  return read.data;
}

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
