// What a test or a demo may see and do of one socket: everything that came, everything that happened, and a hand on the
// wire for faults. Decides nothing.
import type { ServerMessage } from '../../live/gemini/messages.ts';
import type { Fault } from './faults/fault.ts';
import type { HeardSetup, HeardToolAnswer } from './heard.ts';

export type Happening =
  | { type: 'setup'; setup: HeardSetup; script: string; resumed: boolean }
  | { type: 'ready' }
  | { type: 'speechStarted' }
  | { type: 'speechEnded'; speechMs: number }
  /** What was said before, as the client tells it. */
  | { type: 'seeded'; said: readonly { readonly role: string | undefined; readonly text: string }[] }
  | { type: 'prompted'; text: string; by: 'clientContent' | 'realtimeInput' }
  /** The first output of a reply follows. */
  | { type: 'replied'; greeting: boolean }
  | { type: 'said'; text: string }
  | { type: 'called'; id: string; name: string; args: Readonly<Record<string, unknown>> }
  | { type: 'toolAnswered'; answer: HeardToolAnswer; late: boolean }
  | { type: 'toolsCancelled'; ids: readonly string[] }
  | { type: 'interrupted' }
  | { type: 'generationComplete' }
  | { type: 'turnComplete' }
  /** A fault that was asked for acts; `as`: the fault in its text form. */
  | { type: 'fault'; fault: Fault['fault']; as: string }
  /** We closed the socket, with these words. */
  | { type: 'refused'; code: number; reason: string }
  | { type: 'closed'; code: number; reason: string };

export type SimulatedEvent = Happening & { readonly atMs: number };

export interface SimulatedSession {
  /** Counts the sockets that came, from 1. */
  readonly number: number;
  /** How the client showed its key. */
  readonly keyIn: 'header' | 'query';
  /** As received, names in camelCase; undefined before the setup came. */
  readonly setup: HeardSetup | undefined;
  readonly isOpen: boolean;
  /** Caller sound received, as PCM16 at 16 kHz. */
  readonly callerAudioBytes: number;
  /** Empty unless the model was started with `keepCallerAudio`. */
  callerAudio(): Uint8Array;
  readonly events: readonly SimulatedEvent[];
  /** The first event of this type, past or to come. Rejects when the socket closes without one. */
  until<Type extends Happening['type']>(
    type: Type,
    where?: (event: Extract<SimulatedEvent, { type: Type }>) => boolean,
  ): Promise<Extract<SimulatedEvent, { type: Type }>>;
  /** Puts anything on the wire: `goAway`, half a JSON, a message nobody knows. */
  send(message: ServerMessage | Uint8Array): void;
  close(code: number, reason: string): void;
  /** Drops the connection without a word, as a network does. */
  terminate(): void;
}

/** A long demo must not fill the memory; nobody looks further back. */
const MOST_EVENTS = 5_000;

interface Waiter {
  readonly wants: (event: SimulatedEvent) => boolean;
  readonly got: (event: SimulatedEvent) => void;
  readonly missed: () => void;
}

/** The events of one socket, and those who wait for one. */
export class Diary {
  readonly #nowMs: () => number;
  readonly #events: SimulatedEvent[] = [];
  readonly #waiters = new Set<Waiter>();
  #closed = false;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  get events(): readonly SimulatedEvent[] {
    return this.#events;
  }

  note(happening: Happening): void {
    const event: SimulatedEvent = { ...happening, atMs: this.#nowMs() };
    if (this.#events.length >= MOST_EVENTS) this.#events.shift();
    this.#events.push(event);
    if (event.type === 'closed') this.#closed = true;
    for (const waiter of this.#waiters) {
      if (waiter.wants(event)) waiter.got(event);
      else if (this.#closed) waiter.missed();
      else continue;
      this.#waiters.delete(waiter);
    }
  }

  until<Type extends Happening['type']>(
    type: Type,
    where: (event: Extract<SimulatedEvent, { type: Type }>) => boolean = () => true,
  ): Promise<Extract<SimulatedEvent, { type: Type }>> {
    type Wanted = Extract<SimulatedEvent, { type: Type }>;
    const isWanted = (event: SimulatedEvent): event is Wanted =>
      event.type === type && where(event as Wanted);
    return new Promise((resolve, reject) => {
      const past = this.#events.find(isWanted);
      const missed = (): void => reject(new Error(`the socket closed without '${type}'`));
      if (past !== undefined) return resolve(past);
      if (this.#closed) return missed();
      this.#waiters.add({ wants: isWanted, got: (event) => resolve(event as Wanted), missed });
    });
  }
}
