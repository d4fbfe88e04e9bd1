// The one catalogue of what can go wrong. A code decides the HTTP status and whether trying again can help.

const CATALOGUE = {
  CONFIG_INVALID: { status: 500, retryable: false },
  PORT_UNAVAILABLE: { status: 500, retryable: false },
  PROFILE_INVALID: { status: 500, retryable: false },
  /** A keypad menu, or what one was to be made of, has faults. */
  MENU_INVALID: { status: 422, retryable: false },
  AUDIO_FORMAT_UNSUPPORTED: { status: 422, retryable: false },
  WAV_INVALID: { status: 422, retryable: false },
  CARRIER_SIGNATURE_INVALID: { status: 403, retryable: false },
  CARRIER_REQUEST_INVALID: { status: 400, retryable: false },
  CARRIER_REFUSED: { status: 502, retryable: false },
  CARRIER_UNREACHABLE: { status: 502, retryable: true },
  /** The carrier takes no more for now: too many requests, or too many calls at once. Nothing was done. */
  CARRIER_BUSY: { status: 503, retryable: true },
  /** The carrier took the request and did not answer: it may or may not have been done. */
  CARRIER_IN_DOUBT: { status: 502, retryable: false },
  /** This process begins nothing more; another one, or the next one, does. */
  SERVER_STOPPING: { status: 503, retryable: true },
  /** A number that is not dialled on any account: emergency, premium, or of a country that is not allowed. */
  DIAL_REFUSED: { status: 403, retryable: false },
  /** This process and its database do not agree on the time: nothing that depends on it is decided. */
  CLOCK_APART: { status: 503, retryable: true },
  LIVE_CONNECT_TIMEOUT: { status: 504, retryable: true },
  LIVE_UNREACHABLE: { status: 502, retryable: true },
  LIVE_REFUSED: { status: 502, retryable: false },
  LIVE_CLOSED: { status: 502, retryable: true },
  LIVE_SETUP_UNSUPPORTED: { status: 422, retryable: false },
  DATABASE_UNAVAILABLE: { status: 503, retryable: true },
  DATABASE_REFUSED: { status: 500, retryable: false },
  BACKUP_INVALID: { status: 422, retryable: false },
  BACKUP_UNWRITABLE: { status: 507, retryable: true },
  RECORD_UNKNOWN: { status: 404, retryable: false },
  /** The sound of a call cannot be fetched from where it is kept just now. */
  RECORDING_UNAVAILABLE: { status: 503, retryable: true },
  CALL_UNKNOWN: { status: 404, retryable: false },
  /** The call is not in a state for that. */
  CALL_CONFLICT: { status: 409, retryable: false },
  /** Another process has the call and did not answer: it may or may not have been done. */
  CALL_IN_DOUBT: { status: 502, retryable: false },
  NOT_AUTHORISED: { status: 401, retryable: false },
  /** Known, and not theirs to do; or a page of another origin asks in their name. */
  NOT_ALLOWED: { status: 403, retryable: false },
  /** Wrong tokens, too many of them from one address. */
  TOO_MANY_TRIES: { status: 429, retryable: true },
  API_REQUEST_INVALID: { status: 400, retryable: false },
  API_REQUEST_TOO_LARGE: { status: 413, retryable: false },
  TOOL_UNKNOWN: { status: 404, retryable: false },
  TOOL_ARGUMENTS_INVALID: { status: 422, retryable: false },
  TOOL_TIMED_OUT: { status: 504, retryable: true },
  /** A file, module or server that tools come from has faults. */
  TOOL_SOURCE_INVALID: { status: 422, retryable: false },
  /** The tool could not be reached; nothing was done. */
  TOOL_UNAVAILABLE: { status: 503, retryable: true },
  /** The tool was reached and said no. */
  TOOL_REFUSED: { status: 502, retryable: false },
  /** Its effect may or may not have been done, and nobody can say. */
  TOOL_IN_DOUBT: { status: 502, retryable: false },
  TOOL_RESULT_TOO_LARGE: { status: 502, retryable: false },
  TOO_MANY_TOOLS: { status: 429, retryable: true },
  /** An address that a request may not go to: this machine, or a private network. */
  ADDRESS_REFUSED: { status: 403, retryable: false },
  CONTACTS_INVALID: { status: 422, retryable: false },
  /** A list of numbers that are not called cannot be taken as it is; the one before holds. */
  SUPPRESSION_LIST_INVALID: { status: 422, retryable: false },
  /** The description of a CRM, or its settings, have faults. */
  CRM_INVALID: { status: 422, retryable: false },
  /** The CRM cannot be asked just now; nothing was done. */
  CRM_UNAVAILABLE: { status: 503, retryable: true },
  /** The CRM will not have us, or not this request: credentials, permissions, a field that it does not take. */
  CRM_REFUSED: { status: 502, retryable: false },
  /** The CRM was asked to write and did not answer: it may or may not have been done. */
  CRM_IN_DOUBT: { status: 502, retryable: false },
  /** The files that say when numbers of a country may be called have faults. */
  CALLING_RULES_INVALID: { status: 500, retryable: false },
  /** The time is taken. */
  CRM_CONFLICT: { status: 409, retryable: false },
  /** There is no such contact or appointment. */
  CRM_UNKNOWN: { status: 404, retryable: false },
  /** This CRM has nothing of the kind. */
  CRM_UNSUPPORTED: { status: 501, retryable: false },
  /** A message cannot be brought to somebody just now; nothing was done. */
  DELIVERY_UNAVAILABLE: { status: 503, retryable: true },
  /** They will not take it. */
  DELIVERY_REFUSED: { status: 502, retryable: false },
  /** It was sent and nothing was answered: they may or may not have it. */
  DELIVERY_IN_DOUBT: { status: 502, retryable: false },
  /** The settings of a campaign have faults, or what they need is not there. */
  /** No process of this name takes calls on this database. */
  NODE_UNKNOWN: { status: 404, retryable: false },
  /** Another process is meant by what was handed on to this one. */
  NODE_MISTAKEN: { status: 421, retryable: false },
  CAMPAIGN_INVALID: { status: 422, retryable: false },
  CAMPAIGN_UNKNOWN: { status: 404, retryable: false },
  /** It is not in a state for that, or its name is taken. */
  CAMPAIGN_CONFLICT: { status: 409, retryable: false },
  SCRIPT_INVALID: { status: 422, retryable: false },
} as const satisfies Record<string, { status: number; retryable: boolean }>;

export type ErrorCode = keyof typeof CATALOGUE;

/** Every error this server raises on purpose. `message` is written for the person at 3 a.m. and holds no caller data. */
export class LivelineError extends Error {
  override readonly name = 'LivelineError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }

  get status(): number {
    return CATALOGUE[this.code].status;
  }

  get retryable(): boolean {
    return CATALOGUE[this.code].retryable;
  }
}

/** What to write of something caught: its message, whatever was thrown. */
export const messageOf = (thrown: unknown): string =>
  thrown instanceof Error ? thrown.message : String(thrown);

/** For the `default` of an exhaustive switch: the compiler names the case that was forgotten. */
export function unreachable(value: never): never {
  throw new TypeError(`unreachable: ${JSON.stringify(value)}`);
}
