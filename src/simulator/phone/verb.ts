// What TwiML can say, as this network understands it. Types only.

export type Method = 'GET' | 'POST';

export interface Link {
  readonly url: string;
  readonly method: Method;
}

/** A request to make; `fields` come on top of those of every webhook. */
export interface Target extends Link {
  readonly fields?: Readonly<Record<string, string>>;
}

/** `events`: which ones are wanted. */
export interface Callback extends Link {
  readonly events: readonly string[];
}

export interface StreamNoun {
  readonly url: string;
  readonly name: string | undefined;
  readonly track: string | undefined;
  readonly statusCallback: string | undefined;
  readonly statusCallbackMethod: Method;
  readonly parameters: Readonly<Record<string, string>>;
}

/** `music`: the carrier's own. */
export type Hold = 'music' | 'silence' | Link;

export interface NumberNoun {
  readonly noun: 'Number' | 'Sip';
  readonly to: string;
  /** Carried out for who picks up, before the two are connected. */
  readonly whisper: Link | undefined;
  readonly status: Callback | undefined;
}

export interface ConferenceNoun {
  readonly noun: 'Conference';
  readonly name: string;
  readonly startOnEnter: boolean;
  readonly endOnExit: boolean;
  readonly hold: Hold;
  readonly beep: boolean;
  readonly status: Callback | undefined;
}

export interface QueueNoun {
  readonly noun: 'Queue';
  readonly name: string;
}

export interface DialVerb {
  readonly verb: 'Dial';
  readonly action: Link | undefined;
  readonly answerOnBridge: boolean;
  /** Undefined: 30 s for a number, without end for a queue. */
  readonly timeoutS: number | undefined;
  readonly timeLimitS: number;
  readonly callerId: string | undefined;
  /** At least one; several only when all are numbers or SIP addresses. */
  readonly nouns: readonly [NumberNoun, ...NumberNoun[]] | readonly [ConferenceNoun] | readonly [QueueNoun];
}

export interface GatherVerb {
  readonly verb: 'Gather';
  readonly action: Link | undefined;
  readonly method: Method;
  readonly numDigits: number;
  /** A key, or empty: none. */
  readonly finishOnKey: string;
  readonly timeoutS: number;
  readonly actionOnEmptyResult: boolean;
  readonly prompt: readonly Verb[];
}

export interface RecordVerb {
  readonly verb: 'Record';
  readonly action: Link | undefined;
  readonly method: Method;
  readonly maxLengthS: number;
  readonly timeoutS: number;
  readonly playBeep: boolean;
  /** Silence before and after what is said is left out. */
  readonly trim: boolean;
  /** Any of these keys. */
  readonly finishOnKey: string;
  readonly status: Callback | undefined;
}

export interface EnqueueVerb {
  readonly verb: 'Enqueue';
  readonly name: string;
  readonly action: Link | undefined;
  readonly hold: Hold;
  readonly maxQueueSize: number;
}

export type Verb =
  | { verb: 'Connect'; action: string | undefined; method: Method; stream: StreamNoun }
  | { verb: 'Hangup' }
  | { verb: 'Say'; text: string; language: string | undefined; loop: number }
  | { verb: 'Play'; url: string; loop: number }
  | { verb: 'PlayDigits'; digits: string }
  | { verb: 'Pause'; lengthS: number }
  | { verb: 'Redirect'; url: string; method: Method }
  | { verb: 'Reject'; reason: 'rejected' | 'busy' }
  | { verb: 'Leave' }
  | { verb: 'Refer'; action: Link | undefined; to: string }
  | DialVerb
  | GatherVerb
  | RecordVerb
  | EnqueueVerb
  /** Twilio would do it; this network does not. */
  | { verb: 'Unsupported'; name: string };
