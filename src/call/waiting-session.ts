// A session that is opened before anybody has answered: what comes of it meanwhile is kept, in order, for the call that then
// listens. The greeting is asked for ahead of that, so that its sound is there. Knows no call and no ringing.
import type { AudioFormat } from '../audio/format.ts';
import type { TurnId } from '../base/ids.ts';
import type { LiveSession, SessionEvent, SessionListener, ToolAnswer } from '../live/session.ts';

type Kept = { readonly pcm: Uint8Array; readonly turn: TurnId } | { readonly event: SessionEvent };

export interface WaitingSessionOptions {
  readonly session: LiveSession;
  /** Asked for as soon as the session is ready; undefined: nothing is. */
  readonly greeting: string | undefined;
  /** It is over, and nobody will listen to it. */
  readonly onFailed: () => void;
}

export class WaitingSession implements LiveSession {
  readonly hears: AudioFormat;
  readonly speaks: AudioFormat;
  readonly #session: LiveSession;
  /** Asked for already: what the call asks in the same words is not asked again. */
  #asked: string | undefined;
  readonly #kept: Kept[] = [];
  #listener: SessionListener | undefined;

  /** In the same tick as the session was opened. */
  constructor({ session, greeting, onFailed }: WaitingSessionOptions) {
    this.#session = session;
    this.hears = session.hears;
    this.speaks = session.speaks;
    session.listen({
      onAudio: (pcm, turn) => {
        if (this.#listener) this.#listener.onAudio(pcm, turn);
        else this.#kept.push({ pcm: Uint8Array.from(pcm), turn });
      },
      onEvent: (event) => {
        if (this.#listener) return this.#listener.onEvent(event);
        this.#kept.push({ event });
        if (event.type === 'failed') return onFailed();
        if (event.type !== 'ready' || greeting === undefined) return undefined;
        this.#asked = greeting;
        return session.prompt(greeting);
      },
      recall: () => this.#listener?.recall() ?? [],
    });
  }

  get callerSpeaks(): boolean {
    return this.#session.callerSpeaks;
  }

  /** What was kept comes first, from a later tick on: as of a session that has just been opened. */
  listen(to: SessionListener): void {
    queueMicrotask(() => {
      this.#listener = to;
      for (const kept of this.#kept.splice(0))
        if ('event' in kept) to.onEvent(kept.event);
        else to.onAudio(kept.pcm, kept.turn);
    });
  }

  prompt(text: string): void {
    if (text === this.#asked) this.#asked = undefined;
    else this.#session.prompt(text);
  }

  send(pcm: Uint8Array): void {
    this.#session.send(pcm);
  }

  holdSpeech(held: boolean): void {
    this.#session.holdSpeech(held);
  }

  letThrough(sinceMs: number): void {
    this.#session.letThrough(sinceMs);
  }

  inform(text: string): void {
    this.#session.inform(text);
  }

  takeTurn(): TurnId {
    return this.#session.takeTurn();
  }

  answerTool(answer: ToolAnswer): void {
    this.#session.answerTool(answer);
  }

  close(): void {
    this.#kept.length = 0;
    this.#session.close();
  }
}
