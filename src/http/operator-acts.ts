// What a request is in the words of the audit: which act, on which call or campaign. Reading is none, except of sound and of
// whole lists that leave this server.
import type { IncomingMessage } from 'node:http';
import type { Act } from '../console/audit-entry.ts';
import type { Audit } from '../console/audit.ts';
import type { OperatorView } from '../console/session-view.ts';

/** Whoever was let in. */
export interface Operator extends OperatorView {
  /** Of the peer: behind a proxy, the proxy's. */
  readonly address: string;
}

export type Deed = Required<Pick<Act, 'action'>> & Pick<Act, 'callId' | 'campaignId' | 'detail'>;

/** By method and path; what is not named here and changes something goes by both. */
const NAMED: Readonly<Record<string, string>> = {
  'POST /api/v1/calls': 'place-call',
  'POST /api/v1/calls/:id/notes': 'whisper',
  'POST /api/v1/calls/:id/whisper': 'whisper',
  'POST /api/v1/calls/:id/hang-up': 'hang-up',
  'POST /api/v1/calls/:id/transfer': 'transfer',
  'GET /api/v1/calls/:id/recording': 'download-recording',
  'GET /api/v1/calls/:id/bundle': 'download-bundle',
  'GET /api/v1/voicemails/:id/sound': 'download-voicemail',
  'POST /api/v1/campaigns': 'create-campaign',
  'POST /api/v1/campaigns/:id/contacts': 'import-contacts',
  'POST /api/v1/campaigns/:id/start': 'start-campaign',
  'POST /api/v1/campaigns/:id/pause': 'pause-campaign',
  'POST /api/v1/campaigns/:id/resume': 'resume-campaign',
  'POST /api/v1/campaigns/:id/stop': 'stop-campaign',
  'POST /api/v1/campaigns/:id/clone': 'clone-campaign',
  'GET /api/v1/campaigns/:id/results': 'export-results',
  'POST /api/v1/opt-outs': 'add-opt-out',
  'DELETE /api/v1/opt-outs': 'remove-opt-out',
  'POST /api/v1/consents': 'add-consent',
  'POST /api/v1/suppression-lists': 'import-suppression-list',
  'DELETE /api/v1/suppression-lists': 'remove-suppression-list',
  'POST /api/v1/nodes/:id/drain': 'drain-node',
  'POST /console/phone/calls': 'call-from-phone',
  'GET /console/listen': 'listen-in',
  'GET /console/take-over': 'take-over',
};

/** Of these every step is asked for by the page itself. */
const NO_ACTS = new Set(['POST /console/phone/next']);

/** Things that have an id behind their name in a path. */
const NAMED_BY_ID = /^(calls|campaigns|voicemails|attempts|imports|nodes)$/;

/** Undefined: nothing that the audit keeps. `target`: path and query, as they were asked for. */
export function deedOf(method: string, target: string): Deed | undefined {
  const { pathname, searchParams } = new URL(target, 'http://localhost');
  const parts = pathname.replace(/\/+$/, '').split('/');
  const ids = new Map<string, string>();
  const shape = parts
    .map((part, index) => {
      const kind = parts[index - 1] ?? '';
      if (!NAMED_BY_ID.test(kind) || parts[1] === 'console') return part;
      ids.set(kind, decoded(part));
      return ':id';
    })
    .join('/');
  const key = `${method} ${shape}`;
  const action = NAMED[key] ?? (isReading(method) || NO_ACTS.has(key) ? undefined : key);
  const callId = ids.get('calls') ?? searchParams.get('call');
  const campaignId = ids.get('campaigns');
  const node = ids.get('nodes');
  return action === undefined
    ? undefined
    : {
        action,
        ...(callId && { callId }),
        ...(campaignId !== undefined && { campaignId }),
        ...(node !== undefined && { detail: { node } }),
      };
}

const isReading = (method: string): boolean => method === 'GET' || method === 'HEAD';

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export function auditRequest(
  request: IncomingMessage & { readonly originalUrl?: string },
  audit: Pick<Audit, 'add'> | undefined,
  { name, role, by, address }: Operator,
  outcome: Act['outcome'],
  detail: Readonly<Record<string, unknown>> = {},
): void {
  const { range } = request.headers;
  // Whoever listens to a recording asks for it in many pieces: the first one counts.
  if (range !== undefined && !/^bytes=0-/.test(range)) return;
  const deed = deedOf(request.method ?? 'GET', request.originalUrl ?? request.url ?? '/');
  if (deed)
    audit?.add({ who: name, role, by, address, outcome, ...deed, detail: { ...deed.detail, ...detail } });
}
