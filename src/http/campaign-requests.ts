// What the routes of campaigns have in common: how parameters and bodies are read, how a file comes in, and how one goes out.
// What is wrong is told by its field and never quoted: it may be somebody's number, and stands in the log.
import { PassThrough, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Request, RequestHandler, Response } from 'express';
import type { z } from 'zod';
import { LivelineError } from '../base/errors.ts';
import type { Switchboard } from '../call/switchboard.ts';
import { readJson, refuseBody, requireJson } from './api-routes.ts';

export const CAMPAIGNS = '/api/v1/campaigns';
export const CAMPAIGN = '/api/v1/campaigns/:campaignId';

/** Throws API_REQUEST_INVALID with every fault. */
export function readParameters<Schema extends z.ZodObject>(
  schema: Schema,
  sent: Readonly<Record<string, unknown>>,
): z.output<Schema> {
  const names = Object.keys(schema.shape);
  const faults = Object.keys(sent).flatMap((name) =>
    names.includes(name) && typeof sent[name] !== 'string' ? [`${name}: expected once`] : [],
  );
  const { number } = sent;
  // A plus that was not escaped arrives as a space, and is what a number begins with.
  const asked = typeof number === 'string' ? { ...sent, number: number.replace(/^ (?=\d)/, '+') } : sent;
  const read = schema.safeParse(asked);
  if (read.success && faults.length === 0) return read.data;
  for (const { path, message } of read.error?.issues ?? []) {
    const at = path.map(String).join('.');
    if (at === '') faults.push(`query: expected no other parameters than ${names.join(', ')}`);
    else if (!faults.some((fault) => fault.startsWith(`${at}: `))) faults.push(`${at}: ${message}`);
  }
  throw new LivelineError('API_REQUEST_INVALID', faults.join('; '));
}

/** Throws API_REQUEST_INVALID with every fault. */
export function readBody<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const read = schema.safeParse(body);
  if (read.success) return read.data;
  const faults = read.error.issues.map(({ path, message }) => `${['body', ...path].join('.')}: ${message}`);
  throw new LivelineError('API_REQUEST_INVALID', faults.join('; '));
}

export const takeJson = [requireJson, readJson, refuseBody];

/** Where a body may be left out; browsers and fetch send one of no bytes then. */
export const requireJsonIfAny: RequestHandler = (request, response, next) => {
  const isEmpty =
    request.get('transfer-encoding') === undefined && (request.get('content-length') ?? '0') === '0';
  if (isEmpty) next();
  else void requireJson(request, response, next);
};

/** Until the process is gone, at most; whoever asks again reaches the next one, or another. */
const STOPS_WITHIN_S = 30;

/** A server that drains begins nothing more: who is called by it now would be hung up on when they answer. */
export const refuseWhileStopping =
  (switchboard: Pick<Switchboard, 'isDraining'>): RequestHandler =>
  (_request, response, next) => {
    if (switchboard.isDraining) {
      response.set('retry-after', String(STOPS_WITHIN_S));
      throw new LivelineError(
        'SERVER_STOPPING',
        'this server stops and calls nobody any more; try again soon',
      );
    }
    next();
  };

const SPREADSHEET = /spreadsheet|ms-excel/i;

/**
 * A browser sends no CSV to us for a foreign page without asking first, as it would a form (fetch.spec.whatwg.org, CORS-safelisted
 * request-header).
 */
export const requireCsv: RequestHandler = (request, _response, next) => {
  if (SPREADSHEET.test(request.get('content-type') ?? ''))
    throw new LivelineError(
      'CONTACTS_INVALID',
      'this is a spreadsheet (XLSX, ODS): export it as CSV (UTF-8), and send that',
    );
  if (!request.is('text/csv'))
    throw new LivelineError(
      'API_REQUEST_INVALID',
      'send the file itself as the body, with content-type: text/csv (curl --data-binary @file)',
    );
  next();
};

/**
 * `use` gets the body as it comes in. When it has had enough, the rest is read and dropped, so that whoever sends it gets to
 * read the answer. Throws what `use` throws; API_REQUEST_INVALID when the sender went away.
 */
export async function withUpload<Result>(
  request: Request,
  use: (source: AsyncIterable<Uint8Array>, signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const brokeOff = new LivelineError('API_REQUEST_INVALID', BROKE_OFF);
  const giveUp = new AbortController();
  // Beside the request: what is read from is destroyed when somebody has had enough, and the connection would go with it.
  const body = new PassThrough();
  request.on('error', () => {
    giveUp.abort(brokeOff);
    body.destroy(brokeOff);
  });
  try {
    return await use(request.pipe(body), giveUp.signal);
  } finally {
    request.unpipe(body).resume();
  }
}

const BROKE_OFF = 'the upload broke off before its end: nothing of it was taken';

/** A line is too little for a write of its own. */
const SENT_AT_ONCE = 64_000;

/** Who reads too slowly is waited for; who goes away has seen enough. Throws what the lines throw before the first of them. */
export async function sendCsv(response: Response, file: string, lines: AsyncIterable<string>): Promise<void> {
  const parts = inParts(lines);
  const first = await parts.next();
  response.type('text/csv').attachment(file);
  async function* all(): AsyncGenerator<string> {
    if (first.done === true) return;
    yield first.value;
    yield* parts;
  }
  try {
    await pipeline(Readable.from(all()), response);
  } catch (thrown) {
    const isGone =
      thrown instanceof Error && 'code' in thrown && thrown.code === 'ERR_STREAM_PREMATURE_CLOSE';
    if (!isGone) throw thrown;
  }
}

async function* inParts(lines: AsyncIterable<string>): AsyncGenerator<string, void, undefined> {
  let part = '';
  for await (const line of lines) {
    part += line;
    if (part.length < SENT_AT_ONCE) continue;
    yield part;
    part = '';
  }
  if (part !== '') yield part;
}
