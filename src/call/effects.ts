// Effects: what a call has decided, carried out. Decides nothing; every way out of a call goes through `end`.
import type { Clock, StopTimer } from '../base/clock.ts';
import { messageOf, unreachable } from '../base/errors.ts';
import type { CallId, TurnId } from '../base/ids.ts';
import type { Log } from '../base/log.ts';
import type { CallControl } from '../carrier/control.ts';
import type { Departure } from '../ivr/departure.ts';
import type { Said } from '../live/session.ts';
import { ToolRefusal } from '../tools/refusal.ts';
import { WHY_LATE } from './away.ts';
import type { Casts, NextCast } from './cast.ts';
import { saysGreeting, type RecordedGreeting, type Recording } from './greetings.ts';
import type { Journal } from './journal.ts';
import type { Media } from './media.ts';
import type { NoticeBody } from './notices.ts';
import type { Playout, TurnAccount } from './playout.ts';
import type { CallFact, DoneAnswer, Effect, TimerName } from './state.ts';
import type { Transcript } from './transcript.ts';
import type { WatchdogTotals } from './watchdog-count.ts';

export interface EffectsOptions {
  readonly callId: CallId;
  /** Who answers now. */
  readonly casts: Casts;
  readonly media: Media;
  readonly playout: Playout;
  readonly transcript: Transcript;
  readonly journal: Journal;
  readonly control: Pick<CallControl, 'hangUp'>;
  /** The call goes on without it. */
  readonly closeLine: () => void;
  /** What the model is told to make it speak first. */
  readonly greeting: string;
  /** What the greeting is to be. */
  readonly greetingWords: string;
  /** Played in place of the model's voice, when there is one. */
  readonly recorded: RecordedGreeting | undefined;
  /** Of the model's voice, when nothing is recorded yet. */
  readonly recording: Recording | undefined;
  readonly watchdog: WatchdogTotals;
  readonly keepGreeting: (sound: Uint8Array) => void;
  /** Opens the session of another agent. Throws ToolRefusal, with words for the model, or anything. */
  readonly handOver: (name: string, reason: string, said: readonly Said[]) => NextCast;
  /** What became of it. */
  readonly onHandOver: (fact: Extract<CallFact, { type: 'agentChanged' | 'agentStays' }>) => void;
  readonly clock: Clock;
  readonly log: Log;
  readonly notice: (body: NoticeBody) => void;
  readonly onTimeUp: (timer: TimerName) => void;
  /** `told`: settles when the carrier knows; undefined when it will ask us, or already knows. */
  readonly onEnded: (end: {
    intent: Departure | undefined;
    told: Promise<void> | undefined;
    /** What tools have begun to do is done. */
    toolsDone: Promise<void>;
  }) => void;
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
    const { casts, media, greeting, notice } = this.#options;
    const { session, runner } = casts;
    const { apology, comfort } = casts.now;
    switch (effect.do) {
      case 'greet':
        return session.prompt(greeting);
      case 'playGreeting':
        return this.#playGreeting(effect.turn);
      case 'tellGreeted':
        return session.inform(asGreeted(this.#options.greetingWords));
      case 'keepGreeting':
        return this.#keepGreeting(effect.turn);
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
        return effect.answer ? session.prompt(effect.text) : session.inform(effect.text);
      case 'comfort':
        if (!comfort) return undefined;
        return effect.within === undefined
          ? media.playPrompt(comfort, session.takeTurn())
          : media.playWithin(comfort, effect.within);
      case 'apologise':
        return media.playPrompt(apology, effect.turn);
      case 'detachLine':
        return media.detach();
      case 'depart':
        return this.#depart(effect.departure);
      case 'handOver':
        return this.#handOver(effect.name, effect.reason);
      case 'noteReturn':
        return notice({ type: 'returned', why: effect.why });
      case 'noteSilence':
        return notice({ type: 'caller-silent', times: effect.times });
      case 'giveUpModel':
        return this.#giveUpModel(effect.is);
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

  #playGreeting(turn: TurnId): void {
    const { recorded, greetingWords, transcript, media, playout, clock, notice } = this.#options;
    if (!recorded) return;
    const atMs = clock.nowMs() - this.#startedMs;
    transcript.turnStarted(turn, atMs);
    transcript.agentSaid(turn, greetingWords, atMs, 0);
    transcript.turnEnded(turn);
    media.playPrompt(recorded.sound, turn);
    notice({ type: 'greeting-played', from: recorded.from, ms: playout.account(turn).acceptedMs });
  }

  #keepGreeting(turn: TurnId): void {
    const { recording, greetingWords, transcript, media, log, keepGreeting } = this.#options;
    media.stopRecording();
    const sound = recording?.finish(turn);
    if (!sound) return;
    const said = transcript.entries.findLast((entry) => entry.who === 'agent' && entry.turn === turn);
    if (said && saysGreeting(said.text, greetingWords)) return keepGreeting(sound);
    log.info(
      { pii: { said: said?.text, wanted: greetingWords } },
      'the greeting is not kept for the next call: the model used other words than the profile',
    );
  }

  /** The carrier asks what is next as soon as the line closes. */
  #depart(departure: Extract<Effect, { do: 'depart' }>['departure']): void {
    const { callId, journal, casts, media, transcript, closeLine, log, notice } = this.#options;
    journal.write(callId, departure);
    // What was not heard by now is not heard at all: nothing of it may wait for the caller's return.
    this.#silence(casts.session.takeTurn());
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

  /** The new session is opened before the old one is closed: were it not to be had, the old one goes on. */
  #handOver(name: string, reason: string): void {
    const { casts, media, playout, transcript, recording, handOver, onHandOver, log, notice } = this.#options;
    // What was not heard by now is not heard at all, and the next agent is told what was.
    this.#silence(casts.session.takeTurn());
    transcript.closeCaller();
    let next: NextCast;
    try {
      next = handOver(name, reason, transcript.said);
    } catch (thrown) {
      const why = messageOf(thrown);
      log.warn(
        { agent: name, reason: why },
        'the caller stays with their agent: the other one is not to be had',
      );
      const lastSound = { unheardMs: playout.unheardMs, turn: casts.session.takeTurn() };
      const words = thrown instanceof ToolRefusal ? thrown.told : 'That agent cannot be reached just now.';
      return onHandOver({ type: 'agentStays', told: asNotHandedOver(name, words), ...lastSound });
    }
    const { cast, from, to, model, greeting } = next;
    recording?.drop();
    media.stopRecording();
    casts.goOnWith(cast, transcript.entries.length);
    casts.session.prompt(greeting);
    log.info({ from, to, pii: { reason } }, 'the caller is handed to another agent');
    notice({ type: 'handed-over', from, to, model, reason });
    return onHandOver({ type: 'agentChanged' });
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
    const accounts = this.#silence(upTo);
    const cut = turn === undefined ? undefined : accounts.get(turn);
    if (turn !== undefined && cut)
      notice({ type: 'barge-in', turn, heardMs: cut.heardMs, sentMs: cut.sentMs });
  }

  /** Gives back what was heard of the turns that were still to be heard. */
  #silence(upTo: TurnId): ReadonlyMap<TurnId, TurnAccount> {
    const { playout, transcript, media } = this.#options;
    const accounts = new Map(transcript.openTurns.map((open) => [open, playout.accountIfCut(open)]));
    media.cut(upTo);
    transcript.cut(upTo, (open) => accounts.get(open) ?? playout.account(open));
    return accounts;
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
    const { callId, journal, casts, media, playout, transcript } = this.#options;
    const { watchdog, clock, log, notice, onEnded } = this.#options;
    // The carrier asks what is next as soon as the line closes.
    if (intent) journal.write(callId, intent);
    for (const timer of [...this.#timers.keys()]) this.#disarm(timer);
    const toolsDone = casts.closeRunners();
    transcript.close((turn) => playout.account(turn));
    casts.session.close();
    media.close();
    const told = byControl ? this.#hangUp() : undefined;
    const durationMs = clock.nowMs() - this.#startedMs;
    log.info({ reason, durationMs: Math.round(durationMs), watchdog }, 'call ended');
    notice({ type: 'call-ended', reason, durationMs, watchdog });
    onEnded({ intent, told, toolsDone });
  }

  #hangUp(): Promise<void> {
    const { callId, control, log } = this.#options;
    return control.hangUp(callId).catch((thrown: unknown) => {
      const reason = messageOf(thrown);
      log.warn({ reason }, 'could not tell the carrier to hang up; it will when it asks what is next');
    });
  }
}

/** True whenever it is read: a model that takes the call over later is told it again. */
const asGreeted = (words: string): string =>
  `When the call was connected, the caller heard you greet them with these words: "${words}" ` +
  'That counts as said. Do not greet them again, and do not answer this note: wait for what they say.';

/** True whenever it is read. */
const asNotHandedOver = (name: string, why: string): string =>
  `The caller could not be handed over to ${name}: ${why} They are still with you. Tell them in one short sentence, and offer what else you can do.`;
