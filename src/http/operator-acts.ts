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

/** They change nothing, or the page itself asks for every step of them. */
const NO_ACTS = new Set(['POST /console/phone/next', 'POST /api/v1/campaigns/:id/contacts/check']);

/** Things that have an id behind their name in a path. */
const NAMED_BY_ID = /^(calls|campaigns|voicemails|attempts|imports|nodes)$/;

/** Undefined: nothing that the audit keeps. `target`: path and query. Routes are found in letters of any size, and so are these. */
export function deedOf(method: string, target: string): Deed | undefined {
  const [path = '', query] = target.split('?', 2);
  const parts = path.replace(/\/+$/, '').split('/');
  const words = parts.map((part) => part.toLowerCase());
  const ids = new Map<string, string>();
  const shape = parts
    .map((part, index) => {
      const kind = words[index - 1] ?? '';
      if (!NAMED_BY_ID.test(kind) || words[1] === 'console') return words[index];
      ids.set(kind, decoded(part));
      return ':id';
    })
    .join('/');
  const key = `${method} ${shape}`;
  const action = NAMED[key] ?? (isReading(method) || NO_ACTS.has(key) ? undefined : key);
  const callId = ids.get('calls') ?? new URLSearchParams(query).get('call');
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

/** As it was sent, or, of one that came by the router, as that has read it. */
export type AuditedRequest = IncomingMessage & { readonly baseUrl?: string; readonly path?: string };

export function auditRequest(
  request: AuditedRequest,
  audit: Pick<Audit, 'add'> | undefined,
  { name, role, by, address }: Operator,
  outcome: Act['outcome'],
  detail: Readonly<Record<string, unknown>> = {},
): void {
  const { method = 'GET', baseUrl = '', path, url = '/' } = request;
  const deed = deedOf(method, path === undefined ? url : `${baseUrl}${path}`);
  // Whoever listens to a recording asks for it in many pieces.
  const isPiece = method === 'GET' && request.headers.range !== undefined;
  if (deed)
    audit?.add(
      { who: name, role, by, address, outcome, ...deed, detail: { ...deed.detail, ...detail } },
      isPiece,
    );
}
