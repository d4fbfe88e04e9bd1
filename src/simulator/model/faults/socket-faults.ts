// The faults as one socket meets them: sees what happens on it, does what is due, and lets what goes out through the
// wire that may spoil it. Knows the socket only as the hand that it is given.
import type { Clock, StopTimer } from '../../../base/clock.ts';
import { unreachable } from '../../../base/errors.ts';
import type { Happening } from '../record.ts';
import type { Deed } from './deeds.ts';
import { isSound, type Outgoing } from './echo.ts';
import { textOf, type Fault } from './fault.ts';
import type { Faults, TrapKind, TrapOf } from './faults.ts';
import type { Trigger } from './terms.ts';
import { Wire } from './wire.ts';

/** What a fault may do to its socket. All of it may be asked of a closed one. */
export interface Hand {
  write(message: Outgoing): void;
  note(happening: Happening): void;
  close(code: number, reason: string): void;
  terminate(): void;
  /** Stops, or goes on, reading what the client sends. */
  read(reads: boolean): void;
  switchFrames(to: 'binary' | 'text'): void;
  cancelCalls(): void;
}

export class SocketFaults {
  /** For the conversation itself: whatever it does by this clock, what is due is done afterwards. */
  readonly clock: Clock;
  readonly #faults: Faults;
  readonly #session: number;
  readonly #clock: Clock;
  readonly #hand: Hand;
  readonly #wire: Wire;
  readonly #timers = new Set<StopTimer>();
  #due: Deed[];
  /** The reply whose first sound is awaited. */
  #opening: Trigger | undefined;

  /** `due`: from before there was a socket. */
  constructor(faults: Faults, session: number, due: readonly Deed[], clock: Clock, hand: Hand) {
    this.#faults = faults;
    this.#due = [...due];
    this.#session = session;
    this.#clock = clock;
    this.#hand = hand;
    const followed = (then: () => void) => (): void => {
      then();
      this.act();
    };
    this.clock = {
      nowMs: () => clock.nowMs(),
      epochMs: () => clock.epochMs(),
      after: (delayMs, then) => clock.after(delayMs, followed(then)),
      every: (periodMs, then) => clock.every(periodMs, followed(then)),
    };
    this.#wire = new Wire(clock, (message) => hand.write(message));
  }

  saw(trigger: Trigger): void {
    this.#due.push(...this.#faults.saw(trigger));
  }

  noted(happening: Happening): void {
    if (happening.type === 'speechStarted') this.saw('caller-speaking');
    if (happening.type === 'speechEnded') this.saw('thinking');
    if (happening.type === 'replied') this.#opening = happening.greeting ? 'greeting' : 'agent-speaking';
    if (happening.type === 'said') this.#wire.lineBegins(this.snap('double-sentence') !== undefined);
  }

  /** What the model says; what has to be done because of it is done by `act`. */
  send(message: Outgoing): void {
    this.#wire.send(message);
    if (isSound(message)) {
      if (this.#opening !== undefined) this.saw(this.#opening);
      this.#opening = undefined;
      return;
    }
    if (message.toolCall !== undefined) {
      this.saw('tool-running');
      if (this.snap('duplicate-tool-calls')) this.#wire.send(message);
    }
    if (message.serverContent?.turnComplete) this.saw('idle');
  }

  /** Does what is due. For when the model is done with the moment that brought it, so that no fault cuts into its work. */
  act(): void {
    for (let deed = this.#due.shift(); deed !== undefined; deed = this.#due.shift())
      this.#plan(deed, deed.after ?? deed.every ?? 0);
  }

  /** The trap of this kind that snaps here and now. */
  snap<Kind extends TrapKind>(
    kind: Kind,
    where?: (fault: TrapOf<Kind>) => boolean,
  ): TrapOf<Kind> | undefined {
    const snapped = this.#faults.snap(kind, this.#session, where);
    if (snapped !== undefined) this.#note(snapped);
    return snapped;
  }

  /** The socket is over: nothing more is done to it. */
  stop(): void {
    this.#due = [];
    for (const stopTimer of this.#timers) stopTimer();
    this.#timers.clear();
    this.#wire.stop();
  }

  #plan(deed: Deed, afterMs: number): void {
    const { every } = deed;
    this.#later(afterMs, () => {
      if (every !== undefined) this.#plan(deed, every);
      this.#faults.acts(deed, this.#session);
      this.#note(deed);
      this.#do(deed);
    });
  }

  #later(afterMs: number, then: () => void): void {
    if (afterMs === 0) return then();
    const stopTimer = this.#clock.after(afterMs, () => {
      this.#timers.delete(stopTimer);
      then();
      this.act();
    });
    this.#timers.add(stopTimer);
  }

  #note(fault: Fault): void {
    this.#hand.note({ type: 'fault', fault: fault.fault, as: textOf(fault) });
  }

  #do(deed: Deed): void {
    const hand = this.#hand;
    switch (deed.fault) {
      case 'go-away': {
        const { timeLeft, sent, cut, code, reason } = deed;
        if (sent) hand.write({ goAway: { timeLeft: `${timeLeft / 1_000}s` } });
        const end = (): void => (code === undefined ? hand.terminate() : hand.close(code, reason));
        return cut ? this.#later(timeLeft, end) : undefined;
      }
      case 'close':
        return hand.close(deed.code, deed.reason);
      case 'drop':
        return hand.terminate();
      case 'mute':
        this.#wire.mute();
        return deed.for === undefined ? undefined : this.#later(deed.for, () => this.#wire.unmute());
      case 'stall':
        this.#wire.stall();
        return this.#later(deed.for, () => this.#wire.unstall());
      case 'merged':
        return this.#wire.merge();
      case 'text-frames':
      case 'binary-frames':
        return hand.switchFrames(deed.fault === 'text-frames' ? 'text' : 'binary');
      case 'slow-reader':
        hand.read(false);
        return this.#later(deed.for, () => hand.read(true));
      case 'cancel-tools':
        return hand.cancelCalls();
      default:
        return unreachable(deed);
    }
  }
}
