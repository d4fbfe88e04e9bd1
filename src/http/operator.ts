// Who may see calls: the operator, by token. Where none is set, whoever sits at this machine, unless calls come to it
// through a public address: a tunnel makes the whole internet look like this machine.
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Request, RequestHandler } from 'express';
import { LivelineError } from '../base/errors.ts';
import { isLoopbackAddress, isLoopbackHost } from '../base/loopback.ts';

export interface OperatorOptions {
  readonly token: string | undefined;
  readonly publicBaseUrl: string;
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Neither a proxy's request nor a foreign page's whose name was pointed at this machine. */
const isLocal = (request: Request): boolean =>
  isLoopbackAddress(request.socket.remoteAddress ?? '') &&
  isLoopbackHost(request.hostname) &&
  request.get('forwarded') === undefined &&
  request.get('x-forwarded-for') === undefined;

/**
 * A page of elsewhere, shown by a browser on this machine. Browsers name the origin of every request that may change something
 * (fetch.spec.whatwg.org, "append a request `Origin` header"), and send one without a body without asking first.
 */
const isForeign = (request: Request): boolean => {
  const origin = request.get('origin');
  return origin !== undefined && URL.parse(origin)?.host !== request.get('host');
};

export function requireOperator({ token, publicBaseUrl }: OperatorOptions): RequestHandler {
  const isPrivate = isLoopbackHost(new URL(publicBaseUrl).hostname);
  return (request, _response, next) => {
    if (token === undefined) {
      if (!isPrivate || !isLocal(request))
        throw new LivelineError(
          'NOT_AUTHORISED',
          'set OPERATOR_TOKEN: without it the API serves rehearsals on this machine only',
        );
      if (isForeign(request))
        throw new LivelineError(
          'NOT_AUTHORISED',
          'a page of another origin asks for this: set OPERATOR_TOKEN, and let it send that',
        );
    } else {
      const shown = /^Bearer (.+)$/i.exec(request.get('authorization') ?? '')?.[1] ?? '';
      if (!timingSafeEqual(digest(shown), digest(token)))
        throw new LivelineError('NOT_AUTHORISED', 'send the OPERATOR_TOKEN as `Authorization: Bearer …`');
    }
    next();
  };
}
