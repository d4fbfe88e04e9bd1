// What TwiML is carried out on: one leg of a call, and the office behind it, described so that verbs and calls need not
// know each other.
import type { Clock } from '../../base/clock.ts';
import type { Conference } from './conference.ts';
import type { Detection } from './detection.ts';
import type { CallStatus, PhoneEventBody } from './events.ts';
import type { Leg } from './leg.ts';
import type { Person } from './people.ts';
import type { Queue } from './queue.ts';
import type { Recordings } from './recordings.ts';
import type { Party, Room } from './room.ts';
import type { TwilioError } from './twilio-error.ts';
import type { Callback, Link, Target, Verb } from './verb.ts';
import type { Document, Failure } from './webhook.ts';

/** A document as it is carried out. Of inline TwiML, `url` is empty. */
export interface Script {
  readonly url: string;
  readonly verbs: readonly Verb[];
}

/** What a leg does: first this, and then what that leads to. */
export type Start =
  | { readonly from: 'url'; readonly target: Target }
  | { readonly from: 'twiml'; readonly twiml: string }
  | { readonly from: 'work'; readonly work: (stage: Stage) => Promise<void> };

export interface Stage {
  /** Given: what is under way ends now, because the call is over or does something else. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly party: Party;
  readonly leg: Leg;
  readonly office: Office;
  /** What `<Leave>` does; undefined where there is nothing to leave. */
  readonly leave: (() => void) | undefined;
  emit(event: PhoneEventBody): void;
  /** Asks for TwiML. */
  ask(target: Target): Promise<Document | Failure>;
  /** A request whose answer steers nothing; `settled` before the call's `done`. */
  tell(to: 'conference' | 'recording', event: string, target: Target, afterMs?: number): void;
  /** Returns where the next TwiML comes from; undefined: the script came to its end. */
  run(script: Script, stage: Stage): Promise<Target | undefined>;
  /** µ-law sound of a WAV on the web, or why not. */
  fetchSound(url: string): Promise<Uint8Array | TwilioError>;
  /** The call begins to cost money: it is connected with somebody. */
  answer(): void;
  hangUp(why: string): void;
  reject(reason: 'rejected' | 'busy'): void;
  warn(error: TwilioError): void;
  fail(error: TwilioError): void;
  isOver(): boolean;
}

/** A call that the network itself places. */
export interface Outgoing {
  readonly to: string;
  readonly from: string;
  readonly direction: 'outbound-api' | 'outbound-dial';
  readonly parentCallSid: string | undefined;
  /** How long it may ring. */
  readonly limitMs: number;
  /** Of a call by REST: whether it is found out who picks up. */
  readonly detection?: Detection | undefined;
  /** From the answer; undefined: as long as it goes on. */
  readonly longestMs?: number | undefined;
  readonly status: Callback | undefined;
  /** What it does once it is answered. */
  readonly start: Start;
}

/** The other end of `<Dial>`. */
export interface DialledLeg {
  readonly callSid: string;
  readonly status: CallStatus;
  /** Resolves when it hangs up; its callbacks may follow. */
  readonly over: Promise<unknown>;
  /** Nobody wants it any more. */
  cancel(): void;
}

/** What all legs of a network share. */
export interface Office {
  readonly recordings: Recordings;
  person(number: string): Person | undefined;
  dial(call: Outgoing): DialledLeg;
  room(): Room;
  conference(name: string): Conference;
  queue(name: string): Queue;
}

/** A link of a document made whole; a relative one in inline TwiML is Twilio's error 15004, and the call fails. */
export function whole(link: Link, verb: string, documentUrl: string, stage: Stage): Link | undefined {
  if (URL.canParse(link.url, documentUrl === '' ? undefined : documentUrl))
    return { url: new URL(link.url, documentUrl === '' ? undefined : documentUrl).href, method: link.method };
  const code = documentUrl === '' ? 15004 : 11100;
  stage.fail({ code, message: `<${verb}> names no URL: '${link.url}'` });
  return undefined;
}
