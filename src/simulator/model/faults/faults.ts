// The faults of one simulated model: which wait for what, counted over all of its sockets. Knows no socket.
import type { Clock, StopTimer } from '../../../base/clock.ts';
import type { Log } from '../../../base/log.ts';
import type { Deed } from './deeds.ts';
import { textOf, type Fault } from './fault.ts';
import type { Trigger } from './terms.ts';
import { TRAPS, type Trap } from './traps.ts';

/** `session`: the number of the socket; none for a refused upgrade. */
export type FaultListener = (fault: Fault, session: number | undefined) => void;

export interface FaultsOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly onFault?: FaultListener | undefined;
}

export type TrapKind = Trap['fault'];
export type TrapOf<Kind extends TrapKind> = Extract<Trap, { fault: Kind }>;

interface WaitingDeed {
  readonly fault: Deed;
  seen: number;
}

interface WaitingTrap {
  readonly fault: Trap;
  state: { is: 'waiting'; seen: number } | { is: 'delayed' } | { is: 'set'; chances: number };
}

const isTrap = (fault: Fault): fault is Trap => TRAPS.some(({ shape }) => shape.fault.value === fault.fault);
const isOf = <Kind extends TrapKind>(fault: Trap, kind: Kind): fault is TrapOf<Kind> => fault.fault === kind;
const timesOf = ({ times, every }: Deed): number => times ?? (every === undefined ? 1 : Infinity);

export class Faults {
  readonly #options: FaultsOptions;
  readonly #deeds: readonly WaitingDeed[];
  readonly #traps: readonly WaitingTrap[];
  readonly #timers = new Set<StopTimer>();

  constructor(faults: readonly Fault[], options: FaultsOptions) {
    this.#options = options;
    this.#deeds = faults.flatMap((fault) => (isTrap(fault) ? [] : [{ fault, seen: 0 }]));
    this.#traps = faults.flatMap((fault) =>
      isTrap(fault) ? [{ fault, state: { is: 'waiting', seen: 0 } }] : [],
    );
    for (const trap of this.#traps) if (trap.fault.on === undefined) this.#set(trap);
  }

  /** Sets the traps that wait for this, and answers with what is to be done to the socket where it happened. */
  saw(trigger: Trigger): Deed[] {
    for (const trap of this.#traps) {
      const { fault, state } = trap;
      if (fault.on === trigger && state.is === 'waiting' && ++state.seen === fault.nth) this.#set(trap);
    }
    return this.#deeds.flatMap((deed) => {
      const { fault } = deed;
      if (fault.on !== trigger) return [];
      const nth = ++deed.seen - fault.nth;
      return nth >= 0 && nth < timesOf(fault) ? [fault] : [];
    });
  }

  /** A chance for traps of this kind: the one that snaps, if any. Chances that are not `where` do not count. */
  snap<Kind extends TrapKind>(
    kind: Kind,
    session: number | undefined,
    where: (fault: TrapOf<Kind>) => boolean = () => true,
  ): TrapOf<Kind> | undefined {
    for (const { fault, state } of this.#traps) {
      if (!isOf(fault, kind) || state.is !== 'set' || !where(fault)) continue;
      const nth = ++state.chances - (fault.on === undefined ? fault.nth : 1);
      if (nth < 0 || nth >= fault.times) continue;
      this.acts(fault, session);
      return fault;
    }
    return undefined;
  }

  /** Tells that a fault acts, before it does. */
  acts(fault: Fault, session: number | undefined): void {
    this.#options.log.info(
      { modelSession: session, fault: textOf(fault) },
      'a fault that was asked for acts',
    );
    this.#options.onFault?.(fault, session);
  }

  close(): void {
    for (const stop of this.#timers) stop();
    this.#timers.clear();
  }

  #set(trap: WaitingTrap): void {
    const set = (): void => void (trap.state = { is: 'set', chances: 0 });
    if (trap.fault.after === 0) return set();
    trap.state = { is: 'delayed' };
    this.#timers.add(this.#options.clock.after(trap.fault.after, set));
  }
}
