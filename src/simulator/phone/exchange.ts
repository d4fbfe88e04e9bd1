// Twilio's side of one call: asks for TwiML and has it carried out, until there is none or the call is ended. Knows nothing of what
// the caller says or why.
import type { Clock } from '../../base/clock.ts';
import { Callbacks } from './callbacks.ts';
import type { CallStatus, HungUpBy, PhoneEventBody } from './events.ts';
import type { CallFaults } from './faults.ts';
import { callFields, type CallIdentity } from './fields.ts';
import { inline, picksUp } from './documents.ts';
import { Leg, type LegListener } from './leg.ts';
import { fateOf, type Person } from './people.ts';
import { overAfter, type Phase } from './phase.ts';
import type { Party } from './room.ts';
import { fetchSound } from './sounds.ts';
import type { Office, Script, Stage, Start } from './stage.ts';
import type { TwilioError } from './twilio-error.ts';
import type { Callback, Target, Verb } from './verb.ts';
import { perform } from './verbs.ts';
import { given, isGiven, pause } from './waiting.ts';
import { WebhookClient } from './webhook.ts';

/** A document that only redirects to itself would go round for ever. */
const MAX_DOCUMENTS = 200;

export interface ExchangeListener extends Omit<LegListener, 'onError'> {
  onAnswered(): void;
}

export interface ExchangeOptions {
  readonly call: CallIdentity;
  readonly authToken: string;
  readonly clock: Clock;
  readonly office: Office;
  /** For an inbound call: what it asks for while it rings. Otherwise what it does once it is answered. */
  readonly start: Start;
  /** How long a call that the network places may ring. */
  readonly limitMs: number;
  /** Who is called; undefined: nobody has that number. */
  readonly person: Person | undefined;
  readonly status: Callback | undefined;
  readonly faults: CallFaults;
  readonly party: Party;
  readonly listener: ExchangeListener;
}

export class Exchange {
  readonly leg: Leg;
  readonly #options: ExchangeOptions;
  readonly #webhooks: WebhookClient;
  readonly #callbacks: Callbacks;
  readonly #errors: TwilioError[] = [];
  readonly #isInbound: boolean;
  #phase: Phase;
  /** Of what is under way; given by a redirection and by the end of the call. */
  #scope = new AbortController();
  #redirection: Start | undefined;
  #documents = 0;
  #verb: Verb['verb'] | undefined;

  constructor(options: ExchangeOptions) {
    const { call, authToken, clock, faults, party, status, listener } = options;
    this.#options = options;
    this.#isInbound = (call.direction ?? 'inbound') === 'inbound';
    this.#phase = { is: 'unanswered', status: this.#isInbound ? 'ringing' : 'queued' };
    this.#webhooks = new WebhookClient(authToken, clock, faults);
    this.#callbacks = new Callbacks({
      ...{ call, clock, status, webhooks: this.#webhooks },
      twice: faults.duplicateCallbacks === true,
      swapped: faults.swapStatuses === true,
      emit: (event) => this.#emit(event),
    });
    this.leg = new Leg({
      ...{ call, authToken, clock, faults, mouth: party.mouth, heard: party.heard },
      callbacks: this.#callbacks,
      listener: { ...listener, onError: (error) => this.#warn(error) },
    });
  }

  get phase(): Phase {
    return this.#phase;
  }

  get status(): CallStatus {
    return this.#phase.is === 'in-progress' ? this.#phase.is : this.#phase.status;
  }

  get errors(): readonly TwilioError[] {
    return this.#errors;
  }

  /** Somebody or something is at the other end: a stream, or a verb that is under way. */
  get attends(): boolean {
    return this.#verb === 'Connect' ? this.leg.streamIsOpen : this.#verb !== undefined;
  }

  /** The whole call; resolves when every callback was answered. Never rejects. */
  async run(): Promise<Phase & { is: 'over' }> {
    const { call, start } = this.#options;
    if (this.#isInbound) this.#emit({ type: 'ringing', callSid: call.callSid, from: call.from, to: call.to });
    else await this.#reach();
    await this.#follow(start);
    const over = this.end('server', 'the TwiML has no more verbs');
    await this.#callbacks.settled();
    const durationMs = over.answeredMs === undefined ? 0 : over.endedMs - over.answeredMs;
    this.#callbacks.progress('completed', over.status, durationMs);
    await this.#callbacks.settled();
    await this.#webhooks.settled();
    return over;
  }

  /** Ends the call; the first end stays. `status`: of a call that was never answered. */
  end(by: HungUpBy, why: string, status?: CallStatus): Phase & { is: 'over' } {
    if (this.#phase.is === 'over') return this.#phase;
    const endedMs = this.#options.clock.nowMs();
    const over = overAfter(this.#phase, { by, why, status, endedMs, isInbound: this.#isInbound });
    this.#phase = over;
    this.#redirection = undefined;
    this.#emit({ type: 'hungUp', by, why });
    this.#scope.abort();
    return over;
  }

  /** Leaves what is under way, whatever it is, for this. False: the call is not in progress. */
  redirect(start: Start): boolean {
    if (this.#phase.is !== 'in-progress') return false;
    this.#redirection = start;
    this.#emit({ type: 'redirected' });
    this.#scope.abort();
    return true;
  }

  /** Calls the person; afterwards the call is answered or over. */
  async #reach(): Promise<void> {
    const { call, clock, limitMs, person } = this.#options;
    if (this.#isOver()) return;
    this.#phase = { is: 'unanswered', status: 'initiated' };
    this.#callbacks.progress('initiated', 'initiated');
    const fate = fateOf(person, limitMs);
    if (fate.rings) {
      this.#phase = { is: 'unanswered', status: 'ringing' };
      this.#emit({ type: 'ringing', callSid: call.callSid, from: call.from, to: call.to });
      this.#callbacks.progress('ringing', 'ringing');
    }
    await pause(clock, fate.afterMs, this.#scope.signal);
    if (this.#isOver()) return;
    if (fate.then !== 'in-progress')
      return void this.end(fate.rings ? 'caller' : 'network', `the call came to ${fate.then}`, fate.then);
    this.#answer();
    this.#emit({ type: 'pickedUp' });
    this.#callbacks.progress('answered', 'in-progress');
  }

  async #follow(first: Start): Promise<void> {
    let next: Start | undefined = first;
    for (let count = 1; next && !this.#isOver(); count++) {
      if (count > MAX_DOCUMENTS) {
        this.#fail({ code: 11215, message: `${MAX_DOCUMENTS} TwiML documents in one call: a loop?` });
        return;
      }
      this.#scope = new AbortController();
      const target: Target | undefined = await this.#carryOut(next, this.#createStage(this.#scope.signal));
      this.#verb = undefined;
      next = this.#redirection ?? (target && { from: 'url', target });
      this.#redirection = undefined;
    }
    // The call ended in the middle of a verb: its action is still told, and its answer ignored.
    if (next?.from === 'url' && next !== first)
      await this.#callbacks.actionOfEndedCall(this.status, next.target);
  }

  async #carryOut(start: Start, stage: Stage): Promise<Target | undefined> {
    if (start.from === 'work') {
      await start.work(stage);
      return undefined;
    }
    const asked = start.from === 'url' ? stage.ask(start.target) : inline(start.twiml);
    const document = await Promise.race([asked, given(stage.signal)]);
    if (!document || stage.signal.aborted) return undefined;
    if (!document.ok) {
      this.#fail(document.error);
      return undefined;
    }
    const { url, status, verbs, warnings } = document;
    const names = verbs.map(({ verb }) => verb);
    if (!verbs[0] || picksUp(verbs[0])) this.#answer();
    if (this.#documents++ === 0) this.#emit({ type: 'answered', status, verbs: names });
    else this.#emit({ type: 'document', url, status, verbs: names });
    for (const warning of warnings) this.#warn(warning);
    return this.#run(document, stage);
  }

  async #run({ url, verbs }: Script, stage: Stage): Promise<Target | undefined> {
    for (const verb of verbs) {
      if (stage.signal.aborted) return undefined;
      if (picksUp(verb)) this.#answer();
      this.#emit({ type: 'verb', verb });
      // A listener may have ended the call just now.
      if (isGiven(stage.signal)) return undefined;
      const outer = this.#verb;
      this.#verb = verb.verb;
      const target = await perform(verb, url, stage);
      this.#verb = outer;
      if (target) return target;
    }
    return undefined;
  }

  #answer(): void {
    if (this.#phase.is !== 'unanswered') return;
    this.#phase = { is: 'in-progress', answeredMs: this.#options.clock.nowMs() };
    this.#options.listener.onAnswered();
  }

  #createStage(signal: AbortSignal): Stage {
    const { clock, party, office, call } = this.#options;
    return {
      ...{ signal, clock, party, office, leg: this.leg, leave: undefined },
      emit: (event) => this.#emit(event),
      ask: ({ url, method, fields }) =>
        this.#webhooks.fetchTwiml({ url, method, fields: { ...callFields(call, this.status), ...fields } }),
      tell: (to, event, target, afterMs = 0) => this.#callbacks.tell(to, event, target, afterMs),
      run: (script, stage) => this.#run(script, stage),
      fetchSound: (url) => fetchSound(url, this.#webhooks),
      answer: () => this.#answer(),
      hangUp: (why) => void this.end('server', why),
      reject: (reason) => void this.end('server', '<Reject>', reason === 'busy' ? 'busy' : 'no-answer'),
      warn: (error) => this.#warn(error),
      fail: (error) => this.#fail(error),
      isOver: () => this.#isOver(),
    };
  }

  #isOver(): boolean {
    return this.#phase.is === 'over';
  }

  #emit(event: PhoneEventBody): void {
    this.#options.listener.onEvent(event);
  }

  #warn(error: TwilioError): void {
    this.#errors.push(error);
    this.#emit({ type: 'error', error });
  }

  #fail(error: TwilioError): void {
    this.#warn(error);
    this.end('network', `error ${error.code}`);
  }
}
