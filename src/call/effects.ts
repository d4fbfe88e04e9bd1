// Effects: what a call has decided, carried out. Decides nothing; every way out of a call goes through `end`.
import { messageOf, unreachable } from '../base/errors.ts';
import type { CallId, TurnId } from '../base/ids.ts';
import type { CallControl } from '../carrier/control.ts';
import type { Departure } from '../ivr/departure.ts';
import { changeAgent, type AgentChangeOptions } from './agent-change.ts';
import { WHY_LATE } from './away.ts';
import { Greeter, type GreeterOptions } from './greeter.ts';
import type { Departing } from './departing.ts';
import type { OperatorSeat } from './operator-seat.ts';
import { silence } from './silencing.ts';
import type { DoneAnswer, Effect, EndReason, TimerName } from './state.ts';
import { Timers } from './timers.ts';
import type { WatchdogTotals } from './watchdog-count.ts';

export interface EffectsOptions extends GreeterOptions, AgentChangeOptions {
  readonly callId: CallId;
  readonly departing: Departing;
  readonly control: Pick<CallControl, 'hangUp'>;
  /** The call goes on without it. */
  readonly closeLine: () => void;
  readonly watchdog: WatchdogTotals;
  /** Of an operator who speaks in the agent's place. */
  readonly seat: OperatorSeat;
  readonly onTimeUp: (timer: TimerName) => void;
  /** Another process has the call. What tools have begun to do is done once `toolsDone` resolves. */
  readonly onDropped: (toolsDone: Promise<void>) => void;
  /** `told`: settles when the carrier knows; undefined when it will ask us, or already knows. */
  readonly onEnded: (end: {
    reason: EndReason;
    intent: Departure | undefined;
    told: Promise<void> | undefined;
    /** What tools have begun to do is done. */
    toolsDone: Promise<void>;
  }) => void;
}

export class Effects {
  readonly #options: EffectsOptions;
  readonly #startedMs: number;
  readonly #timers: Timers;
  readonly #greeter: Greeter;

  constructor(options: EffectsOptions) {
    this.#options = options;
    this.#startedMs = options.startedMs ?? options.clock.nowMs();
    this.#timers = new Timers(options.clock, options.onTimeUp);
    this.#greeter = new Greeter(options);
  }

  carryOut(effect: Effect): void {
    const { casts, media, learned, notice } = this.#options;
    const { session, runner } = casts;
    const { apology, comfort } = casts.now;
    switch (effect.do) {
      case 'greet':
        return this.#greeter.greet(session);
      case 'playGreeting':
        return this.#greeter.play(effect.turn);
      case 'tellGreeted':
        return this.#greeter.tell(session);
      case 'keepGreeting':
        return this.#greeter.keep(effect.turn);
      case 'holdCaller':
        return media.holdCaller();
      case 'releaseCaller':
        return media.releaseCaller();
      case 'endGuard':
        return media.endGuard();
      case 'lowerVoice':
        return media.lowerVoice(casts.now.lowerVoiceDb);
      case 'raiseVoice':
        return media.raiseVoice();
      case 'finishTurn':
        return media.endTurn(effect.turn);
      case 'cut':
        return this.#cut(effect.upTo);
      case 'runTool': {
        const { id, name: tool, args } = effect.call;
        notice({ type: 'tool-called', id, tool, args });
        learned.toolCalled(effect.call);
        return runner?.run(effect.call);
      }
      case 'cancelTool':
        notice({ type: 'tool-cancelled', id: effect.id });
        return runner?.cancel(effect.id);
      case 'answerTool': {
        this.#noteTool(effect.answer);
        const { cause: _, repeated: __, ...answer } = effect.answer;
        return session.answerTool(answer);
      }
      case 'noteTool':
        return this.#noteTool(effect.answer);
      case 'tellModel':
        learned.told(effect.text);
        return effect.answer ? session.prompt(effect.text) : session.inform(effect.text);
      case 'comfort':
        if (!comfort) return undefined;
        return effect.within === undefined
          ? media.playPrompt(comfort, session.takeTurn())
          : media.playWithin(comfort, effect.within);
      case 'apologise':
        return media.playPrompt(apology, effect.turn);
      case 'leaveMessage':
        return this.#greeter.leaveMessage(effect.turn);
      case 'dismissAgent':
        return casts.session.close();
      case 'detachLine':
        return media.detach();
      case 'depart':
        return this.#depart(effect.departure);
      case 'handOver':
        return changeAgent(this.#options, effect.name, effect.reason);
      case 'beginTakeOver':
        return this.#options.seat.begin(effect.upTo);
      case 'endTakeOver':
        return this.#options.seat.end();
      case 'muteTurn':
        media.drop(effect.turn);
        return this.#options.transcript.drop(effect.turn);
      case 'noteReturn':
        return notice({ type: 'returned', why: effect.why });
      case 'noteSilence':
        return notice({ type: 'caller-silent', times: effect.times });
      case 'giveUpModel':
        return this.#giveUpModel(effect.is);
      case 'arm':
        return this.#timers.arm(effect.timer, effect.ms);
      case 'disarm':
        return this.#timers.disarm(effect.timer);
      case 'drop':
        return this.#drop();
      case 'end':
        return this.#end(effect);
      default:
        return unreachable(effect);
    }
  }

  /** The carrier asks what is next as soon as the line closes. */
  #depart(departure: Extract<Effect, { do: 'depart' }>['departure']): void {
    const { callId, departing, casts, media, transcript, closeLine, log, notice } = this.#options;
    departing.write(callId, departure);
    // What was not heard by now is not heard at all: nothing of it may wait for the caller's return.
    silence(this.#options, casts.session.takeTurn());
    transcript.closeCaller();
    media.detach();
    closeLine();
    const { to, reason } =
      departure.to === 'keys'
        ? { to: 'keys', reason: departure.keys }
        : { to: departure.name, reason: departure.reason };
    log.info(
      { to, pii: { reason } },
      'the agent lets the caller go elsewhere; the call goes on without sound',
    );
    notice({ type: 'departed', to, reason });
  }

  #noteTool({ id, name: tool, response, cause, repeated }: DoneAnswer): void {
    this.#options.notice({
      ...{ type: 'tool-done', id, tool, response },
      ...(cause !== undefined && { cause }),
      ...(repeated && { repeated }),
    });
  }

  #giveUpModel(is: 'away' | 'mute'): void {
    const { casts, log, notice } = this.#options;
    const message = WHY_LATE[is];
    log.error({ code: 'LIVE_CONNECT_TIMEOUT' }, `${message}; the call goes on without it`);
    casts.session.close();
    notice({ type: 'session-failed', code: 'LIVE_CONNECT_TIMEOUT', message });
  }

  /** The line is cleared before anybody is told: 20 ms of telling is 20 ms of talking over the caller. */
  #cut(upTo: TurnId): void {
    const { playout, notice } = this.#options;
    const turn = playout.hearing();
    const accounts = silence(this.#options, upTo);
    const cut = turn === undefined ? undefined : accounts.get(turn);
    if (turn !== undefined && cut)
      notice({ type: 'barge-in', turn, heardMs: cut.heardMs, sentMs: cut.sentMs });
  }

  #end({ reason, intent, byControl }: Extract<Effect, { do: 'end' }>): void {
    const { callId, departing, casts, media, playout, transcript } = this.#options;
    const { watchdog, clock, log, notice, onEnded } = this.#options;
    // The carrier asks what is next as soon as the line closes.
    if (intent) departing.write(callId, intent);
    this.#timers.disarmAll();
    const toolsDone = casts.closeRunners();
    transcript.close((turn) => playout.account(turn));
    casts.session.close();
    media.close();
    const told = byControl ? this.#hangUp() : undefined;
    const durationMs = clock.nowMs() - this.#startedMs;
    log.info({ reason, durationMs: Math.round(durationMs), watchdog }, 'call ended');
    notice({ type: 'call-ended', reason, durationMs, watchdog });
    onEnded({ reason, intent, told, toolsDone });
  }

  /** The carrier, where it has a stream here still, asks what is next, and whoever has the call answers. */
  #drop(): void {
    const { casts, media, closeLine, log, notice, onDropped } = this.#options;
    this.#timers.disarmAll();
    const toolsDone = casts.dropRunners();
    casts.session.close();
    media.close();
    closeLine();
    log.info('another process goes on with this call: nothing of it is done here any more');
    notice({ type: 'call-moved' });
    onDropped(toolsDone);
  }

  #hangUp(): Promise<void> {
    const { callId, control, log } = this.#options;
    return control.hangUp(callId).catch((thrown: unknown) => {
      const reason = messageOf(thrown);
      log.warn({ reason }, 'could not tell the carrier to hang up; it will when it asks what is next');
    });
  }
}
