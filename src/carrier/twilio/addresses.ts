// Where on this server Twilio comes back to, and what of it comes back: which verb, whom, and what was asked. Writes the
// URLs and reads them; knows nothing of forms and verbs.
import { LivelineError } from '../../base/errors.ts';
import type { CallId } from '../../base/ids.ts';
import type { Errand } from '../webhooks.ts';

/**
 * What only the verb itself knows of its end, as the form need not tell it: that a key was asked for, that what somebody
 * was given is over, that nothing was recorded.
 */
export type Mark = { asked: '1' } | { over: '1' } | { recorded: 'no' };

/**
 * For what is told once and is lost if nobody takes it: five times more, whatever went wrong, within 15 s in all (Twilio
 * docs, Webhooks: Connection Overrides). Twilio neither sends nor signs the fragment of a URL.
 */
export const TRIED_AGAIN = '#rc=5&rp=all';

/**
 * For somebody who has answered and waits: a server that starts again, or another one behind the same address, may still talk
 * with them. Twilio gives up after 15 s in all. The attempt in the URL keeps it one call, however often it is asked for.
 */
const ANSWERED_TRIED_AGAIN = '#rc=3&rp=ct,5xx';

/**
 * This server as Twilio reaches it, `http(s)://…` without a slash at the end. `node`: what Twilio asks next is for that one of
 * the processes behind the address.
 */
export type Base = string | { readonly url: string; readonly node: string | undefined };

export const bareBase = (base: string): string => base.replace(/\/+$/, '');

export const afterStreamUrl = (base: Base, step?: number, mark?: Mark): string =>
  url(base, 'after-stream', { ...(step === undefined ? {} : { step: String(step) }), ...mark });
export const personUrl = (base: Base, errand: Errand, mark?: Mark): string =>
  url(base, 'person', { for: errandText(errand), ...mark });
export const personStatusUrl = (base: Base, errand: Errand): string =>
  url(base, 'person-status', { for: errandText(errand) });
export const placedUrl = (base: Base, attempt: string): string =>
  url(base, 'voice', { attempt }) + ANSWERED_TRIED_AGAIN;
export const placedStatusUrl = (base: Base, attempt: string): string =>
  url(base, 'status', { attempt }) + TRIED_AGAIN;
export const answeredByUrl = (base: Base, attempt: string): string =>
  url(base, 'amd', { attempt }) + TRIED_AGAIN;
export const waitUrl = (base: Base, call: CallId, step: number): string =>
  url(base, 'wait', { call, step: String(step) });
export const recordingUrl = (base: Base): string => url(urlOf(base), 'recording', {});
export const streamStatusUrl = (base: Base): string => url(urlOf(base), 'stream-status', {});
export const soundUrl = (base: Base, name: string): string =>
  url(urlOf(base), `sounds/${encodeURIComponent(name)}.wav`, {});
/** A stream's URL has no query (Twilio docs, TwiML <Stream>). */
export const mediaUrl = (base: Base): string => {
  const node = nodeIn(base);
  return socketUrl(url(urlOf(base), node === undefined ? 'media' : `media/${node}`, {}));
};

/** The WebSocket face of an HTTP URL: `https` becomes `wss`, `http` becomes `ws`. */
export const socketUrl = (url: string): string => url.replace(/^http/, 'ws');

function url(base: Base, path: string, query: Readonly<Record<string, string>>): string {
  const node = nodeIn(base);
  const text = new URLSearchParams({ ...query, ...(node !== undefined && { node }) }).toString();
  return `${urlOf(base)}/twilio/${path}${text === '' ? '' : `?${text}`}`;
}

const urlOf = (base: Base): string => (typeof base === 'string' ? base : base.url);
const nodeIn = (base: Base): string | undefined => (typeof base === 'string' ? undefined : base.node);

const NODE = /^[\w-]{8}$/;

/** Of the process that gave Twilio this URL; undefined when it names none, or none that there can be. */
export function nodeOf(target: string): string | undefined {
  const path = /^\/twilio\/media\/([^/?#]+)\/?(?:[?#]|$)/.exec(target);
  const node = path?.[1] ?? queryOf(target).get('node') ?? '';
  return NODE.test(node) ? node : undefined;
}

/** Of a request's target, which may carry a fragment with connection settings (Twilio docs, Webhooks). */
export const queryOf = (target: string): URLSearchParams =>
  new URLSearchParams(/\?([^#]*)/.exec(target)?.[1] ?? '');

/** Undefined when there is none, or it is no number: the question is answered all the same. */
export function stepIn(query: URLSearchParams): number | undefined {
  const text = query.get('step');
  return text !== null && COUNT.test(text) ? Number(text) : undefined;
}

/** Such as PostgreSQL takes for text. */
const ATTEMPT = /^\P{Cc}{1,100}$/u;

/** Of a call that we dialled; undefined when there is none. Throws CARRIER_REQUEST_INVALID for what is none of ours. */
export function attemptIn(query: URLSearchParams): string | undefined {
  const attempt = query.get('attempt') || undefined;
  if (attempt === undefined || ATTEMPT.test(attempt)) return attempt;
  throw new LivelineError('CARRIER_REQUEST_INVALID', 'attempt in the URL is none that this server gave');
}

/** Up to 15 digits stay exact. */
const COUNT = /^\d{1,15}$/;

const errandText = ({ is, of, attempt }: Errand): string => `${is}:${of}:${attempt}`;
const ERRAND = /^(transfer|queue|callback):(.+):(\d{1,15})$/su;

/** Throws CARRIER_REQUEST_INVALID naming `for`. */
export function errandIn(query: URLSearchParams): Errand {
  const [, is, of, attempt] = ERRAND.exec(query.get('for') ?? '') ?? [];
  if (is === undefined || of === undefined)
    throw new LivelineError(
      'CARRIER_REQUEST_INVALID',
      'the URL that Twilio calls names no errand in ?for=: it is none that this server gave',
    );
  return { is: is as Errand['is'], of, attempt: Number(attempt) };
}
