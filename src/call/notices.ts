// Notices: what happens in calls, told to whoever listens (a console, a terminal). Never waited for, never fails a call.
import type { CallId, ToolCallId, TurnId } from '../base/ids.ts';
import type { Log } from '../base/log.ts';
import { messageOf } from '../base/errors.ts';
import type { SecretKind, SecretNone } from '../tools/secrets.ts';
import type { RouteNotice } from '../ivr/answer.ts';
import type { BargeInKind } from '../audio/barge-in-judge.ts';
import type { Remedy, TokenUsage, Trouble } from '../live/session.ts';
import type { RecordingIs } from './call-recordings.ts';
import type { EndReason } from './state.ts';
import type { Entry } from './transcript.ts';
import type { WatchdogTotals } from './watchdog-count.ts';

/** `missed`: the caller hung up before there was an answer. `closed`: it came outside of the hours. */
export type Refusal =
  'not-in-service' | 'lines-busy' | 'no-session' | 'server-stopping' | 'missed' | 'closed';

/** Who calls whom, and who answers or would have: empty for nobody. */
interface Beginning {
  profile: string;
  profileVersion: string;
  model: string;
  from: string;
  to: string;
  direction: 'inbound' | 'outbound';
  /** Since the epoch: what `atMs` counts from. */
  startedMs: number;
  /** How long its record is kept; 0: there is none. */
  keepDays: number | 'forever';
  /** Whether the CRM is told of it once it has ended. */
  logCalls: boolean;
}

type LateFacts = {
  id: ToolCallId;
  tool: string;
  response: unknown;
  cause?: string;
  after: 'cancelled' | 'timed-out';
};

export type PlacedNotice =
  | 'answered-by-human'
  | 'answered-by-machine'
  | 'answered-by-fax'
  | 'answered-by-unknown'
  | 'message-left'
  | 'message-not-left'
  | 'first-words-missing';

export type NoticeBody =
  | ({ type: 'call-started' } & Beginning)
  /** Nobody answers: the caller was told so and hung up on. */
  | ({ type: 'call-refused'; why: Refusal } & Beginning)
  /** Whether the number is in the records. `inTime`: before the session was opened. `cause`: why it could not be asked. */
  | {
      type: 'caller-looked-up';
      found: boolean;
      inTime: boolean;
      tookMs: number;
      name?: string;
      cause?: string;
    }
  /**
   * Another process had the call, and this one goes on with it. `planned`: it was handed on. `gapMs`: for how long nobody had
   * it. `fence`: higher than that of every process before.
   */
  | ({
      type: 'call-rejoined';
      node: string;
      planned: boolean;
      gapMs: number;
      rejoins: number;
      fence: number;
    } & Beginning)
  /** Another process goes on with the call: here nothing more is told of it. */
  | { type: 'call-moved' }
  | { type: 'line-opened' }
  | { type: 'line-lost' }
  /** The caller goes to a destination of the profile; the line is closed, and the call goes on without sound. */
  | { type: 'departed'; to: string; reason: string }
  /** Another agent goes on with the call, on the same line; names of profiles, and the model of the new one. */
  | { type: 'handed-over'; from: string; to: string; model: string; reason: string }
  /** `why`: as the model is told; '' when nobody knows. */
  | { type: 'returned'; why: string }
  /** They said nothing for as long as the profile bears: they are asked, and the second time said goodbye to. */
  | { type: 'caller-silent'; times: 1 | 2 }
  /** A recording, in place of the model's voice; `ms`: how long it is. */
  | { type: 'greeting-played'; from: 'cache' | 'file'; ms: number }
  /** Of the call itself. What was written is kept; why it ends: see `RecordingIs`. */
  | { type: 'recording'; is: RecordingIs }
  | { type: 'session-ready'; afterMs: number }
  | { type: 'session-failed'; code: string; message: string }
  | { type: 'session-switching'; planned: boolean; why: string }
  | { type: 'session-switched'; memory: 'kept' | 'told'; gapMs: number; setupMs: number }
  | { type: 'watchdog'; saw: Trouble; did: Remedy }
  /** The caller made a sound over the agent's voice; what it was taken for, and how long after it began. */
  | { type: 'sound-over-agent'; is: BargeInKind; afterMs: number }
  | { type: 'told'; text: string; answer: boolean }
  /** A person speaks with the caller in the agent's place. `by`: who, as they signed in. */
  | { type: 'operator-took-over'; by: string }
  /** `note`: what they say of it; '' when nothing. */
  | { type: 'operator-gave-back'; by: string; forMs: number; note: string }
  | { type: 'tokens-used'; turn: TurnId; usage: TokenUsage }
  | { type: 'transcript'; entry: Entry }
  | { type: 'barge-in'; turn: TurnId; heardMs: number; sentMs: number }
  | { type: 'digit'; digit: string }
  /** The caller types something secret for a tool; never which keys. `late`: keys behind the end of it, which count for nothing. */
  | {
      type: 'secret-keys';
      kind: SecretKind;
      is: 'opened' | 'typing' | 'received' | 'late' | SecretNone;
      keys: number;
    }
  | { type: 'tool-called'; id: ToolCallId; tool: string; args: unknown }
  /** `cause`: of a failure, for people; `repeated`: it was done before, and the first result was given again. */
  | { type: 'tool-done'; id: ToolCallId; tool: string; response: unknown; cause?: string; repeated?: true }
  /** What came of a call after the model had cancelled it, or was told that it takes too long; `told`: it knows now. */
  | ({ type: 'tool-late'; told: boolean } & LateFacts)
  | { type: 'tool-cancelled'; id: ToolCallId }
  /** Of a call that we placed. `why`: the rule of SPEC.md, or what is missing. */
  | { type: 'placed-call'; is: PlacedNotice; why: string }
  /** Where the caller is sent in the telephone network, and who is called for them; it may follow the call's end. */
  | RouteNotice
  | { type: 'call-ended'; reason: EndReason; durationMs: number; watchdog: WatchdogTotals };

/** `atMs`: since the call was answered. */
export type Notice = NoticeBody & { readonly callId: CallId; readonly atMs: number };

export class Notices {
  readonly #listeners = new Set<(notice: Notice) => void>();
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  publish(notice: Notice): void {
    for (const listener of this.#listeners) {
      try {
        listener(notice);
      } catch (thrown) {
        this.#log.error(
          { callId: notice.callId, notice: notice.type, reason: messageOf(thrown) },
          'a listener to notices failed; the call goes on',
        );
      }
    }
  }

  /** Gives back how to stop listening. */
  subscribe(listener: (notice: Notice) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
