// Detours: streams of calls that are here and come through another node. When that one drains, the carrier is made to open another
// stream at a moment that suits the call, before that node ends and cuts it in the middle of a word.
import type { Clock, StopTimer } from '../base/clock.ts';
import type { CallId } from '../base/ids.ts';
import type { Log } from '../base/log.ts';
import { mayGo } from '../call/moment.ts';
import type { Switchboard } from '../call/switchboard.ts';
import type { NodeRegistry } from '../store/nodes/registry.ts';

export interface DetoursOptions {
  readonly nodes: Pick<NodeRegistry, 'other'>;
  readonly switchboard: Pick<Switchboard, 'moments' | 'reopen' | 'isDraining'>;
  readonly clock: Clock;
  readonly log: Log;
}

interface Detour {
  /** The node's key. */
  readonly through: string;
  /** When that one was first seen to drain. */
  sinceMs: number | undefined;
}

/** Others are heard of once a second. */
const LOOK_EVERY_MS = 1_000;
const LOOK_CLOSELY_EVERY_MS = 50;

export class Detours {
  readonly #options: DetoursOptions;
  readonly #detours = new Map<CallId, Detour>();
  readonly #stop: StopTimer;
  #closely: StopTimer | undefined;

  constructor(options: DetoursOptions) {
    this.#options = options;
    this.#stop = options.clock.every(LOOK_EVERY_MS, () => this.#look());
  }

  /** What this gives back is to be called once the stream is over. */
  attached(id: CallId, through: string | undefined): () => void {
    if (through === undefined) return () => undefined;
    const detour: Detour = { through, sinceMs: undefined };
    this.#detours.set(id, detour);
    return () => {
      if (this.#detours.get(id) === detour) this.#detours.delete(id);
    };
  }

  close(): void {
    this.#stop();
    this.#closely?.();
  }

  #look(): void {
    const { nodes, clock } = this.#options;
    let some = false;
    for (const detour of this.#detours.values()) {
      const drains = nodes.other(detour.through)?.isDraining === true;
      detour.sinceMs = drains ? (detour.sinceMs ?? clock.nowMs()) : undefined;
      some ||= drains;
    }
    if (some) this.#closely ??= clock.every(LOOK_CLOSELY_EVERY_MS, () => this.#reopen());
    else this.#leaveOff();
  }

  #leaveOff(): void {
    this.#closely?.();
    this.#closely = undefined;
  }

  #reopen(): void {
    const { switchboard, clock, log } = this.#options;
    // Its calls go elsewhere by themselves, or end here.
    if (switchboard.isDraining) return this.#leaveOff();
    for (const { id, moment } of switchboard.moments()) {
      const detour = this.#detours.get(id);
      if (detour?.sinceMs === undefined || !mayGo(moment, clock.nowMs() - detour.sinceMs)) continue;
      this.#detours.delete(id);
      log.info(
        { callId: id, through: detour.through },
        'the stream comes through a node that drains: another is opened',
      );
      switchboard.reopen(id);
    }
  }
}
