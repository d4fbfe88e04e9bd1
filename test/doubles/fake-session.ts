// A model without a model: the test says what the model does, and reads back what the call did to it.
// Everything happens at once, inside the method that is called; there is no clock and no socket.
import { bytesOfMs, PCM16_16K, PCM16_24K } from '../../src/audio/format.ts';
import { LivelineError, type ErrorCode } from '../../src/base/errors.ts';
import { toolCallId, turnId, type ToolCallId, type TurnId } from '../../src/base/ids.ts';
import type {
  JsonObject,
  Live,
  LiveSession,
  ModelMemory,
  Remedy,
  Resumption,
  Said,
  SessionEvent,
  SessionListener,
  SessionSetup,
  TokenUsage,
  ToolAnswer,
  Trouble,
} from '../../src/live/session.ts';

/** How much sound one `onAudio` of the fake carries: the size that the Live API's chunks have. */
const CHUNK_MS = 40;

export class FakeSession implements LiveSession {
  readonly hears = PCM16_16K;
  readonly speaks = PCM16_24K;

  /** What the call did, in order. `sent` holds copies, also of what came before `ready()`. */
  readonly sent: Uint8Array[] = [];
  readonly prompts: string[] = [];
  readonly informed: string[] = [];
  /** What of `informed` the model was told: it is not while it speaks or is away. */
  readonly told: string[] = [];
  readonly answers: ToolAnswer[] = [];
  closed = false;
  /** As the session's ear would have it. */
  callerSpeaks = false;
  /** Whether the call keeps new speech from the model. */
  held = false;
  /** How far back each time that held speech was let through. */
  readonly let: number[] = [];

  #listener: SessionListener | undefined;
  /** The model's last turn, and the last number given to any sound. */
  #own = turnId(0);
  #last = turnId(0);
  #speaking = false;
  #there = false;
  #failed = false;
  readonly #pending = new Map<ToolCallId, string>();
  readonly #isTakenUp: boolean;
  #handles = 0;

  constructor(resume?: Resumption) {
    this.#isTakenUp = resume !== undefined;
    for (const { id, name } of resume?.pending ?? []) this.#pending.set(id, name);
  }

  // ——— The door, as the call sees it.

  listen(to: SessionListener): void {
    this.#listener = to;
  }

  send(pcm: Uint8Array): void {
    if (!this.#over) this.sent.push(Uint8Array.from(pcm));
  }

  prompt(text: string): void {
    if (!this.#over) this.prompts.push(text);
  }

  inform(text: string): void {
    if (this.#over) return;
    this.informed.push(text);
    this.#tell();
  }

  holdSpeech(held: boolean): void {
    this.held = held;
  }

  letThrough(sinceMs: number): void {
    this.let.push(sinceMs);
  }

  takeTurn(): TurnId {
    return (this.#last = turnId(this.#last + 1));
  }

  /** Recorded only when the call `id` is pending, as the real session sends it only then. */
  answerTool(answer: ToolAnswer): void {
    if (!this.#over && this.#pending.delete(answer.id)) this.answers.push(answer);
  }

  close(): void {
    this.closed = true;
  }

  // ——— The model, as the test plays it. After `close()` or `fail()` the call hears nothing more.

  /** `memory`: of a session that was opened to go on with a conversation. */
  ready(memory: 'kept' | 'told' = 'kept'): void {
    this.#there = true;
    this.#emit(this.#isTakenUp ? { type: 'ready', memory } : { type: 'ready' });
    this.#tell();
  }

  /** It gives a handle for all that it knows now. */
  remember(handle = `handle-${(this.#handles += 1)}`): ModelMemory {
    const memory = {
      ...{ handle, model: 'models/fake', atMs: 0 },
      known: this.recalled().length,
      waitsFor: [...this.#pending].map(([id, name]) => ({ id, name })),
    };
    this.#emit({ type: 'remembered', memory });
    return memory;
  }

  /**
   * The agent speaks for `ms`, all of it at once, as a model far ahead of real time. Starts a turn, or goes on with the
   * one that is open. Every sample is 1000 × the turn's number, so that a test sees whose sound it holds.
   */
  say(ms: number): TurnId {
    if (!this.#speaking) {
      this.#own = this.takeTurn();
      this.#speaking = true;
      this.#emit({ type: 'turnStarted', turn: this.#own });
    }
    this.lateSound(ms);
    return this.#own;
  }

  /** Sound of the last turn that arrives although the turn is over. */
  lateSound(ms: number): void {
    for (let leftMs = ms; leftMs > 0; leftMs -= CHUNK_MS) {
      const bytes = bytesOfMs(this.speaks, Math.min(CHUNK_MS, leftMs));
      const pcm = new Int16Array(bytes / 2).fill(1_000 * this.#own);
      if (!this.#over) this.#listener?.onAudio(new Uint8Array(pcm.buffer), this.#own);
    }
  }

  /** All sound of the open turn was sent. */
  endTurn(): void {
    if (!this.#speaking) return;
    this.#speaking = false;
    this.#emit({ type: 'turnEnded', turn: this.#own });
  }

  /** Ends the turn that is open, then waits for the caller. */
  idle(): void {
    this.endTurn();
    this.#emit({ type: 'idle' });
    this.#tell();
  }

  /** `interrupted` first, so that the cut is not kept waiting, then `turnEnded` when a turn was open. */
  interrupt(): void {
    this.#emit({ type: 'interrupted', upTo: this.#last });
    this.endTurn();
  }

  callTools(...calls: { id: string; name: string; args?: JsonObject }[]): void {
    for (const { id, name } of calls) this.#pending.set(toolCallId(id), name);
    this.#emit({
      type: 'toolsCalled',
      calls: calls.map(({ id, name, args = {} }) => ({ id: toolCallId(id), name, args })),
    });
  }

  cancelTools(...ids: string[]): void {
    const cancelled = ids.map(toolCallId).filter((id) => this.#pending.delete(id));
    if (cancelled.length > 0) this.#emit({ type: 'toolsCancelled', ids: cancelled });
  }

  /** What the session's ear hears. */
  callerSpeech(is: 'started' | 'ended'): void {
    this.callerSpeaks = is === 'started';
    this.#emit({ type: 'callerSpeech', is });
  }

  watchdog(saw: Trouble, did: Remedy): void {
    this.#emit({ type: 'watchdog', saw, did });
  }

  callerSaid(text: string): void {
    this.#emit({ type: 'callerSaid', text });
  }

  /** Under the last turn's number unless told otherwise; `say` comes first. */
  agentSaid(text: string, turn: TurnId = this.#own): void {
    this.#emit({ type: 'agentSaid', turn, text });
  }

  used(usage: TokenUsage): void {
    this.#emit({ type: 'used', turn: this.#own, usage });
  }

  /** What the call says was said so far. */
  recalled(): readonly Said[] {
    return this.#listener?.recall() ?? [];
  }

  /** The connection is lost: a turn that was open ends. */
  lose({ planned = false } = {}): void {
    const broken = this.#speaking;
    this.#there = false;
    this.endTurn();
    this.#emit({ type: 'switching', planned, why: 'the fake model was lost', broken });
  }

  comeBack(memory: 'kept' | 'told' = 'kept'): void {
    this.#there = true;
    this.#emit({ type: 'switched', memory, gapMs: 0, setupMs: 0 });
    this.#tell();
  }

  fail(code: ErrorCode = 'LIVE_CLOSED', message = 'the fake model hung up'): void {
    if (this.#over) return;
    this.#failed = true;
    this.#listener?.onEvent({ type: 'failed', error: new LivelineError(code, message) });
  }

  get #over(): boolean {
    return this.closed || this.#failed;
  }

  #tell(): void {
    if (this.#there && !this.#speaking && !this.#over)
      this.told.push(...this.informed.slice(this.told.length));
  }

  #emit(event: SessionEvent): void {
    if (!this.#over) this.#listener?.onEvent(event);
  }
}

/** Opens fakes and keeps them, with what each was opened with. Set `refusal` to make the next openings throw it. */
export class FakeLive implements Live {
  readonly sessions: FakeSession[] = [];
  readonly setups: SessionSetup[] = [];
  refusal: LivelineError | undefined;

  check(_setup: SessionSetup): void {
    if (this.refusal) throw this.refusal;
  }

  open(setup: SessionSetup): FakeSession {
    this.check(setup);
    const session = new FakeSession(setup.resume);
    this.setups.push(setup);
    this.sessions.push(session);
    return session;
  }

  /** The session opened last. */
  get last(): FakeSession {
    return this.sessions.at(-1)!;
  }
}
