// Twilio's side of one call: asks for TwiML and has it carried out, until there is none or the call is ended. Knows nothing of what
// the caller says or why.
import type { StopTimer } from '../../base/clock.ts';
import { Callbacks } from './callbacks.ts';
import type { CallStatus, HungUpBy, PhoneEventBody } from './events.ts';
import { callFields } from './fields.ts';
import { inline, picksUp } from './documents.ts';
import type { ExchangeOptions } from './exchange-options.ts';
import { Leg } from './leg.ts';
import { sipCodeOf } from './people.ts';
import { overAfter, type Phase } from './phase.ts';
import { reach } from './reach.ts';
import { fetchSound } from './sounds.ts';
import type { Script, Stage, Start } from './stage.ts';
import type { TwilioError } from './twilio-error.ts';
import type { Target, Verb } from './verb.ts';
import { perform } from './verbs.ts';
import { given, isGiven } from './waiting.ts';
import { WebhookClient } from './webhook.ts';

/** A document that only redirects to itself would go round for ever. */
const MAX_DOCUMENTS = 200;

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
  #begunMs: number | undefined;
  #answeredBy: string | undefined;
  /** Of what must not happen after the end. */
  readonly #timers: StopTimer[] = [];

  constructor(options: ExchangeOptions) {
    const { call, authToken, clock, faults, party, person, status, listener } = options;
    this.#options = options;
    this.#isInbound = (call.direction ?? 'inbound') === 'inbound';
    this.#phase = { is: 'unanswered', status: this.#isInbound ? 'ringing' : 'queued' };
    this.#webhooks = new WebhookClient(authToken, clock, faults);
    this.#callbacks = new Callbacks({
      ...{ call, clock, status, faults, webhooks: this.#webhooks },
      emit: (event) => this.#emit(event),
    });
    this.leg = new Leg({
      ...{ call, authToken, clock, faults, mouth: party.mouth, heard: party.heard },
      callbacks: this.#callbacks,
      isSilent: person?.silent === true,
      listener: { ...listener, onError: (error) => this.#warn(error) },
    });
  }

  get phase(): Phase {
    return this.#phase;
  }

  get status(): CallStatus {
    return this.#phase.is === 'in-progress' ? this.#phase.is : this.#phase.status;
  }

  /** When it left the queue; undefined: not yet, or never. */
  get begunMs(): number | undefined {
    return this.#begunMs;
  }

  /** What answering machine detection says. */
  get answeredBy(): string | undefined {
    return this.#answeredBy;
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
    const { start } = this.#options;
    const isDialled = await this.#begin();
    await this.#follow(start);
    const over = this.end('server', 'the TwiML has no more verbs');
    await this.#callbacks.settled();
    const durationMs = over.answeredMs === undefined ? 0 : over.endedMs - over.answeredMs;
    // Of a call that was canceled in the queue nothing is told (Twilio docs, Call resource).
    const sipCode = this.#isInbound ? undefined : sipCodeOf(this.#options.person, over.status);
    if (isDialled) this.#callbacks.progress('completed', over.status, { durationMs, sipCode });
    await this.#callbacks.allSettled();
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
    for (const stop of this.#timers) stop();
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

  /** False: it was over before it was dialled. */
  async #begin(): Promise<boolean> {
    const { call, clock } = this.#options;
    if (this.#isInbound) {
      this.#begunMs = clock.nowMs();
      this.#emit({ type: 'ringing', callSid: call.callSid, from: call.from, to: call.to });
      return true;
    }
    return reach(
      { ...this.#options, callbacks: this.#callbacks, signal: this.#scope.signal },
      {
        onStatus: (status) => {
          this.#begunMs ??= clock.nowMs();
          this.#phase = { is: 'unanswered', status };
        },
        onAnswered: () => this.#answer(),
        onVerdict: (answeredBy) => (this.#answeredBy = answeredBy),
        onEvent: (event) => this.#emit(event),
        end: (by, why, status) => void this.end(by, why, status),
        after: (ms, then) => {
          if (!this.#isOver()) this.#timers.push(clock.after(ms, then));
        },
      },
    );
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
