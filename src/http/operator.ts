// Who asks, and may they? An operator acts, a viewer looks on: by a token, or by a session of the console. Where no token is
// set, whoever sits at this machine is the operator, unless calls come to it through a public address: a tunnel makes the
// whole internet look like this machine.
import type { IncomingMessage } from 'node:http';
import type { RequestHandler, Response } from 'express';
import { LivelineError } from '../base/errors.ts';
import { isLoopbackAddress, isLoopbackHost } from '../base/loopback.ts';
import type { Audit } from '../console/audit.ts';
import type { Role } from '../console/session-view.ts';
import type { Sessions } from '../console/sessions.ts';
import { roleOfToken } from '../console/tokens.ts';
import { auditRequest, type Operator } from './operator-acts.ts';
import { secretIn } from './session-cookie.ts';

export type { Operator } from './operator-acts.ts';

export interface OperatorOptions {
  readonly token: string | undefined;
  /** Of those who look on; none without `token`. */
  readonly viewerToken?: string | undefined;
  readonly publicBaseUrl: string;
  /** Left out: a token alone opens. */
  readonly sessions?: Pick<Sessions, 'find'> | undefined;
  /** Is told of every act; left out: nobody is. */
  readonly audit?: Pick<Audit, 'add'> | undefined;
}

/** `isChange`: more than reading, so a page of another origin must not be behind it. An upgrade is one: no browser asks first. */
export interface Asked {
  readonly role: Role;
  readonly isChange: boolean;
}

/** Undefined: nobody that we know. Throws what looking for a session throws. */
export async function whoIs(
  request: IncomingMessage,
  { token, viewerToken, publicBaseUrl, sessions }: OperatorOptions,
): Promise<Operator | undefined> {
  const address = request.socket.remoteAddress ?? '';
  const { authorization, cookie } = request.headers;
  if (token === undefined) {
    const isPrivate = isLoopbackHost(new URL(publicBaseUrl).hostname);
    if (!isPrivate || !isLocal(request)) return undefined;
    return { role: 'operator', name: 'this machine', by: 'machine', address };
  }
  // Of another kind, it is for a proxy that stands before us.
  const shown = /^Bearer (.+)$/i.exec(authorization ?? '')?.[1];
  if (shown !== undefined) {
    const role = roleOfToken(shown, { operator: token, viewer: viewerToken });
    return role && { role, name: role, by: 'token', address };
  }
  const secret = secretIn(cookie, publicBaseUrl);
  const session = secret === undefined ? undefined : await sessions?.find(secret);
  return session && { ...session, by: 'session', address };
}

/** Throws NOT_AUTHORISED or NOT_ALLOWED. */
export async function whoAsks(
  request: IncomingMessage,
  options: OperatorOptions,
  { role, isChange }: Asked,
): Promise<Operator> {
  const operator = await whoIs(request, options);
  if (!operator) throw new LivelineError('NOT_AUTHORISED', adviceFor(options));
  const refusal = refusalOf(request, options.publicBaseUrl, operator, { role, isChange });
  if (!refusal) return operator;
  if (isChange) auditRequest(request, options.audit, operator, 'refused');
  throw refusal;
}

const adviceFor = ({ token }: OperatorOptions): string =>
  token === undefined
    ? 'set OPERATOR_TOKEN: without it the API serves rehearsals on this machine only'
    : 'send the OPERATOR_TOKEN as `Authorization: Bearer …`, or sign in to the console';

function refusalOf(
  request: IncomingMessage,
  publicBaseUrl: string,
  { by, role }: Operator,
  asked: Asked,
): LivelineError | undefined {
  // What opens this machine without being shown opens it for whatever page its browser has open: for reading too.
  if (by === 'machine' && isForeign(request))
    return new LivelineError(
      'NOT_AUTHORISED',
      'a page of another origin asks for this: set OPERATOR_TOKEN, and let it send that',
    );
  if (by === 'session' && asked.isChange && !comesFromUs(request, publicBaseUrl))
    return new LivelineError(
      'NOT_ALLOWED',
      'a page of another origin asks for this, or it came without an origin: the console is used at PUBLIC_BASE_URL or at the address of the server itself',
    );
  if (asked.role === 'operator' && role === 'viewer')
    return new LivelineError('NOT_ALLOWED', 'a viewer looks on: this is for those with the OPERATOR_TOKEN');
  return undefined;
}

/** Neither a proxy's request nor a foreign page's whose name was pointed at this machine. */
const isLocal = ({ socket, headers }: IncomingMessage): boolean =>
  isLoopbackAddress(socket.remoteAddress ?? '') &&
  isLoopbackHost(URL.parse(`http://${headers.host ?? ''}`)?.hostname ?? '') &&
  headers.forwarded === undefined &&
  headers['x-forwarded-for'] === undefined;

/**
 * A page of elsewhere, shown by a browser on this machine. Browsers name the origin of every request that may change something
 * (fetch.spec.whatwg.org, "append a request `Origin` header"), and send one without a body without asking first.
 */
const isForeign = ({ headers: { origin, host } }: IncomingMessage): boolean => {
  if (origin === undefined) return false;
  const from = URL.parse(origin)?.host ?? '';
  return from === '' || from !== host;
};

/**
 * With the port: a cookie is shared by all ports of a host (RFC 6265 §8.5). A proxy may have put another host in. A page that
 * came without encryption where ours comes with it may be anybody's on the way.
 */
function comesFromUs({ headers: { origin, host } }: IncomingMessage, publicBaseUrl: string): boolean {
  const from = URL.parse(origin ?? '');
  const ours = new URL(publicBaseUrl);
  if (from?.host === ours.host) return from.protocol === ours.protocol;
  return from !== null && from.host === host;
}

/** Whoever it lets in stands in `operatorOf`. Who reads may look on; all else is for an operator, and is audited. */
export function requireOperator(options: OperatorOptions): RequestHandler {
  return async (request, response, next) => {
    if (response.locals['operator'] === undefined) {
      const isChange = request.method !== 'GET' && request.method !== 'HEAD';
      const operator = await whoAsks(request, options, { role: isChange ? 'operator' : 'viewer', isChange });
      // Nothing is done for whoever is gone: it could stand in no audit.
      if (response.closed) return;
      response.locals['operator'] = operator;
      response.once('close', () =>
        auditRequest(request, options.audit, operator, outcomeOf(response), detailOf(response)),
      );
    }
    next();
  };
}

/** Behind `requireOperator`. */
export const operatorOf = (response: Response): Operator => response.locals['operator'] as Operator;

/** Behind `requireOperator`: what else the audit is to say of this request. No phone numbers: an audit is not searched by them. */
export function tellAudit(response: Response, detail: Readonly<Record<string, unknown>>): void {
  response.locals['audit'] = { ...(response.locals['audit'] as typeof detail | undefined), ...detail };
}

const detailOf = ({ locals, headersSent }: Response): Readonly<Record<string, unknown>> => ({
  ...(locals['audit'] as Readonly<Record<string, unknown>> | undefined),
  ...(!headersSent && { unanswered: true }),
});

function outcomeOf({ statusCode, headersSent }: Response): 'done' | 'refused' | 'failed' {
  if (!headersSent) return 'failed';
  if (statusCode < 400) return 'done';
  return statusCode < 500 ? 'refused' : 'failed';
}
