// What the page asks the server, typed, with faults as people read them.
import type { SessionView } from '../session-view.ts';

/** `status` 0: the server was not reached. */
export class ApiFault extends Error {
  override readonly name = 'ApiFault';
  readonly status: number;
  /** As the OpenAPI document lists them, such as CALL_UNKNOWN. */
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

type Parameters = Readonly<Record<string, string | number | boolean | undefined>>;

/** A path with what is asked for; what is undefined or empty is left out. */
export function withParameters(path: string, parameters: Parameters = {}): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters))
    if (value !== undefined && value !== '') query.set(name, String(value));
  return query.size === 0 ? path : `${path}?${query}`;
}

/** Throws ApiFault. */
export const get = <Answer>(path: string, parameters?: Parameters, signal?: AbortSignal): Promise<Answer> =>
  ask<Answer>(withParameters(path, parameters), { ...(signal && { signal }) });

/** JSON both ways. An answer without a body is undefined. Throws ApiFault. */
export const send = <Answer = undefined>(
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  body?: unknown,
): Promise<Answer> =>
  ask<Answer>(path, {
    method,
    ...(body !== undefined && {
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  });

/** A file as it is, such as text/csv. Throws ApiFault. */
export const upload = <Answer>(path: string, file: Blob, type: string): Promise<Answer> =>
  ask<Answer>(path, { method: 'POST', headers: { 'content-type': type }, body: file });

/** The beginning of what may be long, such as a CSV. Throws ApiFault. */
export async function getBeginning(
  path: string,
  mostCharacters: number,
  signal: AbortSignal,
): Promise<string> {
  const reader = (await answered(path, { signal })).body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  while (reader && text.length < mostCharacters) {
    const { done, value } = await reader.read();
    if (done) return text;
    text += value;
  }
  await reader?.cancel();
  return text;
}

export const session = {
  read: (): Promise<SessionView> => get<SessionView>('/console/session'),
  signIn: (token: string, name: string): Promise<SessionView> =>
    send<SessionView>('POST', '/console/session', { token, name }),
  signOut: (): Promise<SessionView> => send<SessionView>('DELETE', '/console/session'),
};

const UNREACHABLE = new ApiFault(
  0,
  'UNREACHABLE',
  'The server does not answer. Calls may go on all the same.',
);
const TOO_LATE = new ApiFault(
  0,
  'TOO_LATE',
  'The server took the request and does not answer: whether it was done is not known. Look before you do it again.',
);

const lost = new Set<() => void>();

/** Is told when the server no longer knows who asks. Returns what stops it. */
export function onSessionLost(then: () => void): () => void {
  lost.add(then);
  return () => lost.delete(then);
}

async function ask<Answer>(path: string, init: RequestInit): Promise<Answer> {
  const text = await (await answered(path, init)).text();
  return (text === '' ? undefined : JSON.parse(text)) as Answer;
}

/** A database that is away is told of sooner; what takes longer is taken for lost. */
export const ANSWERS_WITHIN_MS = 30_000;

async function answered(path: string, init: RequestInit): Promise<Response> {
  const late = new AbortController();
  // Files take as long as they take.
  const timer =
    init.body instanceof Blob ? undefined : setTimeout(() => late.abort(TOO_LATE), ANSWERS_WITHIN_MS);
  const signal = init.signal ? AbortSignal.any([init.signal, late.signal]) : late.signal;
  const response = await fetch(path, { ...init, signal })
    .catch((thrown: unknown) => {
      if (init.signal?.aborted) throw thrown;
      throw thrown === TOO_LATE ? TOO_LATE : UNREACHABLE;
    })
    .finally(() => clearTimeout(timer));
  if (response.ok) return response;
  const told = (await response.json().catch(() => ({}))) as { error?: string; message?: string };
  const fault = new ApiFault(
    response.status,
    told.error ?? 'REQUEST_FAILED',
    told.message ?? `The server answered ${response.status}; its log says why.`,
  );
  if (fault.code === 'NOT_AUTHORISED' && path !== '/console/session') for (const then of lost) then();
  throw fault;
}
