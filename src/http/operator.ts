// Who may see calls: the operator, by token; without a token set, whoever sits on this machine.
import { createHash, timingSafeEqual } from 'node:crypto';
import type { RequestHandler } from 'express';
import { LivelineError } from '../base/errors.ts';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
const LOOPBACK = /^(::1|(::ffff:)?127\.\d+\.\d+\.\d+)$/;

export function requireOperator(token: string | undefined): RequestHandler {
  return (request, _response, next) => {
    if (token === undefined) {
      if (!LOOPBACK.test(request.socket.remoteAddress ?? ''))
        throw new LivelineError('NOT_AUTHORISED', 'set OPERATOR_TOKEN to use the API from other machines');
    } else {
      const shown = /^Bearer (.+)$/i.exec(request.get('authorization') ?? '')?.[1] ?? '';
      if (!timingSafeEqual(digest(shown), digest(token)))
        throw new LivelineError('NOT_AUTHORISED', 'send the OPERATOR_TOKEN as `Authorization: Bearer …`');
    }
    next();
  };
}
