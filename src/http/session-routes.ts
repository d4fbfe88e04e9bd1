// Signing in to the console and out of it, and who is signed in. Who nobody knows is told that, and not refused.
import { Router, type Response } from 'express';
import { z } from 'zod';
import { LivelineError } from '../base/errors.ts';
import type { Act } from '../console/audit-entry.ts';
import type { OperatorView, SessionView } from '../console/session-view.ts';
import type { Sessions } from '../console/sessions.ts';
import type { Entered, SignIn } from '../console/sign-in.ts';
import { faultsOf, readJson, refuseBody, requireJson } from './api-routes.ts';
import { whoAsks, whoIs, type OperatorOptions } from './operator.ts';
import { answered, keepNoCopy, sayWhenToRetry } from './record-routes.ts';
import { cookieOf, secretIn } from './session-cookie.ts';

const TOKEN = 'expected the token, of 1 to 1,000 characters';
const NAME = 'expected a name of at most 200 characters';
const shown = z.strictObject({
  token: z.string(TOKEN).min(1, TOKEN).max(1_000, TOKEN),
  name: z.string(NAME).max(200, NAME).default(''),
});

export interface SessionRoutesOptions {
  readonly operator: OperatorOptions;
  /** Both undefined without tokens. */
  readonly signIn: SignIn | undefined;
  readonly sessions: Pick<Sessions, 'close'> | undefined;
  readonly server: Pick<SessionView, 'version' | 'rehearsal'>;
}

export function sessionRoutes({ operator, signIn, sessions, server }: SessionRoutesOptions): Router {
  const { publicBaseUrl, audit } = operator;
  const router = Router();
  const path = '/console/session';
  const answer = (response: Response, found: OperatorView | undefined): void => {
    const view: SessionView = {
      operator: found ? { role: found.role, name: found.name, by: found.by } : null,
      canSignIn: signIn !== undefined,
      ...server,
    };
    response.json(view);
  };
  const note = (action: string, who: Pick<Act, 'who' | 'role' | 'by' | 'address'>, outcome: Act['outcome']) =>
    audit?.add({ ...who, action, outcome });

  router.use(path, keepNoCopy);
  router.get(path, async (request, response) => {
    const found = await answered(whoIs(request, operator));
    // It is kept for as long as the session is, which has just been used.
    if (found?.by === 'session')
      response.set('set-cookie', cookieOf(secretIn(request.get('cookie'), publicBaseUrl), publicBaseUrl));
    answer(response, found);
  });
  router.post(path, requireJson, readJson, refuseBody);
  router.post(path, async (request, response) => {
    const address = request.socket.remoteAddress ?? '';
    const read = shown.safeParse(request.body);
    if (!read.success) throw new LivelineError('API_REQUEST_INVALID', faultsOf(read.error));
    if (!signIn)
      throw new LivelineError('NOT_AUTHORISED', 'nobody can sign in: the server has no OPERATOR_TOKEN');
    const entered = await answered(
      signIn.enter(read.data, address).catch((thrown: unknown): Entered => {
        if (isWrong(thrown)) note('sign-in', { who: 'nobody', role: null, by: null, address }, 'refused');
        throw thrown;
      }),
    );
    const { role, name, secret } = entered;
    note('sign-in', { who: name, role, by: 'session', address }, 'done');
    response.set('set-cookie', cookieOf(secret, publicBaseUrl));
    answer(response, { role, name, by: 'session' });
  });
  router.delete(path, async (request, response) => {
    const { name, role, by, address } = await answered(
      whoAsks(request, { ...operator, audit: undefined }, { role: 'viewer', isChange: true }),
    );
    const secret = secretIn(request.get('cookie'), publicBaseUrl);
    if (by === 'session' && secret !== undefined)
      await answered(sessions?.close(secret) ?? Promise.resolve());
    note('sign-out', { who: name, role, by, address }, 'done');
    response.set('set-cookie', cookieOf(undefined, publicBaseUrl));
    answer(response, undefined);
  });
  router.use(path, sayWhenToRetry);
  return router;
}

/** Who is not even looked at any more fills no table. */
const isWrong = (thrown: unknown): boolean =>
  thrown instanceof LivelineError && thrown.code === 'NOT_AUTHORISED';
