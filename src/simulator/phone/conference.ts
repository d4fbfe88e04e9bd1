// Conferences: who waits, who is in, when one starts and ends (Twilio docs, TwiML <Conference>). Knows no TwiML and no HTTP.
import type { Clock } from '../../base/clock.ts';
import type { Party, Room } from './room.ts';
import { newSid } from './sid.ts';
import { beep } from './tones.ts';

export interface Entrance {
  readonly party: Party;
  readonly startOnEnter: boolean;
  readonly endOnExit: boolean;
  /** Those who are in hear that somebody comes. */
  readonly beep: boolean;
}

export interface Participant {
  /** The conference has started. */
  readonly started: AbortSignal;
  /** Somebody whose leaving ends it has left. */
  readonly ended: AbortSignal;
  readonly leave: () => void;
}

export type ConferenceEvent =
  | { event: 'conference-start' }
  | { event: 'conference-end'; why: string; callSid: string }
  | { event: 'participant-join' | 'participant-leave'; entrance: Entrance };

export class Conference {
  readonly sid = newSid('CF');
  readonly name: string;
  readonly #clock: Clock;
  readonly #room: Room;
  readonly #onEmpty: () => void;
  readonly #started = new AbortController();
  readonly #ended = new AbortController();
  readonly #present = new Set<Entrance>();
  #report: ((event: ConferenceEvent) => void) | undefined;
  #alone: { callSid: string; sinceMs: number } | undefined;

  constructor(name: string, clock: Clock, room: Room, onEmpty: () => void) {
    this.name = name;
    this.#clock = clock;
    this.#room = room;
    this.#onEmpty = onEmpty;
  }

  get isStarted(): boolean {
    return this.#started.signal.aborted;
  }

  /** Who is in it, once it has started, with nobody else. */
  get alone(): { conference: string; callSid: string; forMs: number } | undefined {
    return (
      this.#alone && {
        conference: this.name,
        callSid: this.#alone.callSid,
        forMs: this.#clock.nowMs() - this.#alone.sinceMs,
      }
    );
  }

  /** `report`: used for all that happens in it, if nobody before has given one. */
  join(entrance: Entrance, report: ((event: ConferenceEvent) => void) | undefined): Participant {
    this.#report ??= report;
    this.#present.add(entrance);
    this.#report?.({ event: 'participant-join', entrance });
    if (entrance.startOnEnter && !this.isStarted) this.#start();
    else if (this.isStarted) this.#enter(entrance);
    else entrance.party.emit({ type: 'held', conference: this.name });
    this.#noticeAlone();
    return {
      started: this.#started.signal,
      ended: this.#ended.signal,
      leave: () => this.#leave(entrance),
    };
  }

  #start(): void {
    this.#report?.({ event: 'conference-start' });
    for (const entrance of this.#present) this.#enter(entrance);
    this.#started.abort();
  }

  #enter({ party, beep: beeps }: Entrance): void {
    if (beeps) this.#room.play(beep());
    party.emit({ type: 'joined', conference: this.name });
    this.#room.join(party);
  }

  #leave(entrance: Entrance): void {
    if (!this.#present.delete(entrance)) return;
    const { party, endOnExit } = entrance;
    this.#room.leave(party);
    this.#report?.({ event: 'participant-leave', entrance });
    const ends = endOnExit || this.#present.size === 0;
    if (ends && !this.#ended.signal.aborted) {
      const why = endOnExit ? 'participant-with-end-conference-on-exit-left' : 'last-participant-left';
      this.#onEmpty();
      this.#report?.({ event: 'conference-end', why, callSid: party.callSid });
      this.#ended.abort();
    }
    this.#noticeAlone();
  }

  #noticeAlone(): void {
    const [only, ...others] = this.#present;
    const isAlone = this.isStarted && !this.#ended.signal.aborted && only && others.length === 0;
    const callSid = isAlone ? only.party.callSid : undefined;
    if (callSid === this.#alone?.callSid) return;
    this.#alone = callSid === undefined ? undefined : { callSid, sinceMs: this.#clock.nowMs() };
  }
}
