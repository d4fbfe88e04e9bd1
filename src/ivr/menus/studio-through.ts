// Widgets of a Studio flow that a call goes through, and what is lost of each (twilio.com, Studio Widget Library).

interface Through {
  /** On which a call goes on when all went well. */
  readonly events: readonly string[];
  /** Null: nothing is lost. */
  readonly lost: string | null;
  /** What callers get where nothing follows; a tool: what it did for them, they still want. */
  readonly orElse: 'end' | 'message' | 'tool';
}

/** By type of widget. */
export const THROUGH: ReadonlyMap<string, Through> = new Map(
  Object.entries({
    'set-variables': { events: ['next'], lost: null, orElse: 'end' },
    'record-call': {
      ...{ events: ['success', 'failed'], orElse: 'end' },
      lost: 'the call is not recorded by it; see recording in the profile',
    },
    'make-http-request': {
      ...{ events: ['success', 'failed'], orElse: 'tool' },
      lost: 'its request is not made; a tool of the profile can make it',
    },
    'run-function': {
      ...{ events: ['success', 'fail'], orElse: 'tool' },
      lost: 'its function is not run; a tool of the profile can do it',
    },
    'run-subflow': {
      ...{ events: ['completed', 'failed'], orElse: 'message' },
      lost: 'its subflow is another file; import that by itself',
    },
    'add-twiml-redirect': {
      ...{ events: ['return', 'timeout', 'fail'], orElse: 'message' },
      lost: 'what its address answers is not written here',
    },
    'send-message': {
      ...{ events: ['sent', 'failed'], orElse: 'end' },
      lost: 'its message is not sent; the tool send_text can',
    },
    'fork-stream': { events: ['next'], orElse: 'end', lost: 'its stream is not started' },
  } satisfies Record<string, Through>),
);
