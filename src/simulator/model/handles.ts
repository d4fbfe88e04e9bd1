// Resumption handles: what conversation each stands for. One per model process, as any socket may bring one.
import { newToken } from '../../base/ids.ts';
import { refuse } from './judge.ts';
import type { Script } from './script.ts';
import type { TalkSnapshot } from './talk-options.ts';

export interface Resumable {
  readonly model: string;
  readonly script: Script;
  readonly snapshot: TalkSnapshot;
  /** Whether the socket that got the handle still lives. */
  readonly isOpen: () => boolean;
}

/** The oldest go first; a client keeps only its newest anyway. */
const MOST_HANDLES = 5_000;

export class Handles {
  readonly #kept = new Map<string, Resumable>();

  issue(resumable: Resumable): string {
    const handle = newToken();
    this.#kept.set(handle, resumable);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= MOST_HANDLES) break;
      this.#kept.delete(oldest);
    }
    return handle;
  }

  /** Throws Refused: unknown handle, another model, or the old socket still open (aicc2025/sip-to-ai#14). */
  take(handle: string, model: string): Resumable {
    const found = this.#kept.get(handle) ?? refuse('Requested entity was not found.', 1008);
    if (found.model !== model) refuse();
    if (found.isOpen()) refuse('Internal error encountered.', 1011);
    return found;
  }
}
