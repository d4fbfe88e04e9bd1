// Effects: what a call has decided, carried out. Decides nothing; every way out of a call goes through `end`.
import type { Clock, StopTimer } from '../base/clock.ts';
import { messageOf, unreachable } from '../base/errors.ts';
import type { CallId, TurnId } from '../base/ids.ts';
import type { Log } from '../base/log.ts';
import type { CallControl } from '../carrier/control.ts';
import type { LiveSession } from '../live/session.ts';
import type { Runner } from '../tools/runner.ts';
import type { Journal } from './journal.ts';
import type { Media } from './media.ts';
import type { NoticeBody } from './notices.ts';
import type { Playout } from './playout.ts';
import type { Effect, Intent, TimerName } from './state.ts';
import type { Transcript } from './transcript.ts';

export interface EffectsOptions {
  readonly callId: CallId;
  readonly session: LiveSession;
  readonly media: Media;
  readonly playout: Playout;
  readonly runner: Runner;
  readonly transcript: Transcript;
  readonly journal: Journal;
  readonly control: CallControl;
  /** What the model is told to make it speak first. */
  readonly greeting: string;
  /** In the line's format. */
  readonly apology: Uint8Array;
  /** In the line's format; undefined: silence is all the comfort there is. */
  readonly comfort: Uint8Array | undefined;
  readonly clock: Clock;
  readonly log: Log;
  readonly notice: (body: NoticeBody) => void;
  readonly onTimeUp: (timer: TimerName) => void;
  /** `told`: settles when the carrier knows; undefined when it will ask us, or already knows. */
  readonly onEnded: (end: { intent: Intent | undefined; told: Promise<void> | undefined }) => void;
}

export class Effects {
  readonly #options: EffectsOptions;
  readonly #startedMs: number;
  readonly #timers = new Map<TimerName, StopTimer>();

  constructor(options: EffectsOptions) {
    this.#options = options;
    this.#startedMs = options.clock.nowMs();
  }

  carryOut(effect: Effect): void {
    const { session, media, runner, greeting, apology, comfort, notice } = this.#options;
    switch (effect.do) {
      case 'greet':
        return session.prompt(greeting);
      case 'holdCaller':
        return media.holdCaller();
      case 'releaseCaller':
        return media.releaseCaller();
      case 'finishTurn':
        return media.endTurn(effect.turn);
      case 'cut':
        return this.#cut(effect.upTo);
      case 'runTool': {
        const { id, name: tool, args } = effect.call;
        notice({ type: 'tool-called', id, tool, args });
        return runner.run(effect.call);
      }
      case 'cancelTool':
        notice({ type: 'tool-cancelled', id: effect.id });
        return runner.cancel(effect.id);
      case 'answerTool': {
        const { id, name: tool, response } = effect.answer;
        notice({ type: 'tool-done', id, tool, response });
        return session.answerTool(effect.answer);
      }
      case 'tellModel':
        return effect.answer ? session.prompt(effect.text) : session.inform(effect.text);
      case 'comfort':
        return comfort && media.playPrompt(comfort, session.takeTurn());
      case 'apologise':
        return media.playPrompt(apology, effect.turn);
      case 'detachLine':
        return media.detach();
      case 'arm':
        return this.#arm(effect.timer, effect.ms);
      case 'disarm':
        return this.#disarm(effect.timer);
      case 'end':
        return this.#end(effect);
      default:
        return unreachable(effect);
    }
  }

  /** The line is cleared before anybody is told: 20 ms of telling is 20 ms of talking over the caller. */
  #cut(upTo: TurnId): void {
    const { playout, transcript, media, notice } = this.#options;
    const turn = playout.hearing();
    const accounts = new Map(transcript.openTurns.map((open) => [open, playout.account(open)]));
    media.cut(upTo);
    transcript.cut(upTo, (open) => accounts.get(open)?.shareHeard ?? 0);
    const cut = turn === undefined ? undefined : accounts.get(turn);
    if (turn !== undefined && cut)
      notice({ type: 'barge-in', turn, heardMs: cut.heardMs, sentMs: cut.sentMs });
  }

  #arm(timer: TimerName, ms: number): void {
    this.#disarm(timer);
    this.#timers.set(
      timer,
      this.#options.clock.after(ms, () => this.#options.onTimeUp(timer)),
    );
  }

  #disarm(timer: TimerName): void {
    this.#timers.get(timer)?.();
    this.#timers.delete(timer);
  }

  #end({ reason, intent, byControl }: Extract<Effect, { do: 'end' }>): void {
    const { callId, journal, session, media, playout, runner, transcript, clock, log, notice, onEnded } =
      this.#options;
    // The carrier asks what is next as soon as the line closes.
    if (intent) journal.write(callId, intent);
    for (const timer of [...this.#timers.keys()]) this.#disarm(timer);
    runner.close();
    transcript.close((turn) => playout.account(turn).shareHeard);
    session.close();
    media.close();
    const told = byControl ? this.#hangUp() : undefined;
    const durationMs = clock.nowMs() - this.#startedMs;
    log.info({ reason, durationMs: Math.round(durationMs) }, 'call ended');
    notice({ type: 'call-ended', reason, durationMs });
    onEnded({ intent, told });
  }

  #hangUp(): Promise<void> {
    const { callId, control, log } = this.#options;
    return control.hangUp(callId).catch((thrown: unknown) => {
      const reason = messageOf(thrown);
      log.warn({ reason }, 'could not tell the carrier to hang up; it will when it asks what is next');
    });
  }
}
