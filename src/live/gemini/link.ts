// The link to the model: one connection at a time, and always another one after it, until nothing more can be tried.
// Keeps the handle and says when to renew; what is said over it, and what the model has to be told again, is not its
// business.
import type { Clock, StopTimer } from '../../base/clock.ts';
import type { LivelineError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import { errorOf, type Doing, type Ending } from './close-policy.ts';
import type { Connection, ConnectionListener } from './connection.ts';
import type { ServerMessage } from './messages.ts';
import { afterEnding, afterRenewal, FIRST_TRY, type Tries } from './reconnect.ts';
import {
  isTime,
  RENEW_AT_AGE_MS,
  renewalAtAge,
  renewalAtGoAway,
  sooner,
  type Moment,
  type Renewal,
} from './renewal.ts';

export interface LinkListener {
  /** The model took the setup. `resumed`: by a handle, so that it knows the conversation up to that handle. */
  onReady(resumed: boolean, setupMs: number): void;
  onMessage(message: ServerMessage): void;
  /** What was under way is gone. Between `onReady` and this, `send` reaches the model. */
  onLost(planned: boolean, why: string): void;
  /** Once, and last. */
  onFailed(error: LivelineError): void;
  /** How well the link could be renewed now. */
  moment(): Moment;
}

/** Which way in (counted from 0), and the handle to resume by. */
export interface Dial {
  readonly way: number;
  readonly handle: string | undefined;
  readonly setupTimeoutMs: number;
}

export interface LinkOptions {
  /** Opens a connection; nothing is heard of it before the call returned. */
  readonly dial: (how: Dial, to: ConnectionListener) => Connection;
  /** What the ways in are called, for the log. */
  readonly ways: readonly string[];
  readonly clock: Clock;
  /** 0 to 1. */
  readonly random: () => number;
  readonly log: Log;
  /** For the first connection, while the phone rings. */
  readonly setupTimeoutMs: number;
  /** A conversation that is under way: a caller waits already, and it is dialled as after a lost connection. */
  readonly from?: { readonly way: number; readonly handle: string | undefined } | undefined;
}

/** A model that is well answers a setup in less than a second; the caller waits meanwhile. */
const RENEWED_SETUP_TIMEOUT_MS = 5_000;
/** What is lost longer is lost: more caller sound than this is not kept either. The first connection gets half of it. */
const GIVE_UP_AFTER_MS = { first: 15_000, renewed: 30_000 };
const LOOK_EVERY_MS = 100;

type State =
  | { is: 'dialling'; connection: Connection; dialledMs: number; resuming: boolean }
  | { is: 'open'; connection: Connection; readyMs: number; renewal: Renewal | undefined }
  /** The old connection finishes its close, or the next dial waits its time. */
  | { is: 'between' }
  | { is: 'over' };

export class Link {
  readonly #options: LinkOptions;
  readonly #to: LinkListener;
  #state: State = { is: 'between' };
  #tries: Tries = FIRST_TRY;
  #handle: string | undefined;
  /** When the model was last there; at first, when it was first dialled. */
  #goneMs: number;
  /** Here, or for the process before. */
  #wasReady = false;
  #stopTimer: StopTimer = () => undefined;
  #stopLooking: StopTimer = () => undefined;

  constructor(options: LinkOptions, to: LinkListener) {
    this.#options = options;
    this.#to = to;
    this.#goneMs = options.clock.nowMs();
    if (options.from) this.#takeUp(options.from, options.clock);
    else this.#dial(false);
  }

  get way(): number {
    return this.#tries.way;
  }

  send(json: string): void {
    if (this.#state.is === 'open') this.#state.connection.send(json);
  }

  /** From now on a lost conversation is resumed by this one. */
  keep(handle: string): void {
    this.#handle = handle;
  }

  goAway(timeLeftMs: number | undefined): void {
    this.#plan(renewalAtGoAway(timeLeftMs, this.#options.clock.nowMs()));
  }

  close(): void {
    const { connection } = { connection: undefined, ...this.#state };
    this.#enter({ is: 'over' });
    connection?.close();
  }

  /** In a tick of its own: who is to say what was said listens by then. */
  #takeUp({ way, handle }: NonNullable<LinkOptions['from']>, clock: Clock): void {
    this.#wasReady = true;
    this.#handle = handle;
    this.#tries = { ...FIRST_TRY, way };
    if (handle !== undefined) this.#tries = afterRenewal(this.#tries, 0);
    this.#stopTimer = clock.after(0, () => this.#dial(handle !== undefined));
  }

  #dial(resume: boolean): void {
    const { dial, clock, setupTimeoutMs } = this.#options;
    if (!resume) this.#handle = undefined;
    const handle = this.#handle;
    const how = {
      way: this.#tries.way,
      handle,
      setupTimeoutMs: this.#wasReady ? RENEWED_SETUP_TIMEOUT_MS : setupTimeoutMs,
    };
    const connection = dial(how, {
      onMessage: (message) => this.#read(connection, message),
      onEnded: (ending) => this.#ended(connection, ending),
    });
    this.#enter({ is: 'dialling', connection, dialledMs: clock.nowMs(), resuming: handle !== undefined });
  }

  #read(connection: Connection, message: ServerMessage): void {
    if (!('connection' in this.#state) || this.#state.connection !== connection) return;
    if (message.setupComplete && this.#state.is === 'dialling') this.#ready(connection, this.#state);
    if (this.#state.is !== 'open') return;
    this.#to.onMessage(message);
    this.#look();
  }

  #ready(connection: Connection, { dialledMs, resuming }: Extract<State, { is: 'dialling' }>): void {
    const { clock } = this.#options;
    const readyMs = clock.nowMs();
    this.#enter({ is: 'open', connection, readyMs, renewal: undefined });
    this.#wasReady = true;
    this.#stopTimer = clock.after(RENEW_AT_AGE_MS, () => this.#plan(renewalAtAge(clock.nowMs())));
    this.#to.onReady(resuming, readyMs - dialledMs);
  }

  #ended(connection: Connection, ending: Ending): void {
    const state = this.#state;
    if (!('connection' in state) || state.connection !== connection) return;
    const { clock, log, ways, random } = this.#options;
    const nowMs = clock.nowMs();
    const doing: Doing = state.is === 'open' ? 'talking' : state.resuming ? 'resuming' : 'starting';
    const error = errorOf(ending, doing);
    const healthyMs = state.is === 'open' ? nowMs - state.readyMs : 0;
    this.#enter({ is: 'between' });
    if (state.is === 'open') {
      this.#goneMs = nowMs;
      this.#to.onLost(false, error.message);
      if (this.#isOver()) return;
    }
    const giveUpMs = this.#wasReady ? GIVE_UP_AFTER_MS.renewed : GIVE_UP_AFTER_MS.first;
    const leftMs = giveUpMs - (nowMs - this.#goneMs);
    const circumstances = { doing, healthyMs, ways: ways.length, leftMs, random: random() };
    const next = afterEnding(this.#tries, ending, circumstances);
    const told = { reason: error.message, doing, through: ways[this.#tries.way] };
    if (next.do === 'give-up') {
      this.#enter({ is: 'over' });
      log.warn(told, 'nothing more can be tried to reach the model');
      return this.#to.onFailed(error);
    }
    const { tries, afterMs } = next;
    const resume = next.resume && this.#handle !== undefined;
    log.warn(
      { ...told, next: ways[tries.way], failures: tries.failures, resume, afterMs },
      state.is === 'open'
        ? 'the connection to the model is lost; dialling again'
        : 'the model could not be reached; dialling again',
    );
    this.#tries = tries;
    this.#stopTimer = clock.after(afterMs, () => this.#dial(resume));
  }

  #plan(renewal: Renewal): void {
    if (this.#state.is !== 'open') return;
    this.#state = { ...this.#state, renewal: sooner(this.#state.renewal, renewal) };
    this.#stopLooking();
    this.#stopLooking = this.#options.clock.every(LOOK_EVERY_MS, () => this.#look());
    this.#look();
  }

  /** Now, whatever is going on: the model there says nothing any more. */
  renew(why: string): void {
    const nowMs = this.#options.clock.nowMs();
    this.#plan({ why, plannedMs: nowMs, byMs: nowMs });
  }

  /** By a timer too: after a goAway the server may say nothing more (tau2-bench#461). */
  #look(): void {
    if (this.#state.is !== 'open' || this.#state.renewal === undefined) return;
    const nowMs = this.#options.clock.nowMs();
    const { connection, readyMs, renewal } = this.#state;
    if (!isTime(renewal, nowMs, this.#to.moment())) return;
    const through = this.#options.ways[this.way];
    this.#options.log.info({ reason: renewal.why, through }, 'renewing the connection to the model');
    this.#goneMs = nowMs;
    this.#tries = afterRenewal(this.#tries, nowMs - readyMs);
    this.#enter({ is: 'between' });
    this.#to.onLost(true, renewal.why);
    // The server refuses to resume a session whose old socket is open (aicc2025/sip-to-ai#14).
    connection.close(() => {
      if (this.#state.is === 'between') this.#dial(true);
    });
  }

  #enter(state: State): void {
    this.#stopTimer();
    this.#stopLooking();
    this.#stopTimer = () => undefined;
    this.#stopLooking = () => undefined;
    this.#state = state;
  }

  #isOver(): boolean {
    return this.#state.is === 'over';
  }
}
