// One session to the call, whoever its agent is: over the sessions of several agents, one after the other. Turns are numbered
// on from each to the next. Knows no agent by name, and not when another one comes.
import type { AudioFormat } from '../audio/format.ts';
import { turnId, type TurnId } from '../base/ids.ts';
import type { LiveSession, SessionEvent, SessionListener, ToolAnswer } from '../live/session.ts';

export class SessionRelay implements LiveSession {
  /** Sessions of one `Live` hear and speak alike. */
  readonly hears: AudioFormat;
  readonly speaks: AudioFormat;
  #session: LiveSession;
  /** The last number of all the sessions before this one. */
  #before: TurnId = turnId(0);
  #isHeld = false;
  #listener: SessionListener | undefined;

  constructor(first: LiveSession) {
    this.#session = first;
    this.hears = first.hears;
    this.speaks = first.speaks;
  }

  /**
   * In the same tick as `next` was opened. The one before is closed, and nothing more is heard of it; sound that comes from
   * now on is for the next one.
   */
  goOnWith(next: LiveSession): void {
    const last = this.takeTurn();
    this.#session.close();
    this.#before = last;
    this.#session = next;
    if (this.#isHeld) next.holdSpeech(true);
    if (this.#listener) this.#hear(this.#listener);
  }

  get callerSpeaks(): boolean {
    return this.#session.callerSpeaks;
  }

  listen(to: SessionListener): void {
    this.#listener = to;
    this.#hear(to);
  }

  send(pcm: Uint8Array): void {
    this.#session.send(pcm);
  }

  holdSpeech(held: boolean): void {
    this.#isHeld = held;
    this.#session.holdSpeech(held);
  }

  letThrough(sinceMs: number): void {
    this.#session.letThrough(sinceMs);
  }

  prompt(text: string): void {
    this.#session.prompt(text);
  }

  inform(text: string): void {
    this.#session.inform(text);
  }

  takeTurn(): TurnId {
    return behind(this.#before, this.#session.takeTurn());
  }

  answerTool(answer: ToolAnswer): void {
    this.#session.answerTool(answer);
  }

  close(): void {
    this.#session.close();
  }

  /** A session that is closed says nothing any more, so the one that speaks is the one that is heard. */
  #hear(to: SessionListener): void {
    const before = this.#before;
    this.#session.listen({
      onAudio: (pcm, turn) => to.onAudio(pcm, behind(before, turn)),
      onEvent: (event) => to.onEvent(before === 0 ? event : renumbered(event, before)),
      recall: () => to.recall(),
    });
  }
}

const behind = (before: TurnId, turn: TurnId): TurnId => turnId(before + turn);

function renumbered(event: SessionEvent, before: TurnId): SessionEvent {
  switch (event.type) {
    case 'turnStarted':
    case 'turnEnded':
    case 'agentSaid':
      return { ...event, turn: behind(before, event.turn) };
    // Before its first turn it was charged for no turn of the one before.
    case 'used':
      return event.turn === 0 ? event : { ...event, turn: behind(before, event.turn) };
    case 'interrupted':
      return { ...event, upTo: behind(before, event.upTo) };
    default:
      return event;
  }
}
